"""Tables of counts, as the map, charts and cross tables show them and exports write them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _t

from ...exports import Head, Table
from ...lists.dimensions import GROUPINGS
from ...lists.params import VIEWS


class ViewTable(Table):
    """The table of the view that the question asks for."""

    @property
    def title(self):
        return VIEWS[self.question.view]


@dataclass
class Count:
    """A number of records; by year those that certainly stood, and apart from them those that only possibly did."""

    count: int = 0
    possible: int | None = None
    url: str = ""  # the list that it counts


@dataclass(frozen=True)
class CountHead:
    """The records that a column counts, or a row: its key, its name, and what asks for them (None: nothing can)."""

    key: str | None
    label: str
    asks: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class CountLine(CountHead):
    """A row of counts."""

    cells: Sequence[Count] = ()
    url: str = ""  # of what it is about


@dataclass
class Counts(ViewTable):
    """Numbers in rows and columns; `corner` says what the rows are, `sum` is the row of all records together."""

    corner: Head
    heads: Sequence[CountHead]
    lines: Sequence[CountLine]
    sum: CountLine | None = None

    @property
    def columns(self):
        return [self.corner, *self._numeric]

    @cached_property
    def _numeric(self) -> list[Head]:
        found = []
        for head, is_apart in zip(self.heads, self._apart, strict=True):
            found.append(Head(head.key, head.label, numeric=True))
            if is_apart:
                found.append(Head(f"{head.key}.possible", _t("%s, only possible") % head.label, numeric=True))
        return found

    @cached_property
    def _apart(self) -> list[bool]:
        """Which of the columns tell certain from possible: an export has two for them."""
        lines = [*self.lines, self.sum] if self.sum else self.lines
        return [any(line.cells[place].possible is not None for line in lines) for place in range(len(self.heads))]

    def rows(self):
        return map(self._values, self.lines)

    @property
    def total(self):
        return self._values(self.sum) if self.sum else None

    def _values(self, line: CountLine) -> list[Any]:
        values = [line.key if self.in_keys else line.label]
        for cell, is_apart in zip(line.cells, self._apart, strict=True):
            values += [cell.count, cell.possible] if is_apart else [cell.count]
        return values

    @property
    def places(self):
        return [line.key for line in self.lines] if self.corner.key == "country" else ()

    def records_in(self, column: int) -> int:
        """How many records a column counts."""
        cell = self.sum.cells[column]
        return cell.count + (cell.possible or 0)

    def part(self, rows: int, columns: Sequence[int]) -> "Counts":
        """So many of its rows, and these of its columns."""

        def cut(line: CountLine) -> CountLine:
            return replace(line, cells=[line.cells[place] for place in columns])

        heads = [self.heads[place] for place in columns]
        return Counts(
            self.question, self.corner, heads, [cut(line) for line in self.lines[:rows]], self.sum and cut(self.sum)
        )


def corner(name: str) -> Head:
    """What stands above the values of a property."""
    return Head(name, GROUPINGS[name].name)


def linked(counts: Counts, link: Callable[[dict[str, str | None]], str]) -> Counts:
    """The table with the list behind each of its numbers."""
    for line in [*counts.lines, counts.sum] if counts.sum else counts.lines:
        for head, cell in zip(counts.heads, line.cells, strict=True):
            if cell.count:
                cell.url = link({**line.asks, **head.asks})
    return counts
