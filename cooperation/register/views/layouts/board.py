"""Records as cards on a board, in columns by stage; and what is still expected of them, in days."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from ...display.badges import StageMark
from ...display.milestones import is_without_word, told, what
from ...domain.clock import Clock
from ...models import Instrument, Milestone
from ...templatetags.register import at
from .base import Layout


def board(kind: type[Instrument], cards: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The cards by stage: the rungs of the ladder in order, and apart from them what has ended."""
    by_stage: dict[str, list[dict]] = {}
    for one in cards:
        by_stage.setdefault(one["stage"].value, []).append(one)
    columns = [{"stage": StageMark(kind, stage), "cards": by_stage.get(stage, [])} for stage in kind.ladder.every_stage]
    rungs = [column for column in columns if not column["stage"].is_end]
    return {
        "columns": [column for column in rungs if column["cards"]],
        "empty": [column["stage"].label for column in rungs if not column["cards"]],
        "ends": [column for column in columns if column["stage"].is_end and column["cards"]],
    }


def card(record: Instrument, clock: Clock) -> dict[str, Any]:
    """What a card says of a record (`fetch`): what happened last, and what is expected next."""
    expected, last = record.open_expectations(clock), last_event(record, clock)
    return {
        "record": record,
        "stage": StageMark.of(record),
        "last": last,
        "last_words": last and what(last),
        "next": due(expected[0], clock) if expected else None,
    }


def last_event(record: Instrument, clock: Clock) -> Milestone | None:
    """The last thing that had happened by the day of the clock."""
    happened = [m for m in record.known_milestones if m.said == "occurred" and m.date.first <= clock.valid_on]
    return happened[-1] if happened else None


def due(milestone: Milestone, clock: Clock) -> dict[str, Any]:
    """Something expected, with how many days it is away from the day of the clock."""
    date = milestone.date
    return {
        "label": capfirst(what(milestone)),
        "words": told(milestone, clock, True, what(milestone)),
        "date": date,
        "days": days_in_words((date.first - clock.valid_on).days) if date.is_exact else "",
        "is_late": is_without_word(milestone, clock, True),
        "sources": milestone.sources,
        "title": milestone.instrument.name,
        "url": at(milestone.instrument.get_absolute_url(), clock),
    }


def days_in_words(days: int) -> str:
    """How far a day is away: “in 40 days”, “today”, “12 days ago”."""
    if days == 0:
        return _t("today")
    if days > 0:
        return ngettext("in %d day", "in %d days", days) % days
    return ngettext("%d day ago", "%d days ago", -days) % -days


class BoardLayout(Layout):
    def context(self, found, marks):
        cards = [self.page.card(record) for record in found.rows]
        return {"board": board(self.model, cards) if cards else None}
