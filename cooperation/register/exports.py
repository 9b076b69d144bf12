"""Exports: exactly the rows, the order and the columns on the screen.

A format is one function in this file and one line in `EXPORTS`; page, API and contract read which there are from there.
"""

import csv
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from .columns import as_text
from .dates import EDTF
from .text import reader_languages

if TYPE_CHECKING:
    from .questions import Question

log = logging.getLogger(__name__)

CHUNK = 500


class TooManyRows(Exception):
    """The question has more rows than the format can hold."""


@dataclass(frozen=True)
class Export:
    """A format: how it is called, and what makes it from a question and the address where that was asked."""

    label: str
    media_type: str
    write: Callable[["Question", str], Iterable[str | bytes]]


def exported(question: "Question", name: str, address: str) -> StreamingHttpResponse:
    """The answer to a question in the format that it asks for. Raises TooManyRows."""
    extension = question.params["format"]
    export = EXPORTS[extension]
    answer = StreamingHttpResponse(export.write(question, address), content_type=export.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{question.clock.valid_on}.{extension}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _head(question: "Question") -> list[str]:
    """What stands above the columns: words for people, keys for machines."""
    keys = question.params.get("headers") == "keys"
    return [column.key if keys else str(column.label) for column in question.chosen_columns]


def _rows(question: "Question") -> Iterator[list[Any]]:
    """The values of each row. What fails before the first one is an error at once, not an export that broke off."""
    clock, columns = question.clock, question.chosen_columns
    records = question.rows.with_row_facts(clock).iterator(chunk_size=CHUNK)
    first = list(islice(records, 1))
    return ([column.value(record, clock) for column in columns] for record in chain(first, records))


# --- CSV -------------------------------------------------------------------------------------------------------------

# What a spreadsheet may take for a formula: such a sign at the beginning, whatever cannot be seen before it.
_FORMULA = re.compile(r"[\s\"'\ufeff\u200b-\u200f\u2060]*[=+\-@|＝＋－＠]|[\t\r\n]")


class _Echo:
    """A file that hands back what is written, so that the answer can be streamed row by row."""

    def write(self, value: str) -> str:
        return value


def defused(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_lines(question: "Question", address: str) -> Iterator[str]:
    """UTF-8 with byte-order mark, semicolons for Dutch and commas for English."""
    delimiter = "," if reader_languages()[0] == "en" else ";"
    # All in quotes: a spreadsheet set to another language than the file's must not split a text at its comma.
    writer = csv.writer(_Echo(), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    return _lines(writer, _head(question), _rows(question))


def _lines(writer, head: list[str], rows: Iterator[list[Any]]) -> Iterator[str]:
    yield "\ufeff" + writer.writerow(head)
    try:
        for values in rows:
            yield writer.writerow([defused(as_text(value)) for value in values])
    except Exception:
        log.exception("an export broke off")
        yield writer.writerow([_t("THIS EXPORT BROKE OFF: it is not complete. Try again.")])
        raise


# --- XLSX ------------------------------------------------------------------------------------------------------------

MOST_ROWS = 1_048_575  # what a sheet holds, below its head
LONGEST_TEXT = 32_767  # what a cell holds, in units of UTF-16
FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets do not agree which day a number is
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_THE_NAME_OF_A_SHEET = re.compile(r"[\[\]:*?/\\']")


def xlsx_file(question: "Question", address: str) -> "_Chunks":
    """A sheet with the rows, real dates and numbers among them, and a sheet that says what was asked, and when."""
    if question.selection.order_by()[: MOST_ROWS + 1].count() > MOST_ROWS:
        reason = _t("A sheet holds %d rows, and this question has more. Ask for CSV, or add a filter.")
        raise TooManyRows(reason % MOST_ROWS)
    file = TemporaryFile()  # noqa: SIM115  (a workbook is whole before its first byte can be read; the answer closes it)
    with Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        kind = str(question.queryset.model._meta.verbose_name_plural)
        rows = _Sheet(workbook, capfirst(kind))
        rows.write_head(_head(question))
        for values in _rows(question):
            rows.write(values)
        rows.finish()
        asked = _Sheet(workbook, _t("The question"))
        asked.write_head([_t("Key"), _t("Value")])
        for fact in _what_was_asked(question, rows.count, address):
            asked.write(fact)
        asked.finish()
    return _Chunks(file)


def _what_was_asked(question: "Question", count: int, address: str) -> Iterator[tuple[str, Any]]:
    yield "validOn", question.clock.valid_on
    yield "knownOn", question.clock.known_on
    for name, values in question.params.lists():
        if name not in ("validOn", "knownOn"):
            yield name, ", ".join(values)
    yield _t("Rows"), count
    yield _t("Made at"), timezone.localtime()
    yield _t("Address"), address


class _Chunks:
    """A file from its beginning, piece by piece; closed with the answer, also when nobody read it."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(0)
        return iter(partial(self.file.read, 65_536), b"")


class _Sheet:
    """A sheet that is written from top to bottom. Texts are written as texts, so that none becomes a formula."""

    def __init__(self, workbook: Workbook, name: str):
        self.sheet: Worksheet = workbook.add_worksheet(_NOT_IN_THE_NAME_OF_A_SHEET.sub(" ", name)[:31])
        self.bold = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self.count = 0
        self.widths: list[int] = []

    def write_head(self, words: list[str]) -> None:
        for place, word in enumerate(words):
            self.sheet.write_string(0, place, word, self.bold)
        self.widths = [len(word) + 4 for word in words]  # beside the button of the filter
        self.sheet.freeze_panes(1, 0)

    def write(self, values: Iterable[Any]) -> None:
        self.count += 1
        for place, value in enumerate(values):
            self.widths[place] = max(self.widths[place], len(as_text(value)) + 1)
            self._write_cell(self.count, place, value)

    def _write_cell(self, row: int, place: int, value: Any) -> None:
        if isinstance(value, EDTF) and value.is_exact:
            value = value.earliest
        if isinstance(value, datetime):
            self.sheet.write_datetime(row, place, value.replace(tzinfo=None), self.moment)
        elif isinstance(value, date) and value >= FIRST_DAY:
            self.sheet.write_datetime(row, place, value, self.day)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            self.sheet.write_number(row, place, value)
        elif text := as_text(value):
            self.sheet.write_string(row, place, in_a_cell(text))

    def finish(self) -> None:
        self.sheet.autofilter(0, 0, self.count, len(self.widths) - 1)
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, min(width, 60))


def in_a_cell(text: str) -> str:
    """The text as a cell can hold it: without control characters, and cut with a mark where it is too long."""
    text = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"\r\n?", "\n", text))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    mark = " […]"
    return units[: 2 * (LONGEST_TEXT - len(mark))].decode("utf-16-le", "ignore") + mark


EXPORTS = {
    "csv": Export("CSV", "text/csv; charset=utf-8", csv_lines),
    "xlsx": Export("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
}
