"""The table of what changed between two days, as a page sums it up and an export writes it: a row for each record."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ...display.badges import StageMark
from ...display.milestones import what
from ...domain.clock import Clock
from ...exports import Head
from ...lists.diff import CAME, CHANGED, WENT, Change, Diff
from ...models import CountryRole, Instrument, Milestone, OrganisationRole
from .counts import ViewTable

CHANGE_TITLES = {CAME: _("Came"), WENT: _("Went"), CHANGED: _("Changed")}
DIFFERS = {
    "stage": _("stage"),
    "countries": _("countries"),
    "organisations": _("organisations"),
    "milestones": _("milestones"),
}


@dataclass
class Changes(ViewTable):
    """What came, went and changed between two days: a row for each record."""

    comparison: Diff

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
            Head("title", _("Instrument")),
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
        events = [dated_event(event, self.comparison.now.clock, self.in_keys) for event in change.events]
        return [
            change.change if self.in_keys else CHANGE_TITLES[change.change],
            change.key,
            record.title,
            record.kind if self.in_keys else capfirst(str(record.kind_label)),
            *self._standing(change.then),
            *self._standing(change.now),
            differs if self.in_keys else [DIFFERS[name] for name in differs],
            [*parties(change, self.in_keys), *events],
        ]

    def _standing(self, record: Instrument | None) -> list[Any]:
        if self.in_keys:
            return [record.stage, record.stage_certain] if record else [None, None]
        return [StageMark.of(record).words if record else _t("not there")]

    @property
    def length(self):
        return self.comparison.total


def _day(clock: Clock) -> str:
    return format_date(clock.valid_on, "j F Y")


def _days(clock: Clock) -> str:
    days = {"valid": _day(clock), "known": format_date(clock.known_on, "j F Y")}
    return capfirst(_t("the state on %(valid)s, as known on %(known)s") % days)


def parties(change: Change, in_keys: bool = False) -> Iterator[str]:
    """Which countries and organisations joined or left, in which role."""
    if not (change.then and change.now):
        return
    before, after = _held(change.then), _held(change.now)
    came, left = ("came: %s", "left: %s") if in_keys else (_t("came: %s"), _t("left: %s"))
    yield from (came % _party(part, in_keys) for key, part in after.items() if key not in before)
    yield from (left % _party(part, in_keys) for key, part in before.items() if key not in after)


def _held(record: Instrument) -> dict[tuple, CountryRole | OrganisationRole]:
    """The roles of countries and of organisations in a record, by who has which."""
    countries = {(part.country_id, part.role): part for part in record.countries_then}
    return countries | {(part.organisation_id, part.role): part for part in record.organisations_then}


def _party(part: CountryRole | OrganisationRole, in_keys: bool) -> str:
    """Who, and in which role."""
    who = part.country if isinstance(part, CountryRole) else part.organisation
    if in_keys:
        return f"{who.code if isinstance(part, CountryRole) else who.key} ({part.role})"
    return f"{who.name} ({part.get_role_display()})"


def event_in_words(event: Milestone, clock: Clock) -> str:
    """What happened; of what had not, that it is expected, or was."""
    if event.said != "expected":
        return what(event)
    words = _t("%s (was expected)") if event.has_passed(clock) else _t("%s (expected)")
    return words % what(event)


def dated_event(event: Milestone, clock: Clock, in_keys: bool) -> str:
    """What happened, and when; in keys, the date as its EDTF and the kind."""
    if in_keys:
        return f"{event.date} {event.kind}" + (" (expected)" if event.said == "expected" else "")
    date = event.date.words(short=True).replace("\N{NO-BREAK SPACE}", " ")
    return f"{date} {event_in_words(event, clock)}"
