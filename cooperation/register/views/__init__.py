"""Pages over the register: what is only read, lists, and what instruments add to them."""

from .instruments import DetailPage, InstrumentListPage
from .lists import ListPage
from .reading import CLOCK_KEYS, ReadPage, changed, clock_of, table_rows
from .seeing import SeeingPage

__all__ = [
    "CLOCK_KEYS",
    "DetailPage",
    "InstrumentListPage",
    "ListPage",
    "ReadPage",
    "SeeingPage",
    "changed",
    "clock_of",
    "table_rows",
]
