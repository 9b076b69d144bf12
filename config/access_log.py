"""Access log: a middleware that gives each request an id, and writes a line for it."""

import logging
import re
import time
from collections.abc import Callable, Iterable
from functools import partial
from uuid import uuid4

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from .logs import request_id
from .throttles import OF_MACHINES

HEADER = "X-Request-ID"
SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}

log = logging.getLogger("access")


class AccessLog:
    """Writes the line of a request when its answer has been given.

    The id of a proxy is taken over; that of anybody else does not get here (`config.server`).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.headers.get(HEADER, "")
        request_id.set(given if SHAPE.fullmatch(given) else uuid4().hex)
        response = self.get_response(request)
        response[HEADER] = request_id.get()
        done = partial(_write, request, response.status_code, began)
        if isinstance(response, FileResponse):  # left as it is, for the web server to send in its own way
            done(int(response.get("Content-Length", 0)))
        elif response.streaming:
            response.streaming_content = _Counted(response.streaming_content, done)
        else:
            done(0 if request.method == "HEAD" else len(response.content))
        return response


class _Counted:
    """What is streamed; says how many bytes that were when it is closed: read to its end, or broken off."""

    def __init__(self, content: Iterable[bytes], done: Callable[[int], None]):
        self.content = iter(content)
        self.done = done
        self.bytes = 0

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> bytes:
        piece = next(self.content)
        self.bytes += len(piece)
        return piece

    def close(self) -> None:
        self.done(self.bytes)


def _write(request: HttpRequest, status: int, began: float, size: int) -> None:
    fields = {
        "method": request.method if request.method in METHODS else "other",
        "path": escape_uri_path(request.path),
        "status": status,
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "bytes": size,
    }
    account = getattr(request, "_cached_user", None)  # who was looked up already; `request.user` would do so now
    if account is not None and account.is_authenticated:
        fields["account"] = account.pk
    log.log(_level(request, status), "%(method)s %(path)s %(status)s", fields, extra={"fields": fields})


def _level(request: HttpRequest, status: int) -> int:
    if status >= 400:
        return logging.WARNING  # what went wrong in a 5xx is a line of its own, an error with its traceback
    return logging.DEBUG if request.path_info in OF_MACHINES else logging.INFO
