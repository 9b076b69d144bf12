"""The register with a column that fails in a late row: what a client sees of an export that broke off."""

from itertools import count

from tests.served import application

__all__ = ["application"]

from cooperation.register.exports import rows, tables
from cooperation.register.lists.columns import KEY, TITLE, Column
from placements.kind import PLACEMENTS

tables.BATCH = rows.CHUNK = rows.LINES = 10
numbers = count(1)


def fails(record, clock):
    if next(numbers) % 30 == 0:
        raise RuntimeError("the disk is full")
    return "sound" * 1000


PLACEMENTS.list_page.columns = [KEY, TITLE, Column("bad", "Bad", fails)]
