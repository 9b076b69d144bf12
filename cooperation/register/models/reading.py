"""Reading: which records that are not public were read while an answer is made, so that the answer says so.

Every record that is made of a row is noted here (`Instrument.from_db`, `fetch.bare`), so that no page can forget one.
A number is no record: what counts records notes what it counted (`note_counted`), in one statement more. Nobody reads
along for who sees only what is public, so that costs them nothing.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from .queryset import Reader, UnclassifiedQuerySet


class Classification(models.TextChoices):
    """Who may see a record, from all to few. State secrets (Stg.) are refused altogether."""

    PUBLIC = "public", _("public")
    INTERNAL = "internal", _("internal")
    CONFIDENTIAL = "confidential", _("Departementaal Vertrouwelijk")


def highest(levels: Iterable[str]) -> str:
    """The highest of these classifications: that of an answer which they are in."""
    return max(levels, key=Classification.values.index, default=Classification.PUBLIC.value)


@dataclass
class Reading:
    """What was read for one answer."""

    records: dict[tuple[str, str], str] = field(default_factory=dict)  # resource and key, with the classification
    counted: set[str] = field(default_factory=set)

    @property
    def level(self) -> str:
        return highest({*self.records.values(), *self.counted})


_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading() -> Iterator[Reading]:
    """Note what is read from here on. Within another, only this one notes it."""
    token = _current.set(found := Reading())
    try:
        yield found
    finally:
        _current.reset(token)


def note(record: models.Model) -> None:
    """Note a record that was read, where it is not public."""
    current = _current.get()
    if current is not None:
        held = record.__dict__
        if (level := held.get("classification", Classification.PUBLIC)) != Classification.PUBLIC:
            current.records[held["resource"], held["key"]] = level


def note_counted(instruments: models.QuerySet, of: str = "") -> str:
    """Note of which classifications the records are that a number is made of, and say which is the highest.

    `of`: the way to the records from what is counted. Where nobody reads along, nothing is asked.
    """
    current = _current.get()
    if current is None:
        return Classification.PUBLIC.value
    levels = set(filter(None, instruments.order_by().values_list(f"{of}classification", flat=True).distinct()))
    current.counted |= levels
    return highest(levels)


def note_seen_by(found: UnclassifiedQuerySet) -> None:
    """Note the lowest clearance that sees a record of reference, which has no classification of its own."""
    if (current := _current.get()) is None:
        return
    levels = Classification.values
    readers = (Reader(tuple(levels[: place + 1])) for place in range(len(levels)))
    current.counted.add(next(reader.levels[-1] for reader in readers if found.visible_to(reader).exists()))


def current() -> Reading:
    """What was read so far; nothing, where nobody reads along."""
    return _current.get() or Reading()
