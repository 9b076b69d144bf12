"""Access log: a middleware that gives each request an id, writes a line for it, and counts it for `/metrics`."""

import logging
import re
import time
from functools import partial
from uuid import uuid4

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from prometheus_client import Counter, Histogram

from .logs import request_id
from .metrics import ADDRESS as METRICS
from .streams import Stream
from .throttles import HEALTH_CHECKS

HEADER = "X-Request-ID"
SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}

log = logging.getLogger("access")

# By the name of the view and not by the address, so that nobody makes as many labels as they like.
REQUESTS = Counter("register_requests", "Requests that were answered.", ["view", "method", "status"])
SECONDS = Histogram(
    "register_request_seconds",
    "Time to the end of the answer.",
    ["view"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


class AccessLog:
    """Writes the line of a request when its answer has been given.

    The id of a proxy is taken over; that of anybody else does not get here (`config.operations.server`).
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
            response.streaming_content = Stream(response.streaming_content, done)
        else:
            done(0 if request.method == "HEAD" else len(response.content))
        return response


def _write(request: HttpRequest, status: int, began: float, size: int) -> None:
    seconds = time.perf_counter() - began
    method = request.method if request.method in METHODS else "other"
    view = request.resolver_match.view_name if request.resolver_match else "none"  # static files, and what is not there
    REQUESTS.labels(view, method, f"{status // 100}xx").inc()
    SECONDS.labels(view).observe(seconds)
    fields = {
        "method": method,
        "path": escape_uri_path(request.path),
        "status": status,
        "ms": round(seconds * 1000, 1),
        "bytes": size,
    }
    account = getattr(request, "_cached_user", None)  # who was looked up already; `request.user` would do so now
    if account is not None and account.is_authenticated:
        fields["account"] = account.pk
    log.log(_level(request, status), "%(method)s %(path)s %(status)s, %(ms)s ms", fields, extra={"fields": fields})


def _level(request: HttpRequest, status: int) -> int:
    if status >= 400:
        return logging.WARNING  # what went wrong in a 5xx is a line of its own, an error with its traceback
    return logging.DEBUG if request.path_info in (*HEALTH_CHECKS, METRICS) else logging.INFO
