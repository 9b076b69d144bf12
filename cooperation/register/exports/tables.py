"""What an export writes: a table. That of the records is here; `views/layouts` has those of its layouts."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from ..lists.columns import as_text
from .rows import MOST_CELLS, lines, rows

if TYPE_CHECKING:
    from ..lists.columns import Column
    from ..lists.query import ListQuery

BATCH = 500  # rows that are written at once

Texts = Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class Head:
    """What stands above a column: a key for machines, words for people."""

    key: str
    label: Any
    numeric: bool = False


@dataclass
class Table(ABC):
    """Heads and rows below them, of what a question asks for."""

    question: "ListQuery"

    @property
    @abstractmethod
    def title(self) -> Any:
        """What the sheet with it is called."""

    @property
    @abstractmethod
    def columns(self) -> "Sequence[Head | Column]": ...

    @abstractmethod
    def rows(self) -> Iterator[Sequence[Any]]:
        """Every row, as values."""

    @property
    def total(self) -> Sequence[Any] | None:
        """The values of a last row, that of all records together."""
        return None

    @property
    def places(self) -> Sequence[str]:
        """Where its rows are about countries: their codes."""
        return ()

    @property
    def in_keys(self) -> bool:
        """Whether it is for machines: keys in the place of words."""
        return self.question.params.get("headers") == "keys"

    @property
    def head(self) -> list[str]:
        return [column.key if self.in_keys else str(column.label) for column in self.columns]

    @property
    def days(self) -> dict[str, date]:
        """The days that it is about, by the keys of a question that say them."""
        return {"validOn": self.question.clock.valid_on, "knownOn": self.question.clock.known_on}

    def every_row(self) -> Iterator[Sequence[Any]]:
        """The rows, and the total where there is one."""
        return chain(self.rows(), [self.total] if self.total else [])

    def texts(self) -> Iterator[Texts]:
        """Every row as text, in batches."""
        found = self.every_row()
        while batch := [[as_text(value) for value in values] for values in islice(found, BATCH)]:
            yield batch

    def ready_lines(self, delimiter: str) -> Iterator[str] | None:
        """Every row as a line of CSV, many at once, where the database can write them."""
        return None

    def count(self, written: int) -> int:
        """How many records it is about, once so many rows of it were written."""
        return self.question.total()

    def is_longer_than(self, most: int) -> bool:
        """Whether it has more rows. Asked before anything is written, where there may be too many."""
        return False


class Records(Table):
    """The records themselves, each in a row: those of the list, in its order and with its columns."""

    @property
    def title(self):
        return self.question.queryset.model._meta.verbose_name_plural

    @property
    def columns(self):
        return self.question.chosen_columns

    def rows(self):
        return rows(self.question)

    def ready_lines(self, delimiter):
        is_writable = len(self.columns) <= MOST_CELLS and all(column.text for column in self.columns)
        return lines(self.question, delimiter) if is_writable else None

    def count(self, written):
        return written

    def is_longer_than(self, most):
        return self.question.selection.order_by()[: most + 1].count() > most
