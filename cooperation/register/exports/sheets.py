"""What every spreadsheet is: a sheet with the rows, real dates and numbers among them, and one with the question.

A file is whole before its first byte can be read, so that one that fails is an error and no half file.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..domain.edtf import EDTF
from ..lists.column import as_text
from ..models import Source
from .citation import citation
from .rows import is_number, one_line_end, visible
from .tables import Table

MOST_COLUMNS = 16_384  # what a sheet holds
LONGEST_TEXT = 32_767  # what a cell holds, in units of UTF-16
FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets do not agree which day a number is
BROADEST = 60  # characters
_NOT_IN_THE_NAME_OF_A_SHEET = re.compile(r"[\[\]:*?/\\']")


# Of a source, what a reader of a file needs to find it.
SOURCE_COLUMNS: dict[str, tuple[Any, Callable[[Source], Any]]] = {
    "key": (_("Key"), lambda source: source.key),
    "title": (_("Title"), lambda source: source.title),
    "publisher": (_("Publisher"), lambda source: source.publisher),
    "published": (_("Published"), lambda source: source.published),
    "address": (_("Address"), lambda source: source.url),
    "reliability": (_("Reliability"), lambda source: source.get_reliability_display()),
}


class TooManyRows(Exception):
    """The answer would have more rows, or columns, than it may have in this format."""


class Sheet(ABC):
    """A sheet that is written from top to bottom."""

    def __init__(self):
        self.count = 0
        self.widths: list[int] = []

    def write_head(self, words: list[str]) -> None:
        self.widths = [len(word) + 4 for word in words]  # beside the button of the filter
        self.write_row(words, is_head=True)

    def write(self, values: Iterable[Any]) -> None:
        self.count += 1
        cells = [in_a_cell(value) for value in values]
        self.widths = [max(pair) for pair in zip(self.widths, (len(str(cell)) + 1 for cell in cells), strict=True)]
        self.write_row(cells)

    @abstractmethod
    def write_row(self, cells: list[date | datetime | str | float], is_head: bool = False) -> None: ...


class Book(ABC):
    """A workbook in a file, written sheet by sheet; leaving it makes the file whole."""

    marking = ""  # what stands above and below each sheet on paper, where the format can say that

    @abstractmethod
    def __init__(self, file: BinaryIO): ...

    @abstractmethod
    def __enter__(self) -> "Book": ...

    @abstractmethod
    def __exit__(self, *error: object) -> None: ...

    @abstractmethod
    def sheet(self, name: str) -> Sheet: ...


def sheet_file(book_class: type[Book], table: Table, address: str) -> Iterator[bytes]:
    """The table in a workbook. Raises TooManyRows."""
    if len(table.columns) > MOST_COLUMNS:
        reason = _t("A sheet holds %d columns, and this table has more. Ask for CSV, or turn it round.")
        raise TooManyRows(reason % MOST_COLUMNS)

    def write(book: Book) -> None:
        book.marking = table.marking
        sheet = book.sheet(name_of_sheet(table.title))
        sheet.write_head(table.head)
        for values in table.every_row():
            sheet.write(values)
        write_question(book, table, sheet.count, address)
        if sources := list(table.sources()):
            write_sources(book, sources, table.in_keys)

    return workbook(book_class, write)


def workbook(book_class: type[Book], write: Callable[[Book], None]) -> Iterator[bytes]:
    """A workbook with the sheets that are written into it."""
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    try:
        with book_class(file) as book:
            write(book)
    except BaseException:
        file.close()
        raise
    return _Chunks(file)


def write_question(book: Book, table: Table, written: int, address: str) -> None:
    """The sheet that says what was asked, when, and how to cite the answer."""
    sheet = book.sheet(name_of_sheet(_t("The question")))
    sheet.write_head([_t("Key"), _t("Value")])
    for fact in _what_was_asked(table, written, address):
        sheet.write(fact)


def write_sources(book: Book, sources: Iterable[Source], in_keys: bool = False) -> None:
    """The sheet that says what the sources are whose keys stand in another."""
    sheet = book.sheet(name_of_sheet(_t("Sources")))
    sheet.write_head([name if in_keys else str(label) for name, (label, _value) in SOURCE_COLUMNS.items()])
    for source in sources:
        sheet.write([value(source) for _label, value in SOURCE_COLUMNS.values()])


def name_of_sheet(words: object) -> str:
    return _NOT_IN_THE_NAME_OF_A_SHEET.sub(" ", capfirst(str(words)))[:31]


def _what_was_asked(table: Table, written: int, address: str) -> Iterator[tuple[str, Any]]:
    if table.marking:
        yield _t("Classification"), table.marking
    yield from table.days.items()
    for name, given in table.question.params.lists():
        if name not in table.days:
            yield name, ", ".join(given)
    yield _t("Rows"), written
    yield _t("Made at"), timezone.localtime()
    yield _t("Address"), address
    yield _t("To cite"), citation(table.question, table.count(written), address)


class _Chunks:
    """A file from its beginning, piece by piece; closed with the answer, also when nobody read it."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(0)
        return iter(partial(self.file.read, 65_536), b"")


def in_a_cell(value: Any) -> date | datetime | str | float:
    """A value as a cell can hold it: an exact date as a date, a number as a number, all else as text."""
    if isinstance(value, EDTF) and value.is_exact:
        value = value.earliest
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if is_number(value) or (isinstance(value, date) and value >= FIRST_DAY):
        return value
    return _cut(visible(one_line_end(as_text(value))))


def _cut(text: str) -> str:
    """The text, cut with a mark where it is too long."""
    if 2 * len(text) <= LONGEST_TEXT:  # a letter takes two units at most
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    mark = " […]"
    return units[: 2 * (LONGEST_TEXT - len(mark))].decode("utf-16-le", "ignore") + mark
