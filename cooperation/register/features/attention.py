"""What needs attention: numbers that open the lists that they count, each with the most urgent by name."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Window
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..display.dates import date_html
from ..display.milestones import what
from ..domain.clock import Clock
from ..kind import Attention, Kind
from ..lists.query import ListQuery
from ..models import Commitment, Instrument, Milestone
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


def attention(kinds: Iterable[Kind], clock: Clock, user) -> dict[str, list]:
    """What needs attention, and the labels of what is none: a number that is zero asks for nothing."""
    declared = [*ATTENTION, *((kind.list_page, one) for kind in kinds for one in kind.attention)]
    found = [item(page, one, clock, user) for page, one in declared]
    return {
        "attention": [one for one in found if one["count"]],
        "quiet": [one["label"] for one in found if not one["count"]],
    }


def item(page: type[ListPage], one: Attention, clock: Clock, user) -> dict[str, Any]:
    """A number with the list that it counts and the first of its names, all in one statement."""
    query = one.query(clock)
    rows = in_order_of_urgency(ask(page, query, clock, user), one)
    first = list(rows.annotate(counted=Window(Count("*")))[:NAMED])
    return {
        "count": first[0].counted if first else 0,
        "url": address(page, query, clock),
        "label": one.label,
        "why": one.why,
        "css": one.css,
        "named": [named(row, one, clock) for row in first],
    }


def in_order_of_urgency(question: ListQuery, one: Attention) -> QuerySet:
    """The rows, with the one to look at first on top: by the day that is due, else by when it last moved."""
    if not issubclass(question.queryset.model, Instrument):
        return question.rows.select_related("instrument")
    moved = Milestone.objects.had_happened(question.clock).filter(instrument=OuterRef("pk"))
    if one.milestones:
        moved = moved.filter(kind__in=one.milestones)
    last = moved.reverse()
    rows = question.selection.annotate(
        last_day=Subquery(last.values("date")[:1]), last_days=Subquery(last.values("date_days")[:1])
    )
    day = F("last_days").desc(nulls_last=True) if one.latest_first else F("last_days").asc(nulls_last=True)
    return rows.order_by(day, "key")


def named(row: Instrument | Milestone | Commitment, one: Attention, clock: Clock) -> dict[str, Any]:
    """A record by name, with the day that counts."""
    if isinstance(row, Milestone):
        name, detail, day = row.instrument.name, what(row), row.date
    elif isinstance(row, Commitment):
        name, detail, day = row.what, row.instrument.name, row.due
    else:
        name, detail, day = row.name, "", row.last_day
    words = format_html(str(one.day), day=date_html(day, short=True)) if day else _t("no day given")
    return {"name": name, "detail": detail, "day": words, "url": at(row.get_absolute_url(), clock)}
