"""Pages over the register: what is only read, lists, and what instruments add to them."""

from .base import CLOCK_KEYS, ReadPage, changed, clock_of, table_rows
from .instruments import DetailPage, InstrumentListPage
from .list import ListPage

__all__ = [
    "CLOCK_KEYS",
    "DetailPage",
    "InstrumentListPage",
    "ListPage",
    "ReadPage",
    "changed",
    "clock_of",
    "table_rows",
]
