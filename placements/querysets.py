"""Questions that only placements are asked."""

from datetime import date

from django.contrib.postgres.fields import DateRangeField
from django.db.models import (
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Lower, Upper
from psycopg2.extras import DateRange

from cooperation.register.domain.clock import Clock
from cooperation.register.models import CountryRole, Milestone, OrganisationRole, Relation
from cooperation.register.models.instrument_queryset import InstrumentQuerySet
from cooperation.register.models.queryset import in_force_on

# A post that follows another up starts around its planned end: at most so many days before, or after.
STARTS_BEFORE, STARTS_AFTER = 183, 365
MAY_BE_THERE = ("planned", "active", "unconfirmed")


class PlacementQuerySet(InstrumentQuerySet):
    def present(self):
        """Posts by which a country has a post, or is covered (`presence.py`): active or unconfirmed on the clock."""
        return self.filter(self.stands("present"))

    def by_country(self, day: date, *more: str, countries=None):
        """How many of these posts, as asked `on` a clock, sit in each country and cover it.

        Rows of (country, role, stage, what `more` names, count); of these `countries`, where they are given.
        """
        found = self.in_places(day, countries).values_list("countries__country", "countries__role", "stage", *more)
        return found.annotate(count=Count("pk", distinct=True))

    def in_places(self, day: date, countries=None):
        """Posts that sit in countries or cover them on a day, once for each (`countries__country`) and role."""
        held = CountryRole.objects.filter(in_force_on(day), role__in=("host", "covered"))
        held = held if countries is None else held.filter(country__in=countries)
        return self.filter(countries__in=held).order_by()

    def with_seat(self, day: date):
        """Each with the country in which it sits (`seat`)."""
        seat = CountryRole.objects.filter(in_force_on(day), role="host", instrument=OuterRef("pk"))
        return self.annotate(seat=Subquery(seat.order_by("pk").values("country")[:1]))

    def last_words(self, clock: Clock, countries=None):
        """Of posts that are not known any more or have ended: the date of which a source last spoke.

        Rows of (country, role, stage, date): for each country, role and stage the last.
        """
        ladder = self.model.ladder
        tells = Q(kind__in=ladder.evidence, of="not_known") | Q(kind__in=ladder.ends, of="ended")
        told = Milestone.objects.had_happened(clock).filter(instrument=OuterRef("pk"))
        told = told.alias(of=ExpressionWrapper(OuterRef("stage"), CharField())).filter(tells)
        last_day = Upper("date_days").desc(nulls_last=True)
        last = Subquery(told.order_by(last_day, "-date_days").values("date")[:1])
        last_possible = Subquery(told.order_by(last_day).values(day=Upper("date_days"))[:1])
        there = self.filter(stage__in=("not_known", "ended")).in_places(clock.valid_on, countries)
        group = ("countries__country", "countries__role", "stage")
        in_order = there.annotate(last=last).order_by(*group, F("last_possible").desc(nulls_last=True), "key")
        return in_order.alias(last_possible=last_possible).distinct(*group).values_list(*group, "last")

    def ending_by(self, day: date, clock: Clock):
        """Posts that are there or planned, and whose planned end may lie from the day of the clock until another.

        The planned end is the latest word on it (`Placement.plan`).
        """
        if day < clock.valid_on:
            return self.none()
        days = DateRange(clock.valid_on, day, "[]")
        plans = self.model.plans(clock.known_on).filter(instrument=OuterRef("pk"))
        # That any plan lies there says little, but is found by index: the latest word is looked up for these only.
        any_of_them = self.filter(Exists(plans.filter(date_days__overlap=days)), stage__in=MAY_BE_THERE)
        return any_of_them.alias(plan_days=self._plan_days(clock)).filter(plan_days__overlap=days)

    def succeeded(self, clock: Clock, user, *, succeeded: bool = True):
        """Posts that another one follows up, as far as this user may see; or those that none does."""
        with_plan = self.alias(plan_days=self._plan_days(clock))
        condition = Exists(self._successors_by_word(clock, user)) | Exists(self._successors_by_place(clock, user))
        return with_plan.filter(condition if succeeded else ~condition)

    def with_successor(self, clock: Clock, user):
        """With the key of the post that follows each up (`successor_key`), None where none does."""
        named, likely = self._successors_by_word(clock, user), self._successors_by_place(clock, user)
        first = (Subquery(found.order_by("key").values("key")[:1]) for found in (named, likely))
        return self.alias(plan_days=self._plan_days(clock)).annotate(successor_key=Coalesce(*first))

    def _plan_days(self, clock: Clock) -> Subquery:
        plans = self.model.plans(clock.known_on).filter(instrument=OuterRef("pk"))
        return Subquery(plans.values("date_days")[:1], output_field=DateRangeField())

    def _others(self, clock: Clock, user):
        others = self.model.objects.visible_to(user).on(clock).filter(stage__in=MAY_BE_THERE)
        return others.exclude(pk=OuterRef("pk"))

    def _successors_by_word(self, clock: Clock, user):
        """Posts of which the register says that they replace or follow the outer one."""
        says = Relation.objects.filter(
            type__in=("replaces", "follows_from"), instrument=OuterRef("pk"), to=OuterRef(OuterRef("pk"))
        )
        return self._others(clock, user).filter(Exists(says))

    def _successors_by_place(self, clock: Clock, user):
        """Posts that by all signs take the place of the outer one after its planned end (its `plan_days`).

        Of the same kind, in the same host country and sent by the same organisation; and either still planned, or
        starting around that end (`STARTS_BEFORE`, `STARTS_AFTER`), or planned to end after it.
        """
        day = clock.valid_on
        known = Milestone.objects.known_on(clock.known_on).exclude(state="cancelled")
        starts = known.filter(kind__in=("started", "planned_start"), instrument=OuterRef("pk"))
        end = OuterRef(OuterRef("plan_days"))
        around = Func(
            _days_later(Lower(end), -STARTS_BEFORE),
            _days_later(Upper(end), STARTS_AFTER),
            function="daterange",
            output_field=DateRangeField(),
        )
        goes_on = Q(plan_upper__gt=Upper(OuterRef("plan_days")))
        later = Q(stage="planned") | Exists(starts.filter(date_days__overlap=around)) | goes_on
        alike = self._others(clock, user).alias(plan_upper=Upper(self._plan_days(clock)))
        return alike.filter(
            later,
            self._shares(CountryRole, "host", "country", day),
            self._shares(OrganisationRole, "sender", "organisation", day),
            kind=OuterRef("kind"),
        )

    @staticmethod
    def _shares(model, role: str, field: str, day: date) -> Exists:
        """The condition that a record and the outer one have the same country or organisation in a role on a day."""
        held = model.objects.filter(in_force_on(day), role=role)
        outer = held.filter(instrument=OuterRef(OuterRef(OuterRef("pk")))).values(field)
        return Exists(held.filter(**{f"{field}__in": outer}, instrument=OuterRef("pk")))


def _days_later(day, days: int) -> ExpressionWrapper:
    return ExpressionWrapper(CombinedExpression(day, "+", Value(days)), output_field=DateField())
