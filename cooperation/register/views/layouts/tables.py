"""The tables that views show of a whole selection. A page draws them, with links; an export writes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ...display.badges import StageMark
from ...domain.clock import Clock
from ...exports import Head, Table
from ...lists.diff import CAME, CHANGED, WENT, Change, Comparison
from ...lists.query import VIEWS
from ...models import Instrument, Milestone
from .board import what

CHANGE_TITLES = {CAME: _("Came"), WENT: _("Went"), CHANGED: _("Changed")}
DIFFERS = {
    "stage": _("stage"),
    "countries": _("countries"),
    "organisations": _("organisations"),
    "milestones": _("milestones"),
}


class ViewTable(Table):
    """The table of the view that the question asks for."""

    @property
    def title(self):
        return VIEWS[self.question.view]


# --- how many --------------------------------------------------------------------------------------------------------


@dataclass
class Count:
    """A number of records; by year those that certainly stood, and apart from them those that only possibly did."""

    count: int = 0
    possible: int | None = None
    url: str = ""  # the list that it counts


@dataclass(frozen=True)
class Group:
    """The records that a column counts, or a row: its key, its name, and what asks for them (None: nothing can)."""

    key: str | None
    label: str
    asks: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Line(Group):
    """A row of counts."""

    cells: Sequence[Count] = ()
    url: str = ""  # of what it is about


@dataclass
class Counts(ViewTable):
    """Numbers in rows and columns; `corner` says what the rows are, `sum` is the row of all records together."""

    corner: Head
    heads: Sequence[Group]
    lines: Sequence[Line]
    sum: Line | None = None

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

    def _values(self, line: Line) -> list[Any]:
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

        def cut(line: Line) -> Line:
            return replace(line, cells=[line.cells[place] for place in columns])

        heads = [self.heads[place] for place in columns]
        return Counts(
            self.question, self.corner, heads, [cut(line) for line in self.lines[:rows]], self.sum and cut(self.sum)
        )


# --- what changed ----------------------------------------------------------------------------------------------------


@dataclass
class Changes(ViewTable):
    """What came, went and changed between two days: a row for each record."""

    comparison: Comparison

    @property
    def days(self):
        then = self.comparison.then.clock
        return {**super().days, "against": then.valid_on, "againstKnownOn": then.known_on}

    @property
    def day_heads(self) -> tuple[str, str]:
        """What stands above how a record stood then, and how it stands now."""
        clocks = self.comparison.then.clock, self.comparison.now.clock
        by_valid_day = clocks[0].valid_on != clocks[1].valid_on
        return tuple(_day(clock) if by_valid_day else _days(clock) for clock in clocks)

    @property
    def columns(self):
        then, now = self.day_heads
        return [
            Head("change", _("Kind of change")),
            Head("key", _("Key")),
            Head("title", _("Record")),
            Head("kind", _("Kind")),
            Head("then", then),
            *([Head("thenCertain", _("certain"))] if self.in_keys else []),
            Head("now", now),
            *([Head("nowCertain", _("certain"))] if self.in_keys else []),
            Head("differs", _("Differs in")),
            Head("happened", _("What happened")),
        ]

    def rows(self):
        for change in self.comparison.every():
            yield self._values(change)

    def _values(self, change: Change) -> list[Any]:
        record, differs = change.record, change.differs
        return [
            change.change if self.in_keys else CHANGE_TITLES[change.change],
            change.key,
            record.title,
            record.kind if self.in_keys else capfirst(str(record.kind_label)),
            *self._standing(change.then),
            *self._standing(change.now),
            differs if self.in_keys else [DIFFERS[name] for name in differs],
            [*parties(change, self.in_keys), *(event_in_words(event, self.in_keys) for event in change.events)],
        ]

    def _standing(self, record: Instrument | None) -> list[Any]:
        if self.in_keys:
            return [record.stage, record.stage_certain] if record else [None, None]
        return [StageMark.of(record).words if record else _t("not there")]

    def is_longer_than(self, most):
        return self.comparison.total > most


def _day(clock: Clock) -> str:
    return format_date(clock.valid_on, "j F Y")


def _days(clock: Clock) -> str:
    days = {"valid": _day(clock), "known": format_date(clock.known_on, "j F Y")}
    return capfirst(_t("the state on %(valid)s, as known on %(known)s") % days)


def parties(change: Change, in_keys: bool = False) -> Iterator[str]:
    """Which countries and organisations joined or left, in which role."""
    if not (change.then and change.now):
        return
    before, after = (_held(record, in_keys) for record in (change.then, change.now))
    came, left = ("came: %s", "left: %s") if in_keys else (_t("came: %s"), _t("left: %s"))
    yield from (came % party for party in after if party not in before)
    yield from (left % party for party in before if party not in after)


def _held(record: Instrument, in_keys: bool) -> dict[str, None]:
    """The countries and organisations of a record, each in its role."""
    if in_keys:
        held = [(part.country_id, part.role) for part in record.countries_then]
        held += [(part.organisation.key, part.role) for part in record.organisations_then]
    else:
        held = [(part.country.name, part.get_role_display()) for part in record.countries_then]
        held += [(part.organisation.name, part.get_role_display()) for part in record.organisations_then]
    return dict.fromkeys(f"{name} ({role})" for name, role in held)


def event_in_words(event: Milestone, in_keys: bool = False) -> str:
    """What happened, and when; in keys, the date as its EDTF and the kind."""
    if in_keys:
        return f"{event.date} {event.kind}" + (" (expected)" if event.said == "expected" else "")
    date = event.date.words(short=True).replace("\N{NO-BREAK SPACE}", " ")
    return f"{date} {what(event)}" + (f" ({_t('expected')})" if event.said == "expected" else "")
