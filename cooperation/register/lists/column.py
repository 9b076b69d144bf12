"""Column: one of a list, on the page and in its exports. What an export puts beside it is in `beside.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..display.dates import date_html
from ..display.footnotes import SourceMarks
from ..display.texts import text_html
from ..domain.clock import Clock
from ..domain.edtf import EDTF
from ..models import Instrument
from .sql_text import InDatabase


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `value` gives what an export holds: text, a number, an EDTF or a list of texts. `cell` draws it for the page, when
    that takes more than words. `sort` gives the expression by which the database sorts, None: cannot be sorted.
    `text` gives how the database writes what `as_text` makes of the value (`sql_text.py`), so that a long export need
    not make a record of every row; None: only Python can.
    """

    key: str
    label: Any
    value: Callable[[Instrument, Clock], Any]
    cell: Callable[[Instrument, Clock, SourceMarks], SafeString] | None = None
    sort: InDatabase | None = None
    text: InDatabase | None = None
    shown: bool = True
    numeric: bool = False
    exported: bool = False  # in an export for which no columns were chosen, also where the page does not show it
    beside: tuple["Column", ...] = ()  # what an export puts beside it
    whole: bool = False  # whether it is read off a record that is fetched whole
    names_sources: bool = False  # whether its values are keys of sources

    def html(self, record: Instrument, clock: Clock, marks: SourceMarks) -> SafeString:
        if self.cell:
            return self.cell(record, clock, marks)
        value = self.value(record, clock)
        if isinstance(value, EDTF):
            return date_html(value, short=True)
        return format_html("{}", text_html(as_text(value)))


def as_text(value: Any) -> str:
    """A value as an export writes it: nothing for None, a list with semicolons, a date as its EDTF."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def table_rows(records, columns: Sequence[Column], clock: Clock, marks: SourceMarks) -> list[dict[str, Any]]:
    """Records as the rows of a table; the first cell is the head of its row."""
    rows, labels = [], [str(column.label) for column in columns]
    for record in records:
        cells = []
        for place, column in enumerate(columns):
            html = column.html(record, clock, marks)
            cells.append(
                {
                    "label": labels[place],
                    "html": html,
                    "numeric": column.numeric,
                    "is_none": not html.strip(),
                    "is_title": place == 0,
                }
            )
        rows.append({"url": record.get_absolute_url(), "cells": cells})
    return rows
