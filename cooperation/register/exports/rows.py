"""What every export is made of: records with their values, and texts that do no harm."""

import gc
import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import transaction
from django.db.models import Expression, F, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _t

from ..lists.beside import days_of
from ..lists.column import Column, as_text
from ..lists.sql_text import OfDate, Part
from ..models import Milestone
from ..models.connection import read_alias, read_connection

if TYPE_CHECKING:
    from ..lists.query import ListQuery
    from ..models import Instrument

log = logging.getLogger("cooperation.register.exports")

CHUNK = 500  # rows that are read at once, with their related facts
LINES = 2_000  # lines that are read at once
MOST_CELLS = 49  # of a line that PostgreSQL puts together at once: a function takes a hundred values
PART = 65_536  # characters that are sent at once
_TOLD = "(SELECT told FROM dates)"  # read once for the whole statement

# What has no picture, and what turns round the text that follows it, also that of the cells beside it (the marks that
# only say which way a letter reads may stay). In their place a sign shows that something stood there.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    return text if text.isprintable() else UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line_end(text: str) -> str:
    """The text with one kind of line ends."""
    return re.sub(r"\r\n?", "\n", text) if "\r" in text else text


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


class Begun:
    """What is read row by row, its first row already: what fails before that is an error, not a file that broke off."""

    def __init__(self, rows: Iterator):
        self.first, self.rest = list(islice(rows, 1)), rows

    def __iter__(self) -> Iterator:
        yield from self.first
        yield from self.rest


def records(question: "ListQuery", *, whole: bool = False) -> "Iterator[Instrument]":
    """Every record, in order, with its related facts; `whole`: with all that is known of it."""
    # Outside of a transaction PostgreSQL would make the whole answer before it gives the first row of it.
    # The cursor is closed before the transaction ends, also where nobody reads on.
    with transaction.atomic(read_alias()), closing(question.rows.values(*question.names).iterator(CHUNK)) as keys:
        while batch := list(islice(keys, CHUNK)):
            yield from question.fetch(batch, whole=whole)
            if len(batch) == CHUNK:
                gc.collect()  # records and their facts name each other, and would pile up from batch to batch


def lines(question: "ListQuery", columns: Sequence[Column], delimiter: str) -> Iterator[str]:
    """Every row as a line of CSV, many at once, by the database alone: for columns that all have a `text`."""
    try:
        statement, params = _written(question, columns, delimiter)
    except EmptyResultSet:  # a question that nothing can fit
        return
    connection = read_connection()
    with transaction.atomic(connection.alias), connection.cursor() as settings, connection.chunked_cursor() as cursor:
        # Every row is read, so the quickest way to all of them is wanted, and not the quickest to the first; and
        # sorting is quicker with some memory.
        settings.execute("SET LOCAL cursor_tuple_fraction = 1; SET LOCAL work_mem = '32MB'")
        cursor.execute(statement, params)  # straight, without a converter for each value
        yield ""  # the statement is sound: the head of the file can go out while the server works on the rows
        while batch := cursor.fetchmany(LINES):
            yield "".join(line for (line,) in batch)


def _written(question: "ListQuery", columns: Sequence[Column], delimiter: str) -> tuple[str, tuple[Any, ...]]:
    """One statement: the records that were chosen with what they have themselves, and what is joined to all of them."""
    own: dict[str, Expression] = {"_pk": F("pk"), "_key": F(question.key_name)}
    joined: dict[str, dict[str, Part]] = {}  # parts that are read together, each under its name
    names = {column.key: f"_{place}" for place, column in enumerate(columns)}
    cells, days = {}, []  # how each cell is written, and what is said of dates
    for column in columns:
        name, made = names[column.key], column.text(question.queryset.model, question.clock)
        cells[name] = f'"{name}"'
        if isinstance(made, OfDate):
            days.append(made.name)
            cells[name] = f"""({_TOLD} -> "{names[made.key]}" ->> '{made.name}')"""
        elif isinstance(made, Part):
            joined.setdefault(made.said or name, {})[name] = made
        else:
            own[name] = made
    sorts = [one.value for one in question.sorts]
    # Sorted once, when all is there.
    rows = question.rows.order_by().annotate(**own).values_list(*own, *sorts)
    chosen, params = rows.query.sql_with_params()
    dates, told = ("dates AS (SELECT %s::jsonb AS told), ", (json.dumps(_told_of_dates()),)) if days else ("", ())
    # All that is put together here was made by Django or stands here, with its values apart.
    line = _line([f"""replace({cell}, '"', '""')""" for cell in cells.values()], delimiter)
    statement = f"WITH {dates}chosen AS ({chosen}) SELECT {line} FROM chosen"  # noqa: S608  # nosec B608
    params = told + params
    for number, parts in enumerate(joined.values()):
        sql, more = _by_record(parts, of_all=not question.filterset.asked).query.sql_with_params()
        told_of_it = ", ".join(f'"{name}"' for name in parts)
        statement += f' LEFT JOIN ({sql}) AS part{number} (record, {told_of_it}) ON part{number}.record = chosen."_pk"'
        params += more
    order = ", ".join(f'"{one.value}" {one.direction}' for one in question.sorts)
    return f'{statement} ORDER BY {order}, "_key"', params


def _line(cells: list[str], delimiter: str) -> str:
    """A line of CSV, put together in pieces, as a function takes no more than a hundred values."""
    between = f""", '"{delimiter}"', """
    pieces = [between.join(cells[start : start + MOST_CELLS]) for start in range(0, len(cells), MOST_CELLS)]
    return f"""concat('"', {between.join(f"concat({piece})" for piece in pieces)}, E'"\\r\\n')"""


def _told_of_dates() -> dict[str, dict[str, str | None]]:
    """What Python says of every date that a milestone has: the database looks it up."""
    return {date.text: days_of(date) for date in Milestone.objects.order_by().values_list("date", flat=True).distinct()}


def _by_record(parts: dict[str, Part], *, of_all: bool) -> QuerySet:
    """What is made of the rows of each record that was chosen; `of_all`: as good as every record was."""
    found = next(iter(parts.values())).rows
    if not of_all:
        found = found.filter(instrument_id__in=RawSQL('SELECT "_pk" FROM chosen', ()))
    if all(part.kinds for part in parts.values()):
        found = found.filter(kind__in={kind for part in parts.values() for kind in part.kinds})
    return found.order_by().values("instrument_id").annotate(**{name: part.value for name, part in parts.items()})


def in_parts(pieces: Iterable[str]) -> Iterator[str]:
    """The first piece at once, then as much as is worth sending."""
    part, length, enough = [], 0, 1
    try:
        for piece in pieces:
            part.append(piece)
            length += len(piece)
            if length >= enough:
                yield "".join(part)
                part, length, enough = [], 0, PART
    except Exception:
        yield "".join(part)
        raise
    if part:
        yield "".join(part)


def broken_off() -> str:
    """What a file says that is not complete. Afterwards the error goes on, so that the connection breaks off too."""
    log.exception("an export broke off")
    return _t("THIS EXPORT BROKE OFF: it is not complete. Try again.")


def in_words(value: Any) -> str:
    """A value as a cell of text has it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return visible(as_text(value))
