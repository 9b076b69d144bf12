"""The lock of all writers (an advisory lock of PostgreSQL): one transaction writes to the register at a time.

A record locks what cites it, what it cites, and the words that find both, so two that were saved at once could wait for
each other without end (deadlock). Whoever takes this lock before any row cannot. Readers never wait for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _t
from psycopg2.errors import DeadlockDetected, DiskFull, LockNotAvailable

PATIENCE = 10.0  # seconds that a person waits; a save takes some tenths of one, only a load of the data set more


class NothingWritten(OperationalError):
    """The database could not write at this moment, so that nothing was changed. Says why, in words for people."""


class RegisterBusy(NothingWritten):
    """Somebody else was writing for so long that nothing was changed here."""

    def __str__(self) -> str:
        return _t("Somebody else is changing the register at this moment, so nothing was changed here. Try again soon.")


class DiskIsFull(NothingWritten):
    """PostgreSQL found no room for what was to be written."""

    def __str__(self) -> str:
        return _t("There is no room left on the disk of the database, so nothing was changed. Make room and try again.")


@contextmanager
def write_lock(patience: float | None = None) -> Iterator[None]:
    """A transaction that waits until it is the only one that writes. Raises RegisterBusy when that takes too long,
    and DiskIsFull.

    `patience` is in seconds, 0 is without end. Within one that has the lock already there is nothing to wait for.
    """
    seconds = PATIENCE if patience is None else patience
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET LOCAL lock_timeout = %s; SELECT pg_advisory_xact_lock(hashtext('register.writing'))",
                    [round(seconds * 1000)],
                )
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
            raise RegisterBusy from error
        if isinstance(error.__cause__, DiskFull):
            raise DiskIsFull from error
        raise
