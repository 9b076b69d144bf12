"""Questions to the register, as queryset methods named after the question. Joins live where the need is named."""

from collections.abc import Iterable
from datetime import date, datetime

from django.apps import apps
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from psycopg2.extras import DateRange

from ..domain.clock import Clock
from ..search.query import Words
from .queryset import RegisterQuerySet, clearance, in_force_on


def _instruments():
    return apps.get_model("register", "Instrument").objects


def _full_key(own) -> Concat:
    """The key of what hangs on a record: that of the record, a dot, and its own within the record."""
    return Concat("instrument__key", Value("."), own, output_field=CharField())


def out_on(day: date) -> Q:
    """Promises whose document that tells of the outcome may have been there by a day; one without a date always was."""
    published = "fulfilled_by__published_days"
    undated = Q(**{f"{published}__isnull": True}) | Q(**{f"{published}__lower_inf": True})
    return undated | Q(**{f"{published}__startswith__lte": day})


class MilestoneQuerySet(RegisterQuerySet):
    key_name = "full_key"

    def visible_to(self, user):
        return self.filter(instrument__in=_instruments().visible_to(user).values("pk"))

    def on(self, clock: Clock):
        """Milestones of records that are there, as could be said that day (`said`), and which are still to come."""
        there = self.filter(instrument__in=_instruments().on(clock).values("pk")).as_said_on(clock.known_on)
        to_come = self.model.objects.still_expected_on(clock.known_on).filter(pk=OuterRef("pk"))
        return there.annotate(is_open=Exists(to_come), full_key=_full_key(F("key")))

    def with_row_facts(self, clock: Clock):
        return self.for_events()

    def for_events(self):
        """With what a line about it shows: its record, and its sources."""
        return self.select_related("instrument", "source", "fulfils").prefetch_related("also_sources")

    def known_on(self, day: date):
        """What could be said that day: known by then, and not yet replaced by a correction."""
        corrected = self.model.objects.filter(replaces=OuterRef("pk"), known_from__lte=day)
        return self.filter(~Exists(corrected), known_from__lte=day)

    def as_said_on(self, day: date):
        """What could be said that day, and how (`said`): before its own first possible day, it was still expected."""
        still_to_come = When(state="occurred", date_days__startswith__gt=day, then=Value("expected"))
        return self.known_on(day).annotate(said=Case(still_to_come, default=F("state")))

    def had_happened(self, clock: Clock):
        """What had happened by the day, as far as could be said: its first possible day has come on both clocks."""
        first_possible = Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=clock.earliest)
        return self.known_on(clock.known_on).filter(first_possible, state="occurred")

    def still_expected_on(self, day: date):
        """Expectations that nothing has closed by then, and events whose own day has not come yet."""
        closed = self.model.objects.filter(
            Q(state="cancelled") | Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=day),
            fulfils=OuterRef("pk"),
            known_from__lte=day,
        )
        to_come = Q(state="expected") | Q(state="occurred", date_days__startswith__gt=day)
        return self.known_on(day).filter(to_come, ~Exists(closed))

    def standing_on(self, day: date):
        """What was known that day and still stood: not cancelled, and no expectation that something had closed."""
        occurred = Q(state="occurred") & (Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=day))
        return self.filter(pk__in=self.known_on(day).filter(occurred).values("pk")) | self.still_expected_on(day)

    def between(self, first: date | None, last: date | None):
        """Milestones that may lie between these days, both included."""
        from_first = Q(date_days__upper_inf=True) | Q(date_days__endswith__gt=first) if first else Q()
        until_last = Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=last) if last else Q()
        return self.filter(from_first, until_last)


class InstrumentQuerySet(RegisterQuerySet):
    def visible_to(self, user):
        """What this user may see. What one may not see is absent: not in a list, not in a number, not by its key."""
        return self.filter(classification__in=clearance(user))

    def on(self, clock: Clock):
        """What is there on these two days, each with its `stage` and whether that is certain (`stage_certain`)."""
        on_both_days = Q(spans__valid__contains=clock.valid_on, spans__known__contains=clock.known_on)
        return (
            self.alias(span=FilteredRelation("spans", condition=on_both_days))
            .filter(span__isnull=False)
            .annotate(stage=F("span__stage"), stage_certain=F("span__certain"))
        )

    def with_flags(self, clock: Clock):
        """With `is_disputed` and `is_stalled`, as of these days."""
        return self.annotate(is_disputed=self.disputed(clock), is_stalled=self.stalled(clock))

    def in_country(self, codes: Iterable[str], day: date, roles: Iterable[str] = ()):
        """What has to do with one of these countries on a day, in one of these roles (none given: in any)."""
        return self.filter(self.located(Q(country__in=codes), day, roles))

    @staticmethod
    def located(place: Q, day: date, roles: Iterable[str] = ()) -> Exists:
        """The condition that a record has to do with such a place on a day, in one of these roles (none: in any)."""
        held = apps.get_model("register", "CountryRole").objects
        held = held.filter(in_force_on(day) & place, instrument=OuterRef("pk"))
        return Exists(held.filter(role__in=roles) if roles else held)

    @staticmethod
    def member_of(groups: Iterable[str], day: date) -> Q:
        """The place that is a member of one of these groups on a day."""
        memberships = apps.get_model("register", "GroupMembership").objects
        return Q(country__in=memberships.filter(in_force_on(day), group__in=groups).values("country"))

    def in_country_without(self, resource: str, clock: Clock, user, roles: Iterable[str] = ()):
        """What has to do with a country where no record of another kind stands that this user may see."""
        from . import kinds

        kind = kinds()[resource]
        then = {
            "instrument__spans__valid__contains": clock.valid_on,
            "instrument__spans__known__contains": clock.known_on,
        }
        there = apps.get_model("register", "CountryRole").objects.filter(
            in_force_on(clock.valid_on),
            country=OuterRef("country"),
            instrument__resource=resource,
            instrument__classification__in=clearance(user),
            instrument__spans__stage__in=kind.ladder.standing,
            **then,
        )
        if kind.PRESENT_ROLES:
            there = there.filter(role__in=kind.PRESENT_ROLES)
        return self.filter(self.located(Q(~Exists(there)), clock.valid_on, roles))

    def with_organisation(self, keys: Iterable[str], day: date, roles: Iterable[str] = ()) -> Exists:
        """The condition that one of these organisations takes part on a day, in one of these roles (none: in any)."""
        held = apps.get_model("register", "OrganisationRole").objects
        held = held.filter(in_force_on(day), instrument=OuterRef("pk"), organisation__key__in=keys)
        return Exists(held.filter(role__in=roles) if roles else held)

    def from_source(self, keys: Iterable[str], day: date) -> Q:
        """The condition that a fact of the record, as known that day, stands in one of these sources."""
        return self._stands_in(Q(key__in=keys), day)

    def in_letter(self, day: date) -> Q:
        """The condition that a letter to Parliament that was out on that day speaks of the record."""
        return self._stands_in(Q(kind="letter", published_days__contained_by=DateRange(None, day, "[]")), day)

    @staticmethod
    def _stands_in(condition: Q, day: date) -> Q:
        model = apps.get_model
        sources = model("register", "Source").objects.filter(condition).values("pk")
        milestones = model("register", "Milestone").objects.known_on(day).filter(instrument=OuterRef("pk"))
        disputes = model("register", "Dispute").objects.about_what_is_known_on(day).values("pk")
        return (
            Exists(milestones.filter(source__in=sources))
            | Exists(milestones.filter(also_sources__in=sources))
            | Exists(model("register", "Citation").objects.filter(instrument=OuterRef("pk"), source__in=sources))
            | Exists(
                model("register", "Claim").objects.filter(
                    dispute__in=disputes, dispute__instrument=OuterRef("pk"), source__in=sources
                )
            )
            | Exists(
                model("register", "Commitment")
                .objects.made_by(day)
                .filter(Q(made_in__in=sources) | Q(out_on(day), fulfilled_by__in=sources), instrument=OuterRef("pk"))
            )
        )

    def with_milestone(
        self, kinds: Iterable[str], first: date | None, last: date | None, day: date, *, standing: bool = False
    ):
        """What has a milestone of one of these kinds that may lie between two days, as known on a day.

        `standing` leaves out days that no longer stand: what was cancelled, and expectations that something closed.
        """
        return self.filter(Exists(self._milestones(kinds, day, standing).between(first, last)))

    def certainly_between(
        self, kinds: Iterable[str], first: date | None, last: date | None, day: date, *, standing: bool = False
    ) -> Exists:
        """The condition that such a milestone lies between two days whatever its vague date means."""
        days = DateRange(first, last, "[]")
        return Exists(self._milestones(kinds, day, standing).filter(date_days__contained_by=days))

    @staticmethod
    def _milestones(kinds: Iterable[str], day: date, standing: bool):
        milestones = apps.get_model("register", "Milestone").objects
        found = milestones.standing_on(day) if standing else milestones.known_on(day)
        return (found.filter(kind__in=kinds) if kinds else found).filter(instrument=OuterRef("pk"))

    def disputed(self, clock: Clock) -> Exists:
        """The condition that sources disagree about a fact of the record that is there on the clock."""
        disputes = apps.get_model("register", "Dispute").objects
        return Exists(disputes.about_what_is_known_on(clock.known_on).filter(instrument=OuterRef("pk")))

    def stalled(self, clock: Clock) -> ExpressionWrapper:
        """The condition of a stalled file.

        A next rung exists for its kind, its stage lies before the final rung, it has not ended, and nothing happened
        for nine months (`domain.md`, Ladders).
        """
        milestones = apps.get_model("register", "Milestone").objects
        known = milestones.known_on(clock.known_on).filter(instrument=OuterRef("pk"))
        moved = milestones.had_happened(clock).filter(instrument=OuterRef("pk")).between(clock.moved_from, None)
        condition = self._before_final_rung(known) & ~Exists(moved)
        return ExpressionWrapper(condition, output_field=models.BooleanField())

    def _before_final_rung(self, known) -> Q:
        from . import kinds

        condition = Q(resource="")  # no record, so that a kind without a final rung is never before it
        for model in [self.model] if self.model.RESOURCE else kinds().values():
            ladder = model.ladder
            for records, final in model.final_rungs():
                before = Q(stage__in=ladder.stages[: ladder.stages.index(final)])
                if ladder.final_without_later_day and final != ladder.final_without_later_day:
                    # Without a day on which it is to apply, the record is done one rung earlier.
                    later = [milestone for milestone, stage in ladder.milestones.items() if stage == final]
                    before &= ~Q(stage=ladder.final_without_later_day) | Exists(known.filter(kind__in=later))
                condition |= records & before
        return condition

    def matching(self, words: Words, clock: Clock, countries: Iterable[str] = ()):
        """What had all these words somewhere in its text on the clock, or is what they refer to.

        `countries`: of what has ever to do with one of these, which the same index knows.
        """
        return self.filter(words.condition(clock, countries))

    def closeness(self, words: Words, clock: Clock):
        return words.closeness(clock)

    def changed_since(self, moment: datetime):
        return self.filter(updated_at__gt=moment)

    def with_row_facts(self, clock: Clock):
        """With what a row of a list shows, as of these days: flags, `known_milestones`, countries and organisations."""
        model = apps.get_model
        milestones = model("register", "Milestone").objects.as_said_on(clock.known_on)
        then = in_force_on(clock.valid_on)
        return self.with_flags(clock).prefetch_related(
            Prefetch(
                "milestones",
                milestones.select_related("source", "fulfils").prefetch_related("also_sources"),
                to_attr="known_milestones",
            ),
            Prefetch(
                "countries",
                model("register", "CountryRole").objects.filter(then).select_related("country"),
                to_attr="countries_then",
            ),
            Prefetch(
                "organisations",
                model("register", "OrganisationRole").objects.filter(then).select_related("organisation"),
                to_attr="organisations_then",
            ),
            "themes",
        )

    def with_all_facts(self, clock: Clock, user):
        """With everything that the register holds about a record, as of these days and for this reader."""
        model = apps.get_model
        disputes = model("register", "Dispute").objects.about_what_is_known_on(clock.known_on)
        relations = model("register", "Relation").objects
        # A record that is not there on these days is not named either.
        others = model("register", "Instrument").objects.visible_to(user).on(clock)
        return self.with_row_facts(clock).prefetch_related(
            Prefetch("citations", model("register", "Citation").objects.select_related("source")),
            Prefetch(
                "disputes",
                disputes.select_related("follows").prefetch_related("claims__source"),
                to_attr="known_disputes",
            ),
            Prefetch(
                "relations",
                relations.filter(Q(to__isnull=True) | Exists(others.filter(pk=OuterRef("to")))).select_related("to"),
                to_attr="visible_relations",
            ),
            Prefetch(
                "relations_to",
                relations.filter(Exists(others.filter(pk=OuterRef("instrument")))).select_related("instrument"),
                to_attr="visible_relations_to",
            ),
            Prefetch(
                "commitments",
                model("register", "Commitment")
                .objects.made_by(clock.known_on)
                .select_related("made_in", "fulfilled_by", "fulfilled_by_milestone"),
                to_attr="known_commitments",
            ),
            Prefetch(
                "figures",
                model("register", "Figure")
                .objects.filter(known_from__lte=clock.known_on)
                .select_related("source")
                .prefetch_related("also_sources", "countries"),
                to_attr="known_figures",
            ),
        )


class DisputeQuerySet(models.QuerySet):
    def about_what_is_known_on(self, day: date):
        """Disputes on that day: one about a milestone shows only where the milestone itself does."""
        milestones = apps.get_model("register", "Milestone").objects.known_on(day)
        there = milestones.filter(instrument=OuterRef("instrument"), key=OuterRef("about"))
        about = models.functions.Replace("field", models.Value("milestones."))
        return self.alias(about=about).filter(~Q(field__startswith="milestones.") | Exists(there))


class CommitmentQuerySet(RegisterQuerySet):
    key_name = "full_key"

    def visible_to(self, user):
        return self.filter(instrument__in=_instruments().visible_to(user).values("pk"))

    def on(self, clock: Clock):
        """Promises of records that are there, made by then, each with its `state` (as `Commitment.state_on`)."""
        kept_days = Case(
            When(outcome_date__isnull=False, then=F("outcome_date_days")),
            When(fulfilled_by_milestone__isnull=False, then=F("fulfilled_by_milestone__date_days")),
            default=F("fulfilled_by__published_days"),
            output_field=DateRangeField(),
        )
        had_come = Q(kept_days__lower_inf=True) | Q(kept_days__startswith__lte=clock.earliest)
        by_milestone = Q(
            fulfilled_by_milestone__state="occurred", fulfilled_by_milestone__known_from__lte=clock.known_on
        )
        was_known = by_milestone | Q(out_on(clock.known_on), fulfilled_by_milestone__isnull=True)
        state = Case(
            When(had_come & was_known, then=Value("kept")),
            When(due_days__endswith__lte=clock.valid_on, then=Value("overdue")),
            default=Value("open"),
        )
        there = self.made_by(clock.known_on).filter(instrument__in=_instruments().on(clock).values("pk"))
        return there.alias(kept_days=kept_days).annotate(state=state, full_key=_full_key(Cast("number", CharField())))

    def with_row_facts(self, clock: Clock):
        return self.select_related("instrument", "made_in", "fulfilled_by", "fulfilled_by_milestone")

    def made_by(self, day: date):
        """Promises that had been made by that day. A source without a date cannot be placed, so it always counts."""
        made = Q(made_in__published_days__isnull=True) | Q(made_in__published_days__startswith__lte=day)
        return self.filter(made | Q(made_in__published_days__lower_inf=True))
