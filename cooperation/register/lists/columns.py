"""Columns: one list for the table on the page, for the export and for sorting."""

from collections.abc import Callable

from django.db.models import Case, Expression, F, IntegerField, Model, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..display.badges import StageMark
from ..display.dates import date_html
from ..display.footnotes import SourceMarks
from ..display.milestones import is_without_word, told, what
from ..domain.clock import Clock
from ..domain.text import in_reader_language
from ..models import CountryRole, Instrument, Milestone
from ..models.queryset import in_force_on
from . import beside
from . import sql_text as written
from .choices import stage_places
from .column import Column, as_text
from .sql_text import InDatabase

__all__ = ["Column", "as_text"]


# --- sorting ---------------------------------------------------------------------------------------------------------


def by_field(name: str) -> InDatabase:
    return lambda model, clock: F(name)


def by_title(model: type[Instrument], clock: Clock) -> Expression:
    """By the title in the reader's language, else by the Dutch one, which each has: that is a field, with its index."""
    own = in_reader_language("sort")
    return F(own) if own == "sort_nl" else Coalesce(NullIf(own, Value("")), "sort_nl")


def never_null(expression: Expression, model: type[Model]) -> bool:
    """Whether what is sorted by has a value in every row."""
    last = expression.source_expressions[-1] if isinstance(expression, Coalesce) else expression
    fields = {field.name: field for field in model._meta.fields}
    return isinstance(last, F) and last.name in fields and not fields[last.name].null


def by_stage(model: type[Instrument], clock: Clock) -> Expression:
    """By how far it has come: the order of the ladder, then the ends."""
    whens = [When(resource=kind.RESOURCE, stage=stage, then=Value(place)) for kind, stage, place in stage_places(model)]
    return Case(*whens, output_field=IntegerField())


def by_standing(model: type[Instrument], clock: Clock) -> Expression:
    """What stands first, by the stage on the clock."""
    whens = [When(rank, then=Value(place)) for place, rank in enumerate(model.objects.in_list_order())]
    return Case(*whens, output_field=IntegerField())


def by_date(*milestone_kinds: str, how: str = written.OCCURRED, last: bool = False) -> InDatabase:
    """By the first possible day of the first of these milestones (`written.milestones`), or of the `last`."""

    def expression(model: type[Instrument], clock: Clock) -> Expression:
        found = written.milestones(clock, *milestone_kinds, how=how).filter(instrument=OuterRef("pk"))
        return Subquery((found.reverse() if last else found).values(day=Lower("date_days"))[:1])

    return expression


def by_country(*roles: str) -> InDatabase:
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
    return StageMark.of(record).badge


NAMED = 2  # countries that a cell names; a row of them all would hide those below it


def countries_cell(*roles: str) -> Callable[[Instrument, Clock, SourceMarks], SafeString]:
    def cell(record: Instrument, clock: Clock, marks: SourceMarks) -> SafeString:
        parts = record.countries_in(*roles)
        left_out = max(0, len(parts) - NAMED)
        shown = {"parts": parts[: len(parts) - left_out], "more": left_out, "clock": clock}
        return render_to_string("register/cells/countries.html", shown)

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


Made = Callable[[Instrument, Clock], Milestone | None]
First = Callable[[Clock, Callable], written.Part]


def date_column(key: str, label, made: Made, first: First, *, cell=None, sort=None, shown: bool = True) -> Column:
    """The date of the milestone that `made` finds, and `first` in the database; in exports with where it stands."""

    def date(record, clock):
        found = made(record, clock)
        return found.date if found else None

    text, more = lambda model, clock: first(clock, written.date), beside.milestone(key, label, made, first)
    return Column(key, label, date, cell, sort, text, shown=shown, beside=more)


def milestone_column(key: str, label, *milestone_kinds: str, shown: bool = True, last: bool = False) -> Column:
    """The date of the first of these milestones that had occurred, or of the `last`."""

    def made(record, clock):
        occurred = [one for one in record.known(*milestone_kinds) if one.said == "occurred"]
        return occurred[-1 if last else 0] if occurred else None

    return date_column(
        key,
        label,
        made,
        written.first_milestone(*milestone_kinds, last=last),
        cell=date_cell(*milestone_kinds, last=last),
        sort=by_date(*milestone_kinds, last=last),
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

    more = beside.cited(key, label, name)
    return Column(key, label, value, sort=by_field(name), text=written.field(name), beside=more, **options)


def countries_column(key: str, label, *roles: str, **options) -> Column:
    """The countries in these roles on the day."""
    return Column(
        key,
        label,
        lambda record, clock: names(record.countries_in(*roles)),
        countries_cell(*roles),
        by_country(*roles),
        written.countries(*roles),
        **options,
    )


def expected_cell(record, clock, marks):
    """What is expected next, and on which day; where nothing is, what was expected and no source spoke of since."""
    open_ones = record.open_expectations(clock)
    if not open_ones:
        return ""
    first = open_ones[0]
    words = what(first)
    if is_without_word(first, clock, True):
        words = _t("%s, no word since") % told(first, clock, True, words)
    line = format_html('<span class="sub">{}</span>', words)
    return format_html("{}{}{}", date_html(first.date, short=True), marks.mark(first.source), line)


def _expected(record, clock):
    """What is expected first on a day to come, as known on the clock."""
    return record.next_expected(clock)


def _without_word(record, clock):
    """The first of what was expected on a day that has passed, where no source says what became of it."""
    return next((one for one in record.open_expectations(clock) if is_without_word(one, clock, True)), None)


def _last_moved(record, clock):
    """The last thing that happened, as far as could be said on the clock."""
    return happened[-1] if (happened := record.happened(clock)) else None


def moved_cell(record, clock, marks):
    if not (happened := record.happened(clock)):
        return ""
    return render_to_string("register/cells/date.html", {"milestone": happened[-1], "marks": marks})


def _happened(clock: Clock) -> QuerySet[Milestone]:
    """What had happened, the last first."""
    return Milestone.objects.had_happened(clock).order_by(*(f"-{name}" for name in Milestone._meta.ordering))


def _by_last_moved(model, clock):
    return Subquery(_happened(clock).filter(instrument=OuterRef("pk")).values(day=Lower("date_days"))[:1])


def _first_moved(clock, of):
    return written.first_of(_happened(clock), of, said="moved")


# In which order a list comes when nothing is said: what stands first, then what moved last.
DEFAULT_SORT = ("standing", "-moved", "title")

KEY = Column(
    "key", _("Key"), lambda record, clock: record.key, sort=by_field("key"), text=written.field("key"), shown=False
)


def title_column(label, cell) -> Column:
    """The title; in exports with where the record as a whole stands."""
    more = beside.cited("title", label)
    return Column("title", label, lambda record, clock: record.title, cell, by_title, written.title, beside=more)


def has_classification(model: type[Model]) -> bool:
    """Whether rows of this model are records, or hang on one."""
    return issubclass(model, Instrument) or any(one.name == "instrument" for one in model._meta.fields)


def _classification(row, clock) -> str:
    record = row if isinstance(row, Instrument) else row.instrument
    return record.get_classification_display() if record else ""


# In the exports of whoever may see more than what is public; nobody chooses it.
CLASSIFICATION = Column("classification", _("Classification"), _classification)
TITLE = title_column(_("Title"), title_cell)
KIND = Column(
    "kind",
    _("Kind"),
    lambda record, clock: record.kind_label,
    sort=by_field("kind"),
    text=written.kind,
    shown=False,
)
STAGE = Column(
    "stage", _("Stage"), lambda record, clock: StageMark.of(record).words, stage_cell, by_stage, written.stage
)
STANDING = Column(
    "standing", _("Stands"), lambda record, clock: record.stands, sort=by_standing, text=written.standing, shown=False
)
MOVED = date_column(
    "moved", _("Last moved"), _last_moved, _first_moved, cell=moved_cell, sort=_by_last_moved, shown=False
)
EXPECTED = date_column(
    "expected",
    _("Next expected"),
    _expected,
    written.first_milestone(how=written.EXPECTED),
    cell=expected_cell,
    sort=by_date(how=written.EXPECTED),
)
WITHOUT_WORD = date_column(
    "wasExpected",
    _("Was expected, no word since"),
    _without_word,
    written.first_milestone(how=written.WITHOUT_WORD),
    sort=by_date(how=written.WITHOUT_WORD),
    shown=False,
)
THEMES = Column(
    "themes",
    _("Themes"),
    lambda record, clock: sorted(theme.name for theme in record.themes_then),
    text=written.themes,
    shown=False,
)
ORGANISATIONS = Column(
    "organisations",
    _("Organisations"),
    lambda record, clock: [part.organisation.name for part in record.organisations_then],
    text=written.organisations,
    shown=False,
)
DISPUTED = Column(
    "disputed",
    _("Disputed"),
    lambda record, clock: record.is_disputed,
    sort=lambda model, clock: model.objects.disputed(clock),
    text=written.disputed,
    shown=False,
)
CHANGED = Column(
    "changed",
    _("Changed in the register"),
    lambda record, clock: record.updated_at.date(),
    sort=by_field("updated_at"),
    text=written.day_of("updated_at"),
    shown=False,
)


# Shown unasked where days are asked for.
MATCH = Column(
    "matchCertain",
    _("Certainly in these days"),
    lambda record, clock: record.match_certain,
    text=written.match_certain,
    shown=False,
)


def by_name(model, clock):
    return by_field(in_reader_language("sort"))(model, clock)


NAME = Column("name", _("Name"), lambda record, clock: record.name, sort=by_name)
