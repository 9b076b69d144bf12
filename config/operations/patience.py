"""Wait callback of psycopg2: stops waiting for PostgreSQL when the client has disconnected or the server hangs.

psycopg2 calls `wait` instead of waiting itself, in the processes that serve (`config.wsgi`). An error that is raised
here closes the connection, and PostgreSQL then stops what it was doing for it (`client_connection_check_interval`).
PostgreSQL itself ends a statement that takes too long (`DATABASE_LIMITS`). Where it does not, its process for this one
connection hangs while the others go on, and the wait ends here a little later.
"""

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg2 import OperationalError
from psycopg2.extensions import POLL_OK, POLL_READ, set_wait_callback

LOOK = 0.25  # seconds between two looks at the reader
DOUBT = 2.0  # seconds of silence after which the server is asked whether it is there
ANSWERS_WITHIN = 1.0  # seconds that it has to say so
GRACE = 2.0  # seconds after the limit of a statement in which PostgreSQL has to say that it has ended it
CONNECTING = 5.0  # seconds for a connection, and for what is said before its limits are known
REMEMBERED = 10  # seconds in which a server that hung is doubted at once
SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # the one question that a server answers before it knows who asks


class ReaderHasGone(OperationalError):
    """Whoever asked has hung up."""


class DatabaseHangs(OperationalError):
    """PostgreSQL holds the connection and says nothing."""


class _OfThread(threading.local):
    has_gone: Callable[[], bool] | None = None  # of the client that is answered
    until = float("inf")  # when to stop waiting for anything
    longest = CONNECTING  # seconds to wait for one statement


_of_thread = _OfThread()
_hung_at = float("-inf")


def install() -> None:
    set_wait_callback(wait)


def answering(has_gone: Callable[[], bool] | None) -> None:
    """From now on this thread waits for the reader of whom this tells whether they have gone."""
    _of_thread.has_gone = has_gone


def statements_take_at_most(seconds: float) -> None:
    """From now on PostgreSQL ends statements of this thread after so many seconds (`statement_timeout`)."""
    _of_thread.longest = seconds + GRACE


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Wait no longer than this for all that is asked in it."""
    _of_thread.until = time.monotonic() + seconds
    try:
        yield
    finally:
        _of_thread.until = float("inf")


def wait(connection) -> None:
    began = time.monotonic()
    until = min(_of_thread.until, began + _of_thread.longest)
    doubt_at = began + (LOOK if began < _hung_at + REMEMBERED else DOUBT)
    while (state := connection.poll()) != POLL_OK:
        events = select.poll()
        events.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        while not events.poll(LOOK * 1000):
            now = time.monotonic()
            if _of_thread.has_gone and _of_thread.has_gone():
                raise ReaderHasGone("nobody waits for the answer")
            if now > until:
                raise DatabaseHangs("no answer in time")
            if now > doubt_at:
                _check(connection.info)
                doubt_at = time.monotonic() + DOUBT


def _check(server) -> None:
    global _hung_at
    if not _is_there(server.host, server.port):
        _hung_at = time.monotonic()
        raise DatabaseHangs("the server does not answer")
    _hung_at = float("-inf")


def _is_there(host: str, port: int) -> bool:
    try:
        with _connected(host, port) as knock:
            knock.sendall(SSL_REQUEST)
            return bool(knock.recv(1))
    except OSError:
        return False


def _connected(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), ANSWERS_WITHIN)
    connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(ANSWERS_WITHIN)
    connected.connect(f"{host}/.s.PGSQL.{port}")
    return connected
