"""Values as the database writes them: to the letter what Python makes of the same column (`columns.as_text`).

An export of a million rows spends its time on making records of rows. Where each column can be written here, it reads
nothing but text. Each is the twin of a `value` in a list of columns; a test compares the two over every record.

What a record has itself is an expression. What lies in other tables is a `Part`, which is joined to all records at
once: for a million of them that takes a fraction of the time of a subquery for each. (In `exports/rows.py` the two come
together.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg, StringAgg
from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Collate, Concat, NullIf
from django.utils.translation import gettext as _t

from ..display.badges import StageMark
from ..domain.clock import Clock
from ..domain.text import reader_languages
from ..models import Citation, CountryRole, Instrument, Milestone, OrganisationRole
from ..models.queryset import in_force_on
from .choices import kinds_in, stage_places

# How milestones stand on a clock.
OCCURRED, EXPECTED, WITHOUT_WORD = "occurred", "expected", "without_word"


@dataclass(frozen=True)
class Part:
    """Rows of another table with their `instrument`, and what is made of those of one record.

    Milestones that were said alike (`said`) are read once for all columns that want some of their `kinds`.
    """

    rows: QuerySet
    value: Expression
    said: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfDate:
    """What is said of the date in the column of this key: one of `beside.DAYS`, which Python says."""

    key: str
    name: str


Written = Expression | Part | OfDate
InDatabase = Callable[[type[Instrument], Clock], Written]


def localized(name: str) -> Expression:
    """A text in the reader's language, else in the other one (as `text.localized`)."""
    own, other = (f"{name}_{language}" for language in reader_languages())
    return Coalesce(NullIf(own, Value("")), F(other))


def title(model: type[Instrument], clock: Clock) -> Expression:
    return localized("title")


def kind(model: type[Instrument], clock: Clock) -> Expression:
    whens = [
        When(resource=kind.RESOURCE, kind=value, then=Value(str(label)))
        for kind in kinds_in(model)
        for value, label in kind.Kind.choices
    ]
    return Case(*whens, output_field=TextField())


def resource(model: type[Instrument], clock: Clock) -> Expression:
    whens = [When(resource=kind.RESOURCE, then=Value(str(kind._meta.verbose_name))) for kind in kinds_in(model)]
    return Case(*whens, output_field=TextField())


def stage(model: type[Instrument], clock: Clock) -> Expression:
    places = [(kind, stage) for kind, stage, _place in stage_places(model)]
    whens = [
        When(resource=kind.RESOURCE, stage=stage, stage_certain=sure, then=Value(StageMark(kind, stage, sure).words))
        for kind, stage in places
        for sure in (True, False)
    ]
    return Case(*whens, output_field=TextField())


def field(name: str) -> InDatabase:
    """A field as it is; of a choice the words, of a yes or no that may not be known too."""

    def expression(model: type[Instrument], clock: Clock) -> Expression:
        held = model._meta.get_field(name)
        if isinstance(held, BooleanField):
            return yes_or_no(name)(model, clock)
        whens = [When(**{name: value}, then=Value(str(label))) for value, label in held.choices or ()]
        return Case(*whens, default=Cast(F(name), TextField()), output_field=TextField())

    return expression


def yes_or_no(name: str) -> InDatabase:
    def expression(model: type[Instrument], clock: Clock) -> Expression:
        yes, no = When(**{name: True}, then=Value(_t("yes"))), When(**{name: False}, then=Value(_t("no")))
        return Case(yes, no, default=Value(_t("not known")), output_field=TextField())

    return expression


def standing(model: type[Instrument], clock: Clock) -> Expression:
    yes = When(model.objects.all().stands(), then=Value(_t("yes")))
    return Case(yes, default=Value(_t("no")), output_field=TextField())


def disputed(model: type[Instrument], clock: Clock) -> Expression:
    yes = When(Instrument.objects.all().disputed(clock), then=Value(_t("yes")))
    return Case(yes, default=Value(_t("no")), output_field=TextField())


def match_certain(model: type[Instrument], clock: Clock) -> Expression:
    yes, no = When(match_certain=True, then=Value(_t("yes"))), When(match_certain=False, then=Value(_t("no")))
    return Case(yes, no, default=Value(""), output_field=TextField())


def day_of(name: str) -> InDatabase:
    """The day of a moment, in the time zone of the connection as Python reads it: UTC."""
    return lambda model, clock: Cast(Cast(F(name), DateField()), TextField())


def milestones(clock: Clock, *milestone_kinds: str, how: str = OCCURRED) -> QuerySet[Milestone]:
    """Milestones of these kinds (none given: of any), in order.

    Those that had occurred by what is known, are still expected on a day to come, or were and no word came since.
    """
    found = Milestone.objects.filter(kind__in=milestone_kinds) if milestone_kinds else Milestone.objects.all()
    if how == OCCURRED:
        return found.as_said_on(clock.known_on).filter(said="occurred")
    if how == EXPECTED:
        return found.still_expected_on(clock.known_on).to_come(clock)
    return found.without_word(clock)


Of = Callable[[], Expression]  # what is said of a milestone


def first_milestone(*milestone_kinds: str, how: str = OCCURRED, last: bool = False) -> Callable[[Clock, Of], Part]:
    """What is said of the first of these `milestones`, or of the `last`."""

    def first(clock: Clock, of: Of) -> Part:
        order = [f"-{name}" if last else name for name in Milestone._meta.ordering]
        of_kinds = Q(kind__in=milestone_kinds) if milestone_kinds else None
        return Part(milestones(clock, how=how), _first(of(), order, of_kinds), how, milestone_kinds)

    return first


def first_of(in_order: QuerySet[Milestone], of: Of, said: str) -> Part:
    """What is said of the first of these milestones, in their own order."""
    return Part(in_order, _first(of(), in_order.query.order_by), said)


def _first(of: Expression, order: Sequence, condition: Q | None = None) -> Expression:
    told = ArrayAgg(of, filter=condition, order_by=order)
    return Func(told, template="(%(expressions)s)[1]", output_field=TextField())


def date() -> Expression:
    return F("date")


def sources_of_milestone() -> Expression:
    """The keys of its sources, its own first."""
    also = Milestone.also_sources.through.objects.filter(milestone=OuterRef("pk")).order_by().values("milestone")
    keys = also.annotate(keys=StringAgg(_together(Value("; "), "source__key"), "", order_by="pk")).values("keys")
    return _together("source__key", Subquery(keys))


def places_of_milestone() -> Expression:
    """The places in sources, of the milestone itself and of the record as a whole in a source of it."""
    also = Milestone.also_sources.through.objects.filter(milestone=OuterRef(OuterRef("pk")))
    in_its_sources = Q(source=OuterRef("source")) | Q(source__in=also.values("source"))
    about = Q(field=_together(Value("milestones."), OuterRef("key"))) | Q(in_its_sources, field="general")
    places = Citation.objects.filter(about, instrument=OuterRef("instrument")).exclude(locator="").order_by()
    return Subquery(places.values("instrument").annotate(places=_places()).values("places"))


def sources_of_field(name: str) -> InDatabase:
    """The keys of the sources in which a field stands."""
    key = Collate(Cast("source__key", TextField()), "C")  # cast, as PostgreSQL orders by what it adds, which is text
    rows = Citation.objects.filter(field=name)
    return lambda model, clock: Part(rows, StringAgg(key, "; ", distinct=True, order_by=key))


def places_of_field(name: str) -> InDatabase:
    return lambda model, clock: Part(Citation.objects.filter(field=name).exclude(locator=""), _places())


def _places() -> Expression:
    return StringAgg(_together("source__key", Value(": "), "locator"), "; ", order_by="pk")


def _together(*texts: str | Expression) -> Expression:
    return Concat(*texts, output_field=TextField())


def countries(*roles: str) -> InDatabase:
    """The countries in one of these roles on the day."""

    def in_database(model: type[Instrument], clock: Clock) -> Written:
        parts = CountryRole.objects.filter(in_force_on(clock.valid_on), role__in=roles)
        return listed(parts, localized("country__name"), "id")

    return in_database


def organisations(model: type[Instrument], clock: Clock) -> Written:
    parts = OrganisationRole.objects.filter(in_force_on(clock.valid_on))
    return listed(parts, localized("organisation__name"), "id")


def themes(model: type[Instrument], clock: Clock) -> Written:
    name = localized("theme__name")
    return listed(Instrument.themes.through.objects.all(), name, Collate(name, "C"))


def listed(parts: QuerySet, words: Expression, order: str | Expression) -> Part:
    """The words of all parts of each record."""
    return Part(parts, StringAgg(words, "; ", order_by=order))
