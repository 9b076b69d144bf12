"""Plain text: a table in fixed columns, to be read in an e-mail. Dates stand in words, as on the screen."""

import csv
import unicodedata
from collections.abc import Iterator
from itertools import chain, zip_longest
from tempfile import TemporaryFile
from textwrap import wrap
from typing import Any, TextIO

from ..domain.edtf import EDTF
from .citation import citation
from .rows import Begun, in_parts, in_words
from .tables import Table

BROADEST = 40  # characters in a column; a longer text goes on below
LONGEST_WORD = 100  # characters that are never broken: a key must stay one


def text_table(table: Table, address: str) -> Iterator[str]:
    """The table, and below it the line to cite it by. It is whole before its first line can be read."""
    table = table.brief()
    aside = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115  (the lines close it)
    try:
        widths, count = _set_aside(aside, table)
        head = [f"{table.marking}\n\n"] if table.marking else []
        lines = _lines(aside, table, widths, citation(table.question, table.count(count), address))
        return in_parts(chain(head, Begun(lines)))
    except BaseException:
        aside.close()
        raise


def _set_aside(aside: TextIO, table: Table) -> tuple[list[int], int]:
    """Keep the head and the rows; how wide the columns are, and how many rows."""
    writer, widths, count = csv.writer(aside), [0] * len(table.columns), -1
    for values in chain([table.head], table.every_row()):
        cells = [" ".join(_in_words(value).split()) for value in values]
        writer.writerow(cells)
        widths = [max(width, _needed(cell)) for width, cell in zip(widths, cells, strict=True)]
        count += 1
    aside.seek(0)
    return widths, count


def _in_words(value: Any) -> str:
    return value.words(short=True) if isinstance(value, EDTF) else in_words(value)


def _lines(aside: TextIO, table: Table, widths: list[int], closing: str) -> Iterator[str]:
    to_the_right = [column.numeric for column in table.columns]
    with aside:
        rows_of_cells = csv.reader(aside)
        yield from _row(next(rows_of_cells), widths, to_the_right)
        yield "  ".join("-" * width for width in widths) + "\n"
        for cells in rows_of_cells:
            yield from _row(cells, widths, to_the_right)
    yield f"\n{closing}\n"


def _row(cells: list[str], widths: list[int], to_the_right: list[bool]) -> Iterator[str]:
    wrapped = [
        wrap(cell, width, break_on_hyphens=False) if width else [] for cell, width in zip(cells, widths, strict=True)
    ]
    for line in list(zip_longest(*wrapped, fillvalue="")) or [()]:
        padded = (
            " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
            for cell, width, right in zip(line, widths, to_the_right, strict=False)
        )
        yield "  ".join(padded).rstrip() + "\n"


def _needed(cell: str) -> int:
    """How broad a column must be for a text: for all of it, or else for its longest word."""
    longest = max(map(_width, cell.split()), default=0)
    return max(min(_width(cell), BROADEST), min(longest, LONGEST_WORD))


def _width(text: str) -> int:
    """How broad a text is on paper: letters of East Asia count twice, and what is written over others not at all."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "FW") for letter in text
    )
