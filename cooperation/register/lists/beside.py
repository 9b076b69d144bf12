"""Columns that an export puts beside another: the words and the days of a date, and where a fact stands.

A page shows the date as words with a mark that leads to the source; on paper and in a file that takes columns.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..display.dates import in_words
from ..domain.clock import Clock
from ..domain.edtf import EDTF
from ..models import Citation, Instrument, Milestone, Source
from . import sql_text as written
from .column import Column

LABELS = {
    "words": _("{column}: in words"),
    "earliest": _("{column}: first possible day"),
    "latest": _("{column}: last possible day"),
    "source": _("{column}: source"),
    "locator": _("{column}: place in the source"),
}
DAYS: dict[str, Callable[[EDTF], Any]] = {
    "words": in_words,
    "earliest": lambda date: date.earliest,
    "latest": lambda date: date.latest,
}


def _column(key: str, label: Any, name: str, value: Callable[[Any, Clock], Any], **options) -> Column:
    return Column(f"{key}.{name}", format_lazy(LABELS[name], column=label), value, **options)


def days_of(date: EDTF) -> dict[str, str | None]:
    """What is said of a date, as texts."""
    return {name: (told := read(date)) and str(told) for name, read in DAYS.items()}


def dates(key: str, label: Any, date: Callable[[Any, Clock], EDTF | None]) -> tuple[Column, ...]:
    """The words of a date, and its first and last possible day."""

    def part(name: str) -> Column:
        def value(record, clock):
            found = date(record, clock)
            return DAYS[name](found) if found else None

        return _column(key, label, name, value, text=lambda model, clock: written.OfDate(key, name))

    return tuple(map(part, DAYS))


def sources(key: str, label: Any, of: Callable[[Any, Clock], Iterable[Source]], **options) -> Column:
    """The sources of a fact, by key: the sheet of sources says what they are."""

    def value(record, clock):
        return [source.key for source in of(record, clock)]

    return _column(key, label, "source", value, names_sources=True, **options)


def milestone(
    key: str,
    label: Any,
    made: Callable[[Instrument, Clock], Milestone | None],
    first: Callable[[Clock, Callable], written.Part],
) -> tuple[Column, ...]:
    """What stands beside the date of a milestone. `first` gives how the database finds the same one."""

    def date(record, clock):
        found = made(record, clock)
        return found.date if found else None

    def documents(record, clock):
        found = made(record, clock)
        return found.sources if found else []

    def places(record, clock):
        found = made(record, clock)
        return [place(one) for one in record.known_citations if found and tells_where(one, found)]

    return (
        *dates(key, label, date),
        sources(key, label, documents, text=lambda model, clock: first(clock, written.sources_of_milestone)),
        _column(
            key,
            label,
            "locator",
            places,
            text=lambda model, clock: first(clock, written.places_of_milestone),
            whole=True,
        ),
    )


def tells_where(citation: Citation, made: Milestone) -> bool:
    """Whether a citation with a place is about this milestone, or about the record as a whole in a source of it."""
    of_record = citation.field == "general" and citation.source in made.sources
    return bool(citation.locator) and (of_record or citation.milestone_key == made.key)


def cited(key: str, label: Any, field: str = "general") -> tuple[Column, ...]:
    """Where a field stands, or the record as a whole."""

    def about(record) -> list[Citation]:
        return [citation for citation in record.known_citations if citation.field == field]

    def documents(record, clock):
        return sorted({citation.source for citation in about(record)}, key=lambda source: source.key)

    def places(record, clock):
        return [place(citation) for citation in about(record) if citation.locator]

    return (
        sources(key, label, documents, text=written.sources_of_field(field), whole=True),
        _column(key, label, "locator", places, text=written.places_of_field(field), whole=True),
    )


def place(citation: Citation) -> str:
    """Where in which source."""
    return f"{citation.source.key}: {citation.locator}"
