"""What gunicorn is told: how long an address may be, and what is said to whoever sends a longer one."""

from django.template.loader import render_to_string
from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

LONGEST_ADDRESS = 8190  # characters of a request line, the most that gunicorn reads
OPTIONS = ("--worker-class", "config.server.Worker", "--limit-request-line", LONGEST_ADDRESS)


class Worker(ThreadWorker):
    """A worker with threads, in whose name the register itself says that an address is too long."""

    def handle_error(self, req, client, addr, exc):
        if not isinstance(exc, LimitRequestLine):
            return super().handle_error(req, client, addr, exc)
        self.log.warning("An address is too long: %s", exc)
        return write_nonblock(client, too_long())


def too_long() -> bytes:
    """The answer, in both languages: nothing of the request was read, so nobody knows which the reader wants."""
    page = render_to_string("414.html").encode()
    head = (
        "HTTP/1.1 414 URI Too Long",
        "Connection: close",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(page)}",
        "Content-Security-Policy: default-src 'none'",
        "Cache-Control: no-store",
    )
    return "\r\n".join([*head, "", ""]).encode() + page
