"""What needs attention: numbers that open the lists that they count, each with the most urgent by name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, F, Model, OuterRef, QuerySet, Subquery, Value, Window
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..display.dates import date_html
from ..display.milestones import what
from ..domain.clock import Clock
from ..domain.edtf import EDTF
from ..kind import Attention, Kind
from ..lists.query import ListQuery
from ..models import Commitment, Instrument, Milestone
from ..models.compiled import Statement
from ..models.fields import EDTFField
from ..models.queryset import Reader
from ..templatetags.register import at
from ..views import ListPage
from .commitments import CommitmentListPage
from .dashboard import address, ask
from .search import SearchPage
from .timeline import DAYS_AHEAD, TimelinePage, soon

NAMED = 3  # records by name under each number

# In records of every kind: promises, days that come or have passed, what stands still.
ATTENTION = (
    (
        CommitmentListPage,
        Attention(
            lambda clock: "state=overdue",
            _("commitments overdue"),
            _("their day has passed, no outcome in a source"),
            "late",
            _("due {day}"),
        ),
    ),
    (
        CommitmentListPage,
        Attention(
            lambda clock: "state=open",
            _("commitments open"),
            _("no outcome in a source yet"),
            "plain",
            _("due {day}"),
        ),
    ),
    (
        TimelinePage,
        Attention(
            soon,
            format_lazy(_("expected in the next {days} days"), days=DAYS_AHEAD),
            _("milestones still to come"),
            "plain",
            _("expected {day}"),
        ),
    ),
    (
        TimelinePage,
        Attention(
            lambda clock: "overdue=true&sort=date",
            _("expected days passed"),
            _("no word since in a source"),
            "late",
            _("was expected {day}"),
        ),
    ),
    (
        SearchPage,
        Attention(
            lambda clock: "stalled=true",
            _("files stalled"),
            _("a step is due, nothing happened for nine months"),
            "late",
            _("last moved {day}"),
        ),
    ),
    (
        SearchPage,
        Attention(
            lambda clock: "disputed=true",
            _("records disputed"),
            _("sources say different things"),
            "doubt",
            _("last moved {day}"),
            latest_first=True,
        ),
    ),
)


Declared = tuple[type[ListPage], Attention]


class Urgent(NamedTuple):
    """A record that a number names: how many it counts, and the day of the record, where that is not its own."""

    pk: int
    counted: int
    day: EDTF | None


def attention(kinds: Iterable[Kind], clock: Clock, user) -> dict[str, list]:
    """What needs attention, and the labels of what is none: a number that is zero asks for nothing."""
    declared = (*ATTENTION, *((kind.list_page, one) for kind in kinds for one in kind.attention))
    first: defaultdict[int, list[Urgent]] = defaultdict(list)
    for place, *row in _statement(declared, clock, Reader.of(user)).rows():
        first[place].append(Urgent(*row))
    read = _read(declared, first, user)
    return {
        "attention": [
            {
                "count": first[place][0].counted,
                "url": address(page, one.query(clock), clock),
                "label": one.label,
                "why": one.why,
                "css": one.css,
                "named": [named(read[_model(page)][row.pk], row.day, one, clock) for row in first[place]],
            }
            for place, (page, one) in enumerate(declared)
            if place in first
        ],
        "quiet": [one.label for place, (_page, one) in enumerate(declared) if place not in first],
    }


@lru_cache(100)  # to compile it takes Django several times as long as to ask it
def _statement(declared: tuple[Declared, ...], clock: Clock, reader: Reader) -> Statement:
    """Of each list, by its place: the first rows, each with the number of all of them."""
    return Statement.of_all(
        [
            in_order_of_urgency(ask(page, one.query(clock), clock, reader), one)
            .annotate(of=Value(place), counted=Window(Count("*")))
            .values_list("of", "pk", "counted", "last_day")[:NAMED]
            for place, (page, one) in enumerate(declared)
        ]
    )


def _model(page: type[ListPage]) -> type[Model]:
    """The model of a list: records of every kind are read as what they have in common."""
    model = page.queryset.model
    return Instrument if issubclass(model, Instrument) else model


def _read(declared: tuple[Declared, ...], first: Mapping[int, list[Urgent]], user) -> dict[type[Model], dict]:
    """The records that are named, by model and key."""
    keys: defaultdict[type[Model], set[int]] = defaultdict(set)
    for place, rows in first.items():
        keys[_model(declared[place][0])].update(row.pk for row in rows)
    return {
        model: (rows if model is Instrument else rows.select_related("instrument")).in_bulk(found)
        for model, found in keys.items()
        for rows in [model.objects.visible_to(user)]
    }


def in_order_of_urgency(question: ListQuery, one: Attention) -> QuerySet:
    """The rows, with the one to look at first on top: by the day that is due, else by when it last moved."""
    if not issubclass(question.queryset.model, Instrument):
        return question.rows.annotate(last_day=Value(None, EDTFField()))
    moved = Milestone.objects.had_happened(question.clock).filter(instrument=OuterRef("pk"))
    if one.milestones:
        moved = moved.filter(kind__in=one.milestones)
    last = moved.reverse()
    rows = question.selection.annotate(
        last_day=Subquery(last.values("date")[:1]), last_days=Subquery(last.values("date_days")[:1])
    )
    day = F("last_days").desc(nulls_last=True) if one.latest_first else F("last_days").asc(nulls_last=True)
    return rows.order_by(day, "key")


def named(row: Instrument | Milestone | Commitment, moved: EDTF | None, one: Attention, clock: Clock) -> dict[str, Any]:
    """A record by name, with the day that counts."""
    if isinstance(row, Milestone):
        name, detail, day = row.instrument.name, what(row), row.date
    elif isinstance(row, Commitment):
        name, detail, day = row.what, row.instrument.name, row.due
    else:
        name, detail, day = row.name, "", moved
    words = format_html(str(one.day), day=date_html(day, short=True)) if day else _t("no day given")
    return {"name": name, "detail": detail, "day": words, "url": at(row.get_absolute_url(), clock)}
