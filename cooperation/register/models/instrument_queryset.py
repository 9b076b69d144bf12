"""Questions to the register, as queryset methods named after the question. Joins live where the need is named."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, FilteredRelation, OuterRef, Q
from psycopg2.extras import DateRange

from ..domain.clock import Clock
from .citation import Citation, Claim, Dispute
from .commitment import Commitment, out_on
from .fetch import Batch, fetch
from .kinds import kinds
from .milestone import Milestone
from .queryset import RegisterQuerySet, clearance, in_force_on
from .reference import GroupMembership
from .roles import CountryRole, OrganisationRole
from .source import Source


class InstrumentQuerySet(RegisterQuerySet):
    def visible_to(self, user):
        """What this user may see. What one may not see is absent: not in a list, not in a number, not by its key."""
        return self.filter(classification__in=clearance(user))

    def on(self, clock: Clock):
        """What is there on these two days, each with its `stage` and whether that is certain (`stage_certain`)."""
        on_both_days = Q(spans__valid__contains=clock.valid_on, spans__known__contains=clock.known_on)
        # Every span has a stage. To ask for it makes PostgreSQL read the index of days, which holds the stage, and not
        # that of the constraint, in which the spans of a day lie scattered.
        return (
            self.alias(span=FilteredRelation("spans", condition=on_both_days))
            .filter(span__stage__gt="")
            .annotate(stage=F("span__stage"), stage_certain=F("span__certain"))
        )

    def stands(self, ladder_stages: str = "standing") -> Q:
        """The condition that a record stands on the clock (`on`): at one of the stages that its ladder calls so.

        `ladder_stages`: which of them, by the name that the ladder has for them (`standing`, `present`, `active`).
        """
        if self.model.RESOURCE:
            return Q(stage__in=getattr(self.model.ladder, ladder_stages))
        stages = ((kind, getattr(kind.ladder, ladder_stages)) for kind in kinds().values())
        return Q(*(Q(resource=kind.RESOURCE, stage__in=found) for kind, found in stages), _connector=Q.OR)

    def standing(self):
        """What stands on the clock (`on`): has not ended, and something is known of it (`domain.md`, rule 13)."""
        return self.filter(self.stands())

    def in_list_order(self) -> list[Q]:
        """The conditions of the stages (`on`) in the order of a list: what stands comes first (`Ladder.in_lists`)."""
        models = [self.model] if self.model.RESOURCE else kinds().values()
        ranks = zip(*(((kind.RESOURCE, stages) for stages in kind.ladder.in_lists) for kind in models), strict=True)
        return [
            Q(*(Q(resource=resource, stage__in=stages) for resource, stages in rank if stages), _connector=Q.OR)
            for rank in ranks
            if any(stages for _resource, stages in rank)
        ]

    def in_country(self, codes: Iterable[str], day: date, roles: Iterable[str] = ()):
        """What has to do with one of these countries on a day, in one of these roles (none given: in any)."""
        return self.filter(self.located(Q(country__in=codes), day, roles))

    @staticmethod
    def located(place: Q, day: date, roles: Iterable[str] = ()) -> Exists:
        """The condition that a record has to do with such a place on a day, in one of these roles (none: in any)."""
        held = CountryRole.objects.filter(in_force_on(day) & place, instrument=OuterRef("pk"))
        return Exists(held.filter(role__in=roles) if roles else held)

    @staticmethod
    def member_of(groups: Iterable[str], day: date) -> Q:
        """The place that is a member of one of these groups on a day."""
        memberships = GroupMembership.objects.filter(in_force_on(day), group__in=groups)
        return Q(country__in=memberships.values("country"))

    def in_country_without(self, resource: str, clock: Clock, user, roles: Iterable[str] = ()):
        """What has to do with a country in which no record of another kind is present that this user may see."""
        kind = kinds()[resource]
        then = {
            "instrument__spans__valid__contains": clock.valid_on,
            "instrument__spans__known__contains": clock.known_on,
        }
        there = CountryRole.objects.filter(
            in_force_on(clock.valid_on),
            country=OuterRef("country"),
            instrument__resource=resource,
            instrument__classification__in=clearance(user),
            instrument__spans__stage__in=kind.ladder.present,
            **then,
        )
        if kind.PRESENT_ROLES:
            there = there.filter(role__in=kind.PRESENT_ROLES)
        return self.filter(self.located(Q(~Exists(there)), clock.valid_on, roles))

    def with_organisation(self, keys: Iterable[str], day: date, roles: Iterable[str] = ()) -> Exists:
        """The condition that one of these organisations takes part on a day, in one of these roles (none: in any)."""
        held = OrganisationRole.objects
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
        sources = Source.objects.filter(condition).values("pk")
        milestones = Milestone.objects.known_on(day).filter(instrument=OuterRef("pk"))
        disputes = Dispute.objects.about_what_is_known_on(day).values("pk")
        return (
            Exists(milestones.filter(source__in=sources))
            | Exists(milestones.filter(also_sources__in=sources))
            | Exists(Citation.objects.filter(instrument=OuterRef("pk"), source__in=sources))
            | Exists(Claim.objects.filter(dispute__in=disputes, dispute__instrument=OuterRef("pk"), source__in=sources))
            | Exists(
                Commitment.objects.made_by(day).filter(
                    Q(made_in__in=sources) | Q(out_on(day), fulfilled_by__in=sources), instrument=OuterRef("pk")
                )
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
        milestones = Milestone.objects
        found = milestones.standing_on(day) if standing else milestones.known_on(day)
        return (found.filter(kind__in=kinds) if kinds else found).filter(instrument=OuterRef("pk"))

    def disputed(self, clock: Clock) -> Exists:
        """The condition that sources disagree about a fact of the record that is there on the clock."""
        disputes = Dispute.objects
        return Exists(disputes.about_what_is_known_on(clock.known_on).filter(instrument=OuterRef("pk")))

    def stalled(self, clock: Clock) -> ExpressionWrapper:
        """The condition of a stalled file.

        A step is due that somebody has to take, it has not ended, nothing happened for nine months, and nothing is
        expected on a day that is still to come (`domain.md`, Ladders).
        """
        milestones = Milestone.objects.filter(instrument=OuterRef("pk"))
        moved = milestones.had_happened(clock).between(clock.moved_from, None)
        to_come = milestones.still_expected_on(clock.known_on).to_come(clock)
        condition = self._before_last_step() & ~Exists(moved) & ~Exists(to_come)
        return ExpressionWrapper(condition, output_field=models.BooleanField())

    def _before_last_step(self) -> Q:
        condition = Q(resource="")  # no record, so that a kind without such a step is never before it
        for model in [self.model] if self.model.RESOURCE else kinds().values():
            stages = model.ladder.stages
            for records, last in model.last_steps_due():
                condition |= records & Q(stage__in=stages[: stages.index(last)])
        return condition

    def matching(self, words, clock: Clock, countries: Iterable[str] = ()):
        """What had all these words somewhere in its text on the clock, or is what they refer to.

        `countries`: of what has ever to do with one of these, which the same index knows.
        """
        return self.filter(words.condition(clock, countries))

    def closeness(self, words, clock: Clock):
        return words.closeness(clock)

    def of_their_kinds(self) -> Iterator:
        """These records as instances of their own models: one query tells the kinds, one more reads each of those."""
        by_kind = defaultdict(list)
        for pk, resource in self.filter(resource__in=kinds()).order_by().values_list("pk", "resource"):
            by_kind[resource].append(pk)
        for resource, pks in by_kind.items():
            yield from kinds()[resource].objects.filter(pk__in=pks)

    def changed_since(self, moment: datetime):
        return self.filter(updated_at__gt=moment)

    def fetch_keys(
        self, keys: Sequence[int], clock: Clock, user, *, whole: bool = False, together: Batch | None = None
    ) -> list:
        """Records by primary key, in this order: `fetch` where the keys are known already."""
        batch = together or Batch(clock, user)
        records = fetch(self.model, keys, batch, whole=whole)
        if together is None:
            batch.attach_sources()
        return records

    def fetch(
        self, clock: Clock, user, *, whole: bool = False, also: Sequence[str] = (), together: Batch | None = None
    ) -> list:
        """These records in their order, with what a row of a list shows, or with all that the register holds of them.

        What was not known on the clock, or this reader may not see, is left out. `also` names annotations to keep.
        Records of several kinds are read `together` in a batch, whose sources the caller attaches at the end.
        """
        rows = {row[0]: row[1:] for row in self.values_list("pk", *also)}
        records = self.fetch_keys(list(rows), clock, user, whole=whole, together=together)
        for record in records:
            for name, value in zip(also, rows[record.pk], strict=True):
                setattr(record, name, value)
        return records
