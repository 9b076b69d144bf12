"""The database connection to read with: that of a replica, where the router sends this request there."""

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from .version import RegisterVersion


def read_alias() -> str:
    """The database that this request reads from; for `transaction.atomic(using=…)`."""
    return router.db_for_read(RegisterVersion)


def read_connection() -> BaseDatabaseWrapper:
    """For SQL that is put together here, which the router does not see."""
    return connections[read_alias()]
