"""How to cite an answer: the question, both clocks, the count, and a link that gives the same number next year."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from django.db.models import Model
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import gettext as _t

from ..domain.clock import Clock
from ..lists.choices import noun
from .rows import visible

if TYPE_CHECKING:
    from ..lists.query import ListQuery

# How it was looked at, not what.
_OF_THE_MOMENT = ("format", "page", "pageSize", "cursor", "headers", "beside", "count")


def citation(question: "ListQuery", count: int, address: str) -> str:
    """One line: “29 placements (Country: Albania), state on 2 December 2021 as known on …”."""
    clock = question.clock
    what = f"{number_format(count, force_grouping=True)} {noun(question.queryset.model, count)}"
    filters = asked(question)
    return cited(f"{what} ({filters})" if filters else what, clock, lasting_address(question, address))


def citation_of(record: Model, clock: Clock, address: str) -> str:
    """One line to cite the page of a record by, with an address that shows the same on any later day."""
    return cited(f"{record.name} ({record.key})", clock, lasting(address, clock))


def cited(what: str, clock: Clock, address: str) -> str:
    return _t(
        "%(what)s, state on %(valid)s as known on %(known)s. Register of International Police Cooperation, retrieved on"
        " %(today)s, %(address)s"
    ) % {"what": what, **_days(clock), "address": address}


def cited_at(clock: Clock, address: str) -> str:
    """The line below a sentence that is copied from a page: its days and its address."""
    return _t(
        "State on %(valid)s as known on %(known)s. Register of International Police Cooperation, retrieved on"
        " %(today)s, %(address)s"
    ) % {**_days(clock), "address": address}


def _days(clock: Clock) -> dict[str, str]:
    days = {"valid": clock.valid_on, "known": clock.known_on, "today": timezone.localdate()}
    return {name: format_date(day, "j F Y") for name, day in days.items()}


def lasting(address: str, clock: Clock) -> str:
    """The address of a page that is no list, with both days in it, so that it does not move on with the calendar."""
    return urlunsplit(urlsplit(address)._replace(query=clock.both_days, fragment=""))


def lasting_address(question: "ListQuery", address: str) -> str:
    """The address of an answer with both days in it, so that it does not move on with the calendar."""
    parts = urlsplit(address)
    query = question.params.copy()  # not that of the address, which may name a saved view
    for name in _OF_THE_MOMENT:
        query.pop(name, None)
    query["validOn"], query["knownOn"] = question.clock.valid_on.isoformat(), question.clock.known_on.isoformat()
    return urlunsplit(parts._replace(query=query.urlencode(safe=","), fragment=""))


def filters_in_words(question: "ListQuery") -> list[tuple[str, str]]:
    """The filters that are on, in words."""
    filters = question.filterset.in_words()
    in_words = ((label, visible(", ".join(words for _value, words in values))) for _name, label, values in filters)
    return [(str(label), " ".join(words.split())) for label, words in in_words]


def asked(question: "ListQuery") -> str:
    """The same in one line: “Country: Albania; Kind: liaison officer”."""
    return "; ".join(f"{label}: {words}" for label, words in filters_in_words(question))
