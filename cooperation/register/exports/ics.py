"""iCalendar (RFC 5545): a file of whole-day events, to be opened in a calendar or subscribed to.

Of a list of milestones or commitments each that has a day; of a list of records what is still to come of them: expected
milestones, planned ends and open commitments. A vague date is the range of days that it can mean, and says so in words.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from icalendar import Calendar, Event

from ..display.dates import in_words
from ..display.milestones import told, what
from ..domain.clock import Clock
from ..domain.edtf import EDTF, day_after
from ..domain.text import reader_languages
from ..models import Commitment, Instrument, Milestone, Source
from .citation import citation
from .rows import Begun, in_parts, one_line_end, visible
from .tables import Records

if TYPE_CHECKING:
    from ..lists.query import ListQuery

WITH_DAYS = (Instrument, Milestone, Commitment)  # what is listed, where a list can be a calendar
UID = "register.international-police-cooperation"  # never changes, so that a calendar knows an event again
CLASSES = {"public": "PUBLIC", "internal": "PRIVATE", "confidential": "CONFIDENTIAL"}
STATUSES = {"occurred": "CONFIRMED", "expected": "TENTATIVE", "cancelled": "CANCELLED"}
_END = "END:VCALENDAR\r\n"


def calendar_file(table: Records, address: str) -> Iterator[str]:
    """One that broke off has no end, so that no program takes it for the whole."""
    read = partial(_events, table.question, address)
    return in_parts(_written(table, address, Begun(table.of_each(read, whole=True))))


def _written(table: Records, address: str, found: Begun) -> Iterator[str]:
    question, calendar = table.question, Calendar()
    calendar.add("prodid", f"-//{UID}//{reader_languages()[0].upper()}")
    calendar.add("version", "2.0")
    name = capfirst(str(question.queryset.model._meta.verbose_name_plural))
    calendar.add("x-wr-calname", _clean(f"{table.marking}: {name}" if table.marking else name))
    calendar.add("x-wr-caldesc", _clean(citation(question, question.total(), address)))
    yield calendar.to_ical().decode().removesuffix(_END)
    for events in found:
        yield from (event.to_ical().decode() for event in events)
    yield _END


def _events(question: "ListQuery", address: str, row: Model) -> list[Event]:
    """What a row of a list has to come."""
    clock = question.clock
    if isinstance(row, Milestone):
        return [_of_milestone(row, row.instrument, clock, address, is_open=row.is_open)]
    if isinstance(row, Commitment):
        return [_of_commitment(row, row.instrument, clock, address)] if row.due else []
    promises = [one for one in row.known_commitments if one.due and one.state_on(clock) != "kept"]
    return [
        *(_of_milestone(one, row, clock, address, is_open=True) for one in row.to_come(clock)),
        *(_of_commitment(one, row, clock, address) for one in promises),
    ]


def _of_milestone(made: Milestone, record: Instrument, clock: Clock, address: str, *, is_open: bool) -> Event:
    words = {"what": told(made, clock, is_open, what(made)), "record": record.name}
    event = _event(
        f"milestone.{record.key}.{made.key}",
        _t("%(what)s – %(record)s") % words,
        made.date,
        record,
        urljoin(address, f"{record.get_absolute_url()}#milestone-{made.key}"),
        [made.note, *map(_source, made.sources)],
    )
    event.add("status", STATUSES[made.said])
    return event


def _of_commitment(promise: Commitment, record: Instrument, clock: Clock, address: str) -> Event:
    pattern = {
        "kept": _t("Commitment (kept): %(what)s"),
        "open": _t("Commitment: %(what)s"),
        "overdue": _t("Commitment (overdue): %(what)s"),
    }[promise.state_on(clock)]
    return _event(
        f"commitment.{record.key}.{promise.number}",
        pattern % {"what": promise.what},
        promise.due,
        record,
        urljoin(address, f"{record.get_absolute_url()}#commitments"),
        [record.title, _source(promise.made_in)],
    )


def _event(uid: str, summary: str, day: EDTF, record: Instrument, url: str, lines: list[str]) -> Event:
    event, words = Event(), in_words(day)
    first, last = day.earliest or day.latest, day.latest or day.earliest
    event.add("uid", f"{uid}@{UID}")
    event.add("dtstamp", record.updated_at)
    event.add("dtstart", first)
    event.add("dtend", day_after(last))
    event.add("summary", _clean(summary if day.is_exact else f"{summary} ({words})"))
    event.add("description", _clean("\n".join(filter(None, [capfirst(words), *lines]))))
    event.add("url", url)
    event.add("class", CLASSES[record.classification])
    event.add("categories", [_clean(str(record.concrete_class._meta.verbose_name))])
    event.add("transp", "TRANSPARENT")  # it takes nobody's time
    return event


def _source(source: Source) -> str:
    return " ".join(filter(None, [_t("Source: %s.") % source.title, source.url]))


def _clean(text: str) -> str:
    """A text with one kind of line ends, and without what has no picture."""
    return visible(one_line_end(text))
