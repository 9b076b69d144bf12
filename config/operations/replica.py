"""Reading from a replica (`DATABASE_REPLICA_URL`): a streaming standby answers pages and the API.

The router sends there what is read of the register by a request that only reads. All that writes, the administration,
saved views, and always who is signed in and what they may do, is read from the primary, which a replica may be behind.

How far behind it is follows from both positions in the write-ahead log (WAL), which one request of each process asks
for once a second. A replica that is further behind than `DATABASE_REPLICA_LAG`, or does not answer, is left out until
it has caught up. Whoever wrote something has the position of it in a cookie, and reads the primary until the replica
has come as far.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache as once

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from psycopg2.errors import QueryCanceled

from cooperation.register.models import AuditEntry, kinds

from ..middleware import has_session
from . import patience

log = logging.getLogger(__name__)

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
OF_PRIMARY = ("/admin/", "/views/", "/healthz", "/readyz", "/metrics")  # read where it is written, or read nothing
LOOK = 1  # seconds between two looks at both positions
AGAIN = 3  # seconds until a replica that did not answer is asked again
PATIENCE = 0.5  # seconds for one of them to say where it is
OK, BEHIND, SILENT, OTHER = "ok", "behind", "does not answer", "is no replica of this database"
# Positions in bytes; none where nothing is replayed, as it was promoted. Both servers have the number of one cluster.
_POSITION = "SELECT {} - '0/0', system_identifier FROM pg_control_system()"
WRITTEN = _POSITION.format("pg_current_wal_insert_lsn()")
REPLAYED = _POSITION.format("CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END")


class _OfThread(threading.local):
    alias = PRIMARY  # where this thread reads the register


_of_thread = _OfThread()


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    before, _of_thread.alias = _of_thread.alias, alias
    try:
        yield
    finally:
        _of_thread.alias = before


class Router:
    """Database router: the register from where this request reads, everything else from the primary."""

    def db_for_read(self, model, **hints) -> str:
        return _of_thread.alias if _is_of_register(model) else PRIMARY

    def db_for_write(self, model, **hints) -> str:
        return PRIMARY

    def allow_relation(self, one, other, **hints) -> bool:
        return True  # the same rows, wherever they were read

    def allow_migrate(self, db, app_label, **hints) -> bool:
        return db == PRIMARY


@once
def _is_of_register(model) -> bool:
    labels = {"register", *(kind._meta.app_label for kind in kinds().values())}
    return model._meta.app_label in labels and model is not AuditEntry


class Replica:
    """What this process knows of the replica."""

    def __init__(self):
        self.state = BEHIND
        self.replayed = 0  # the position up to which it has everything
        self.fresh_at = float("-inf")  # when it had all that the primary had written
        self._looking = threading.Lock()
        self._next_look = float("-inf")
        self._sample: tuple[float, int] | None = None  # a moment, and what was written then, for it to come up to

    def has(self, position: int) -> bool:
        """Whether it may be read, by who must see what was written up to this position."""
        self._look()
        return self._is_fresh() and self.replayed >= position

    def note(self) -> dict[str, str]:
        """For `/readyz`; nothing where there is no replica."""
        if REPLICA not in settings.DATABASES:
            return {}
        self._look()
        return {"replica": self.state}

    def leave_out(self, state: str, why: object = "") -> None:
        self._became(state, why)
        self.fresh_at, self._sample = float("-inf"), None
        self._next_look = time.monotonic() + AGAIN

    def _look(self) -> None:
        """The others do not wait for the one that looks: they go by what is known."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            if time.monotonic() >= self._next_look:
                self._next_look = time.monotonic() + LOOK
                self._compare()
        finally:
            self._looking.release()

    def _compare(self) -> None:
        now = time.monotonic()
        try:
            written, cluster = _asked(PRIMARY, WRITTEN)
        except Error:
            written, cluster = None, None  # whatever needs it will say so
        try:
            replayed, of_cluster = _asked(REPLICA, REPLAYED)
        except Error as error:
            self.leave_out(SILENT, error)
            return
        # What it had a second ago and the primary has not even written is of another history: the primary was put back.
        is_other = written is not None and (cluster != of_cluster or self.replayed > written)
        self.replayed = replayed or 0
        if replayed is None or is_other:
            self.leave_out(OTHER)
            return
        if written is not None and replayed >= written:
            self.fresh_at, self._sample = now, None
        elif self._sample and replayed >= self._sample[1]:
            self.fresh_at, self._sample = self._sample[0], None
        if written is not None and not self._sample:
            self._sample = now, written
        self._became(OK if self._is_fresh() else BEHIND)

    def _is_fresh(self) -> bool:
        return time.monotonic() - self.fresh_at <= settings.DATABASE_REPLICA_LAG

    def _became(self, state: str, why: object = "") -> None:
        if state != self.state:
            log.warning("the replica: %s %s", state, why)
        self.state = state


def _asked(alias: str, statement: str) -> tuple[int | None, int]:
    connection = connections[alias]
    try:
        with patience.at_most(PATIENCE), connection.cursor() as cursor:
            cursor.execute(statement)
            position, cluster = cursor.fetchone()
            return position if position is None else int(position), cluster
    except Error:
        connection.close()
        raise


replica = Replica()


class ReadReplica:
    """Middleware, the innermost: where a request reads, once more from the primary where the replica failed it."""

    def __init__(self, get_response):
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            response = self.get_response(request)
            if has_session(request):
                _remember_position(response)
            return response
        may_be_behind = not request.path_info.startswith(OF_PRIMARY)
        alias = REPLICA if may_be_behind and replica.has(_position_of(request)) else PRIMARY
        with reading_from(alias):
            response = self.get_response(request)
            if response.streaming:
                response.streaming_content = _from(_of_thread.alias, response.streaming_content)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_of_server = isinstance(exception, OperationalError | InterfaceError)
        is_of_reader = isinstance(exception.__cause__, QueryCanceled | patience.ReaderHasGone)
        if _of_thread.alias == PRIMARY or not is_of_server or is_of_reader:
            return None
        connections[REPLICA].close()
        replica.leave_out(SILENT, exception)
        _of_thread.alias = PRIMARY
        return self.get_response(request)


def _from(alias: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of a stream are read after the request; they are to come from the same database."""
    with reading_from(alias):
        yield from content


def _remember_position(response: HttpResponse) -> None:
    """Up to where a replica must have come to be read by who has just written."""
    try:
        position, _cluster = _asked(PRIMARY, WRITTEN)
    except Error:
        return
    response.set_signed_cookie(
        settings.WRITTEN_COOKIE_NAME,
        str(position),
        max_age=settings.DATABASE_REPLICA_LAG + 60,  # by then a replica that is read at all has come as far
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _position_of(request: HttpRequest) -> int:
    return int(request.get_signed_cookie(settings.WRITTEN_COOKIE_NAME, default="0"))
