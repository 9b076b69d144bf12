"""Columns: one list for the table on the page, for the export and for sorting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Expression, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .clock import Clock
from .dates import EDTF
from .marks import SourceMarks, StageMark, date_html
from .models import CountryRole, Instrument, Milestone
from .querysets import in_force_on
from .text import in_reader_language
from .unions import stage_places

Sort = Callable[[type[Instrument], Clock], Expression]


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `value` gives what an export holds: text, a number, an EDTF or a list of texts. `cell` draws it for the page, when
    that takes more than words. `sort` gives the expression by which the database sorts, None: cannot be sorted.
    """

    key: str
    label: Any
    value: Callable[[Instrument, Clock], Any]
    cell: Callable[[Instrument, Clock, SourceMarks], SafeString] | None = None
    sort: Sort | None = None
    shown: bool = True
    numeric: bool = False

    def html(self, record: Instrument, clock: Clock, marks: SourceMarks) -> SafeString:
        if self.cell:
            return self.cell(record, clock, marks)
        value = self.value(record, clock)
        if isinstance(value, EDTF):
            return date_html(value, short=True)
        return format_html("{}", as_text(value))


def as_text(value: Any) -> str:
    """A value as an export writes it: nothing for None, a list with semicolons, a date as its EDTF."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


# --- sorting ---------------------------------------------------------------------------------------------------------


def by_field(name: str) -> Sort:
    return lambda model, clock: F(name)


def by_title(model: type[Instrument], clock: Clock) -> Expression:
    """By the title in the reader's language, else by the one that is shown instead."""
    return Coalesce(NullIf(in_reader_language("sort"), Value("")), "sort_nl")


def by_stage(model: type[Instrument], clock: Clock) -> Expression:
    """By how far it has come: the order of the ladder, then the ends."""
    whens = [When(resource=kind.RESOURCE, stage=stage, then=Value(place)) for kind, stage, place in stage_places(model)]
    return Case(*whens, output_field=IntegerField())


def by_date(*milestone_kinds: str, expected: bool = False, last: bool = False) -> Sort:
    """By the first possible day of a milestone of these kinds (none given: of any).

    The first of them that had occurred by what is known, or was still `expected`; or the `last` one.
    """

    def expression(model: type[Instrument], clock: Clock) -> Expression:
        milestones = Milestone.objects.filter(instrument=OuterRef("pk"))
        if milestone_kinds:
            milestones = milestones.filter(kind__in=milestone_kinds)
        day = clock.known_on
        found = milestones.still_expected_on(day) if expected else milestones.as_said_on(day).filter(said="occurred")
        # In the order in which the cell shows them: one that is open at its beginning comes before all others.
        in_order = found.order_by("-date_days" if last else "date_days")
        return Subquery(in_order.values(day=Lower("date_days"))[:1])

    return expression


def by_country(*roles: str) -> Sort:
    """By the name of the first country in one of these roles."""

    def expression(model: type[Instrument], clock: Clock) -> Expression:
        name = in_reader_language("country__sort")
        then = in_force_on(clock.valid_on)
        parts = CountryRole.objects.filter(then, instrument=OuterRef("pk"), role__in=roles)
        return Subquery(parts.order_by(name).values(name)[:1])

    return expression


# --- columns that every kind has -------------------------------------------------------------------------------------


def title_cell(record: Instrument, clock: Clock, marks: SourceMarks) -> SafeString:
    return render_to_string("register/cells/title.html", {"record": record, "clock": clock})


def stage_cell(record: Instrument, clock: Clock, marks: SourceMarks) -> SafeString:
    return render_to_string("components/badge.html", {"stage": StageMark.of(record)})


def countries_cell(*roles: str) -> Callable[[Instrument, Clock, SourceMarks], SafeString]:
    def cell(record: Instrument, clock: Clock, marks: SourceMarks) -> SafeString:
        parts = record.countries_in(*roles)
        return render_to_string("register/cells/countries.html", {"parts": parts, "clock": clock})

    return cell


def date_cell(*milestone_kinds: str, last: bool = False) -> Callable[[Instrument, Clock, SourceMarks], SafeString]:
    """The date of a milestone with a mark that leads to its source, and what had been expected instead."""

    def cell(record: Instrument, clock: Clock, marks: SourceMarks) -> SafeString:
        occurred = [milestone for milestone in record.known(*milestone_kinds) if milestone.said == "occurred"]
        if not occurred:
            return SafeString()
        context = {"milestone": occurred[-1 if last else 0], "marks": marks}
        return render_to_string("register/cells/date.html", context)

    return cell


def names(parts) -> list[str]:
    return [part.country.name for part in parts]


def milestone_column(key: str, label, *milestone_kinds: str, shown: bool = True) -> Column:
    return Column(
        key,
        label,
        lambda record, clock: record.date_of(*milestone_kinds),
        date_cell(*milestone_kinds),
        by_date(*milestone_kinds),
        shown=shown,
    )


def field_column(key: str, label, name: str, **options) -> Column:
    """A field as it is; of a choice the words, of a yes or no that may not be known too."""

    def value(record, clock):
        held = getattr(record, name)
        if held is None and record._meta.get_field(name).get_internal_type() == "BooleanField":
            return str(_("not known"))
        display = getattr(record, f"get_{name}_display", None)
        return str(display()) if display and held != "" else held

    return Column(key, label, value, sort=by_field(name), **options)


def countries_column(key: str, label, *roles: str, **options) -> Column:
    """The countries in these roles on the day."""
    return Column(
        key,
        label,
        lambda record, clock: names(record.countries_in(*roles)),
        countries_cell(*roles),
        by_country(*roles),
        **options,
    )


def expected_cell(record, clock, marks):
    """What is expected next, and on which day."""
    open_ones = record.open_expectations()
    if not open_ones:
        return ""
    words = format_html('<span class="sub">{}</span>', open_ones[0].kind_label)
    return format_html("{}{}{}", date_html(open_ones[0].date, short=True), marks.mark(open_ones[0].source), words)


def _expected(record, clock):
    """The first day on which something was still expected, as known on the clock."""
    open_ones = record.open_expectations()
    return open_ones[0].date if open_ones else None


KEY = Column("key", _("Key"), lambda record, clock: record.key, sort=by_field("key"), shown=False)
TITLE = Column("title", _("Title"), lambda record, clock: record.title, title_cell, by_title)
KIND = Column("kind", _("Kind"), lambda record, clock: record.kind_label, sort=by_field("kind"), shown=False)
STAGE = Column("stage", _("Stage"), lambda record, clock: StageMark.of(record).words, stage_cell, by_stage)
EXPECTED = Column("expected", _("Next expected"), _expected, expected_cell, by_date(expected=True))
THEMES = Column(
    "themes", _("Themes"), lambda record, clock: sorted(theme.name for theme in record.themes.all()), shown=False
)
ORGANISATIONS = Column(
    "organisations",
    _("Organisations"),
    lambda record, clock: [part.organisation.name for part in record.organisations_then],
    shown=False,
)
DISPUTED = Column(
    "disputed", _("Disputed"), lambda record, clock: record.is_disputed, sort=by_field("is_disputed"), shown=False
)
CHANGED = Column(
    "changed",
    _("Changed in the register"),
    lambda record, clock: record.updated_at.date(),
    sort=by_field("updated_at"),
    shown=False,
)
