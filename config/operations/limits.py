"""Limits of a request, and what is said when one is reached or a part of the register is out of order."""

import errno
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from prometheus_client import Counter
from psycopg2.errors import DiskFull, QueryCanceled
from redis import RedisError

from cooperation.register.api.problems import problem_response

from ..middleware import is_of_api
from . import patience
from .slots import Slots
from .streams import Stream

log = logging.getLogger(__name__)

PAGES = {414: "414.html", 429: "429.html", 500: "500.html", 503: "503.html"}  # by their status
LONGEST_ADDRESS = 8190  # characters, what servers and proxies commonly pass on
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
SOON, LATER = 5, 30  # seconds after which to try again
DEAR_KEYS = {"format", "expand"}
DEAR_VIEWS = ("changes", "pivot")
DEAR_PATHS = ("/api/v1/changes", "/api/v1/statistics")
# Argon2 takes a core and 100 MB for a fifth of a second, for whoever sends a name and a password; so does each recovery
# code that what is typed is compared with.
PASSWORD_PATHS = ("/login/", "/login/code/", "/login/password/", "/account/password/", "/account/password-again/")
ISSUER_PATH = "/login/issuer/"  # and below it: a thread waits for the issuer, whoever asks
DEAR, PASSWORDS = Slots("dear-answers"), Slots("passwords")
ISSUER = Slots("issuer", times=4)  # half of the threads, with a process of four for each core

REFUSED = Counter("register_dear_answers_refused", "Dear answers and passwords that were put off, as too many came.")


class LongAddresses:
    """An address with more choices than fit into one is refused: a page in both languages, a problem in the API."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.get_full_path()) <= LONGEST_ADDRESS:
            return self.get_response(request)
        return refused(request, 414)


class LostBodies:
    """503 for a request whose body found no room on the disk (`config.operations.request_parser`)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("register.body_is_lost"):
            return come_back(request, "no_room", LATER)
        return self.get_response(request)


class ClientDisconnects:
    """Tells `patience` how to ask the web server whether the client has disconnected."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        patience.answering(request.META.get("waitress.client_disconnected"))
        return self.get_response(request)


class Unavailable:
    """A database that does not answer, or not in time, is no fault of the program: 503, and when to try again.

    So is Redis, for what cannot do without: signing in, whose failures are counted there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable(request, exception)


def unavailable(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """What is answered when database, Redis or disk fail; None where something else did. Needs nothing of them."""
    causes = list(_causes(exception))
    if any(isinstance(each, DiskFull) or getattr(each, "errno", None) in NO_ROOM for each in causes):
        log.error("no room on a disk: %s", str(exception).partition("\n")[0])
        return come_back(request, "no_room", LATER)
    if not isinstance(exception, OperationalError | InterfaceError | RedisError):
        return None
    log.warning("answered 503: %s", str(exception).partition("\n")[0])
    takes_too_long = isinstance(exception.__cause__, QueryCanceled)
    return come_back(request, "too_long" if takes_too_long else "out_of_order", LATER if takes_too_long else SOON)


def _causes(exception: BaseException | None) -> Iterator[BaseException]:
    """An exception, and those that it follows from."""
    while exception:
        yield exception
        exception = exception.__cause__ or exception.__context__


def come_back(request: HttpRequest, why: str, seconds: int) -> HttpResponse:
    """503: `why` is one of the texts of 503.html."""
    return later(refused(request, 503, why=why), seconds)


def refused(request: HttpRequest, status: int, **words: str) -> HttpResponse:
    """A problem in the API, else the page of that status. Needs nothing that may be broken: no database, no context."""
    if is_of_api(request):
        return problem_response(request, status)
    return HttpResponse(render_to_string(PAGES[status], words), status=status)


def later(response: HttpResponse, seconds: int) -> HttpResponse:
    """The answer, with after how many seconds to try again; nobody keeps it."""
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


class DearAnswers:
    """So many answers that take long are made at once, and passwords checked; the next is asked to come back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slots = slots_for(request)
        if slots is None:
            return self.get_response(request)
        slot = slots.take()
        if slot is None:
            REFUSED.inc()
            return come_back(request, "busy" if slots is DEAR else "signing_in", SOON)
        give_back = partial(slots.give_back, slot)
        try:
            response = self.get_response(request)
        except BaseException:
            give_back()
            raise
        if response.streaming:
            response.streaming_content = held(response.streaming_content, give_back)
        else:
            give_back()
        return response


def slots_for(request: HttpRequest) -> Slots | None:
    """Of which sort a request is; None where there is no limit."""
    if request.path_info.startswith(ISSUER_PATH):
        return ISSUER
    if request.method == "POST":
        return PASSWORDS if request.path_info in PASSWORD_PATHS else None
    asked = request.GET
    is_dear = request.method in ("GET", "HEAD") and (
        not DEAR_KEYS.isdisjoint(asked) or asked.get("view") in DEAR_VIEWS or request.path_info.startswith(DEAR_PATHS)
    )
    return DEAR if is_dear else None


def held(content: Iterable[bytes], give_back: Callable[[], None]) -> Stream:
    """What is streamed, with a slot until the answer is closed."""
    return Stream(content, lambda _bytes: give_back())
