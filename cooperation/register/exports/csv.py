"""CSV: for spreadsheets and for machines. All cells are in quotes.

The texts come from the database where it can write every column (`lists/sql_text.py`), else from records; what is made
of them is the same.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from ..domain.text import reader_languages
from .rows import Begun, broken_off, visible
from .tables import Table

# What a spreadsheet may take for a formula: such a sign at the beginning, whatever cannot be seen before it.
_UNSEEN = "\x00-\x20\"'\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb"
_FORMULA = f"(?:[{_UNSEEN}]*[=+\\-@|＝＋－＠]|[\t\r\n])"
FORMULA = re.compile(_FORMULA)
# Where a cell may begin with one: at a quote behind a delimiter or the end of a line. To look once in many lines costs
# a tenth of looking at every cell. (It begins with the quote, as that is what Python finds fast.)
SUSPECT = re.compile(f'"(?<=[;,\n]"){_FORMULA}')
csv.field_size_limit(2**31 - 1)  # what the database wrote is read again, however long a text is


def csv_lines(table: Table, address: str) -> Iterator[str]:
    """UTF-8 with byte-order mark, semicolons for Dutch and commas for English."""
    delimiter = "," if reader_languages()[0] == "en" else ";"
    found = table.ready_lines(delimiter)
    if found is None:
        found = (_in_quotes(batch, delimiter) for batch in table.texts())
    return _lines(table, Begun(found), delimiter)


def _lines(table: Table, batches: Iterable[str], delimiter: str) -> Iterator[str]:
    numeric = [column.numeric for column in table.columns]
    yield "\ufeff" + _in_quotes([table.head], delimiter)
    try:
        for lines in filter(None, batches):
            harmless = lines
            if SUSPECT.search(f"\n{lines}"):
                cells = csv.reader(StringIO(lines, newline=""), delimiter=delimiter)
                harmless = _in_quotes((_defused(row, numeric) for row in cells), delimiter)
            yield harmless if harmless.replace("\r\n", "").isprintable() else visible(harmless)
    except Exception:
        yield _in_quotes([[broken_off()]], delimiter)
        raise


def _in_quotes(batch: Iterable[Sequence[str | None]], delimiter: str) -> str:
    # In quotes, as a spreadsheet set to another language than the file's must not split a text at its comma.
    lines = StringIO(newline="")
    csv.writer(lines, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(batch)
    return lines.getvalue()


def _defused(cells: Sequence[str], numeric: Sequence[bool]) -> list[str]:
    """The cells so that no spreadsheet takes one for a formula. A number below zero is none."""
    return [
        f"'{cell}" if cell and not is_number and FORMULA.match(cell) else cell
        for cell, is_number in zip(cells, numeric, strict=True)
    ]
