"""What an export writes: a table. That of the records is here; `views/layouts` has those of its layouts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from ..lists.column import Column, as_text
from ..lists.columns import CLASSIFICATION, has_classification
from ..models import Classification, Source
from ..models.queryset import clearance
from .rows import lines, records

if TYPE_CHECKING:
    from ..lists.query import ListQuery
    from ..models import Instrument

BATCH = 500  # rows that are written at once
MOST_READ = 5_000  # rows of one answer that are made of records, each of which is read whole: three to six seconds

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
    def columns(self) -> Sequence[Head | Column]: ...

    @abstractmethod
    def rows(self) -> Iterator[Sequence[Any]]:
        """Every row, as values."""

    @property
    def total(self) -> Sequence[Any] | None:
        """The values of a last row, that of all records together."""
        return None

    @property
    def marking(self) -> str:
        """The classification of what it is made of, in words; empty where all of it is public."""
        level = Classification(self.question.classification)
        return "" if level == Classification.PUBLIC else capfirst(str(level.label))

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

    def brief(self) -> "Table":
        """The same without what a format has no room for."""
        return self

    def sources(self) -> Iterable[Source]:
        """The sources that its rows name, once these were written."""
        return ()

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

    @property
    def is_written_by_database(self) -> bool:
        """Whether it has `ready_lines`."""
        return False

    @property
    def length(self) -> int:
        """How many rows it has, where there may be too many. Asked before anything is written."""
        return 0


@dataclass
class Records(Table):
    """The records themselves, each in a row: those of the list, in its order and with its columns.

    Beside a column stands what belongs to it (`lists/beside.py`), unless the question leaves that out, or the format
    has no room for it (`is_brief`): then the columns are exactly those on the screen.
    """

    is_brief: bool = False
    named: set[str] = field(default_factory=set)  # the keys of the sources in the rows that were written

    @property
    def title(self):
        return self.question.queryset.model._meta.verbose_name_plural

    @cached_property
    def columns(self):
        chosen = self.question.chosen_columns
        if len(clearance(self.question.user)) > 1 and has_classification(self.question.queryset.model):
            chosen = [*chosen, CLASSIFICATION]
        if self.is_brief or self.question.params.get("beside") == "none":
            return chosen
        if not self.question.words("columns"):
            every = [*self.question.columns, CLASSIFICATION]
            chosen = [column for column in every if column in chosen or column.exported]
        return [one for column in chosen for one in (column, *column.beside)]

    def brief(self):
        return replace(self, is_brief=True)

    def rows(self):
        places = [place for place, column in enumerate(self.columns) if column.names_sources]
        for values in self.of_each(self.values):
            for place in places:
                self.named.update(values[place])
            yield values

    def of_each(self, read: Callable[["Instrument"], Any], *, whole: bool = False) -> Iterator[Any]:
        """What is read of every record; `whole`: with all that is known of it, whatever its columns need."""
        whole = whole or any(column.whole for column in self.columns)
        with closing(records(self.question, whole=whole)) as found:  # an error in a row ends the transaction at once
            for record in found:
                yield read(record)

    def values(self, record: "Instrument") -> list[Any]:
        return [column.value(record, self.question.clock) for column in self.columns]

    def ready_lines(self, delimiter):
        return lines(self.question, self.columns, delimiter) if self.is_written_by_database else None

    @property
    def is_written_by_database(self):
        return all(column.text for column in self.columns)

    def count(self, written):
        return written

    @property
    def length(self):
        return self.question.total()

    def sources(self):
        return Source.objects.visible_to(self.question.user).filter(key__in=self.named).order_by("key")
