"""The web server: `python -m config.operations.server --listen 127.0.0.1:8000`, once for each process that serves.

Waitress reads whole requests and sends whole answers in one loop, and gives threads only what is ready to be answered:
clients that send or read slowly cost a connection, and never a thread. The figures behind the choice are in
docs/operations.md.
"""

import argparse
import importlib
import logging
import os
import resource
import signal
import socket
import sys
import tempfile
import time

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from .request_parser import Request

LONGEST_REQUEST = 60  # seconds, from its first byte to its last
LONGEST_SILENCE = 30  # seconds without a byte in either direction
LAST_ANSWERS = 5  # seconds that what is being answered gets when the process is stopped
TIME_TO_ASK = 0.5  # seconds from connecting to the first byte of a request
LARGEST_BODY = 16 * 2**20  # bytes
LARGEST_HEADERS = 64 * 2**10
IN_MEMORY = 64 * 2**10  # bytes of a body; what is larger is written to a temporary file
CONNECTIONS = 4000  # at once, for each process; fewer where it may not open as many files
WAITING_TO_BE_READ = 512 * 2**20  # bytes of one answer, on disk: a thread is done when the answer is made
# Seconds after which a thread that computes lets another go on (the GIL). A page waits for PostgreSQL a dozen times,
# and then for the thread beside it that writes an export: with the 5 ms of Python it takes a tenth longer.
SWITCH_INTERVAL = 0.0005
OWN_FILES = 100  # of the process itself: modules, connections to the database

log = logging.getLogger(__name__)


class Answer(WSGITask):
    def get_environment(self):
        return super().get_environment() | {"register.body_is_lost": self.request.body_is_lost}

    def execute(self):
        try:
            super().execute()
        except OSError as error:  # waitress closes the connection, and logs nothing
            log.error("an answer was cut off: %s", error)
            raise

    def build_response_header(self):
        if self.channel.server.stopping:
            self.request.headers["CONNECTION"] = "close"  # the next request goes to another process
        header = super().build_response_header()
        if self.request.command == "HEAD":
            self.chunked_response = False  # else the end of a chunked body follows the header
        return header


class Channel(HTTPChannel):
    parser_class = Request
    task_class = Answer

    def is_quiet(self, now: float) -> bool:
        """Nothing is asked here or being answered; who has just come in gets a moment to ask."""
        return not self.requests and not self.total_outbufs_len and self.last_activity < now - TIME_TO_ASK


class Server(TcpWSGIServer):
    channel_class = Channel
    stopping = False

    def stop(self, *_signal) -> None:
        self.stopping = True
        self.pull_trigger()  # wakes the loop

    def run(self) -> None:
        while not self.stopping:
            self._turn(self.adj.asyncore_loop_timeout)
        self._let_nobody_in()
        until = time.monotonic() + LAST_ANSWERS
        while self.active_channels and time.monotonic() < until:
            for channel in list(self.active_channels.values()):
                if channel.is_quiet(time.time()):
                    channel.handle_close()
            self._turn(0.1)
        self.task_dispatcher.shutdown(timeout=until - time.monotonic())

    def _turn(self, seconds: float) -> None:
        self.asyncore.loop(timeout=seconds, map=self._map, use_poll=True, count=1)

    def _let_nobody_in(self) -> None:
        """New connections go to the processes that share the port; those that wait here already are taken."""
        known = -1
        while known < len(self.active_channels):
            known = len(self.active_channels)
            self.handle_accept()
        self.del_channel()
        self.socket.close()

    def maintenance(self, now):
        """Closes connections that are silent (in the base class), and those whose request never becomes whole."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            unfinished = channel.request
            if unfinished and not channel.requests and time.monotonic() - unfinished.began > LONGEST_REQUEST:
                channel.will_close = True


def server(application, listener: socket.socket, threads: int) -> Server:
    """Serves an application on a socket that is bound; other processes may serve on the same one."""
    proxy = os.environ.get("TRUSTED_PROXY")
    made = Server(
        application,
        _sock=listener,
        bind_socket=False,
        sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        threads=threads,
        connection_limit=_connections(),
        channel_timeout=LONGEST_SILENCE,
        cleanup_interval=5,
        asyncore_use_poll=True,  # `select` knows no more than 1,024 connections
        channel_request_lookahead=1,  # reads on while a request is answered, so that a hang-up is noticed
        outbuf_high_watermark=WAITING_TO_BE_READ,
        inbuf_overflow=IN_MEMORY,
        max_request_body_size=LARGEST_BODY,
        max_request_header_size=LARGEST_HEADERS,
        log_socket_errors=False,
        ident=None,
        **_believed(proxy),
    )
    made.application = _without_body_for_head(made.application)
    # Outermost: sees the address of the proxy itself.
    made.application = _without_ids_of_strangers(made.application, proxy)
    return made


def _without_body_for_head(application):
    """WSGI middleware: waitress sends the body of a HEAD answer, which a client reads as its next answer."""

    def served(request, start_response):
        answer = application(request, start_response)
        if request["REQUEST_METHOD"] != "HEAD":
            return answer
        if hasattr(answer, "close"):
            answer.close()
        return []

    return served


def _without_ids_of_strangers(application, proxy: str | None):
    """X-Request-ID counts from the proxy only: anybody else would choose what stands in the log of others."""

    def served(request, start_response):
        if proxy not in ("*", request["REMOTE_ADDR"]):
            request.pop("HTTP_X_REQUEST_ID", None)
        return application(request, start_response)

    return served


def _connections() -> int:
    """How many connections to hold: each is an open file, with another for a large body; allows so many open files."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + OWN_FILES
    files = max(soft, wanted if most == resource.RLIM_INFINITY else min(wanted, most))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return min(CONNECTIONS, (files - OWN_FILES) // 2)


def _believed(proxy: str | None) -> dict:
    """Whose word counts for the address of a client and for https: that of the proxy, or nobody's."""
    if not proxy:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": int(os.environ.get("TRUSTED_PROXY_COUNT", "1")),
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


def _listener(listen: str, shared: bool) -> socket.socket:
    host, _colon, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, int(port)), family=family, reuse_port=shared)


def _tell_systemd() -> None:
    """That requests are taken (`Type=notify`, sd_notify(3)): `systemctl restart` returns then, and not before."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(b"READY=1", address.replace("@", "\0", 1) if address.startswith("@") else address)


def main() -> None:
    parser = argparse.ArgumentParser("python -m config.operations.server", description=__doc__.partition("\n")[0])
    parser.add_argument("application", nargs="?", default="config.wsgi", help="module with a WSGI application")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--listen", help="address and port, as 127.0.0.1:8000")
    where.add_argument("--fd", type=int, help="a socket that is bound already, by its number")
    parser.add_argument("--shared", action="store_true", help="other processes of this account may listen there too")
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()

    sys.setswitchinterval(SWITCH_INTERVAL)
    tempfile.gettempdir()  # large bodies and exports need one: without it the server does not start
    application = importlib.import_module(options.application).application  # before the socket listens
    listener = _listener(options.listen, options.shared) if options.listen else socket.socket(fileno=options.fd)
    serving = server(application, listener, options.threads)
    signal.signal(signal.SIGTERM, serving.stop)
    signal.signal(signal.SIGINT, serving.stop)
    _tell_systemd()
    serving.run()


if __name__ == "__main__":
    main()
