"""Milestone: a dated event of an instrument, with its source."""

from datetime import date
from functools import cache, cached_property

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from ..domain import spans as stages
from ..domain.clock import Clock
from ..domain.text import localized
from .fields import EDTFDays, EDTFField, KeyField, LongText, PlaceField, Text, one_of
from .kinds import kinds
from .queryset import RegisterQuerySet, full_key, there_on, visible
from .source import Source


class State(models.TextChoices):
    """Whether it happened, is still to happen, or will not."""

    OCCURRED = stages.OCCURRED, _("occurred")
    EXPECTED = stages.EXPECTED, _("expected")
    CANCELLED = stages.CANCELLED, _("cancelled")


def still_to_come(clock: Clock) -> Q:
    """The condition that the last possible day of a milestone has not passed yet, on both clocks."""
    return Q(date_days__upper_inf=True) | Q(date_days__endswith__gt=clock.earliest)


class MilestoneQuerySet(RegisterQuerySet):
    key_name = "full_key"

    def visible_to(self, user):
        return self.filter(visible(user, "instrument__"))

    def on(self, clock: Clock):
        """Milestones of records that are there, as could be said that day (`said`), and which are still to come."""
        there = self.filter(there_on(clock, "instrument__")).as_said_on(clock.known_on)
        to_come = self.model.objects.still_expected_on(clock.known_on).filter(pk=OuterRef("pk"))
        return there.annotate(is_open=Exists(to_come), full_key=full_key(F("key")))

    def with_record(self):
        """With its record, the source that it has first, and the expectation that it closes."""
        return self.select_related("instrument", "source", "fulfils")

    def with_related(self):
        """With its record, and all its sources."""
        return self.with_record().prefetch_related("also_sources")

    def known_on(self, day: date):
        """What could be said that day: known by then, and not yet replaced by a correction."""
        corrected = self.model.objects.filter(replaces=OuterRef("pk"), known_from__lte=day)
        return self.filter(~Exists(corrected), known_from__lte=day)

    def as_said_on(self, day: date):
        """What could be said that day, and how (`said`): before its own first possible day, it was still expected."""
        still_to_come = When(state="occurred", date_days__startswith__gt=day, then=Value("expected"))
        return self.known_on(day).annotate(said=Case(still_to_come, default=F("state")))

    def had_happened(self, clock: Clock):
        """What had happened by the day, as far as could be said."""
        return self.known_on(clock.known_on).happened(clock)

    def happened(self, clock: Clock):
        """Of what could be said, what had happened by the day: its first possible day has come on both clocks."""
        first_possible = Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=clock.earliest)
        return self.filter(first_possible, state="occurred")

    def still_expected_on(self, day: date):
        """Expectations that nothing has closed by then, and events whose own day has not come yet."""
        closed = self.model.objects.filter(
            Q(state="cancelled") | Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=day),
            fulfils=OuterRef("pk"),
            known_from__lte=day,
        )
        to_come = Q(state="expected") | Q(state="occurred", date_days__startswith__gt=day)
        return self.known_on(day).filter(to_come, ~Exists(closed))

    def to_come(self, clock: Clock):
        """Those of which the last possible day has not passed yet, on both clocks."""
        return self.filter(still_to_come(clock))

    def without_word(self, clock: Clock):
        """Expectations that nothing has closed and of which the day has passed; not what its day alone brings about."""
        by_itself = Q(pk__in=[])
        for resource, kind in kinds().items():
            by_itself |= Q(instrument__resource=resource, kind__in=kind.ladder.expected_ends)
        return self.still_expected_on(clock.known_on).filter(~by_itself, date_days__endswith__lte=clock.earliest)

    def standing_on(self, day: date):
        """What was known that day and still stood: not cancelled, and no expectation that something had closed."""
        occurred = Q(state="occurred") & (Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=day))
        return self.filter(pk__in=self.known_on(day).filter(occurred).values("pk")) | self.still_expected_on(day)

    def between(self, first: date | None, last: date | None):
        """Milestones that may lie between these days, both included."""
        from_first = Q(date_days__upper_inf=True) | Q(date_days__endswith__gt=first) if first else Q()
        until_last = Q(date_days__lower_inf=True) | Q(date_days__startswith__lte=last) if last else Q()
        return self.filter(from_first, until_last)


class Milestone(models.Model):
    """A dated event of an instrument: occurred, expected or cancelled. There is none without a source.

    `fulfils` names the expectation that this one closes. `replaces` names the one that this one corrects: that one
    is no longer known from the day on which this one is, and stays known before.
    """

    instrument = models.ForeignKey("register.Instrument", models.CASCADE, related_name="milestones")
    key = KeyField(verbose_name=_("key"), help_text=_("unique within the record"))
    kind = models.CharField(_("kind"), max_length=40)
    date = EDTFField(_("date"))
    date_days = EDTFDays("date")
    state = models.CharField(_("state"), max_length=10, choices=State)
    source = models.ForeignKey(Source, models.PROTECT, related_name="milestones", verbose_name=_("source"))
    also_sources = models.ManyToManyField(Source, blank=True, related_name="also_milestones", verbose_name=_("also in"))
    known_from = models.DateField(_("known from"), help_text=_("the day from which this could be said"))
    fulfils = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="fulfilled_by", verbose_name=_("fulfils")
    )
    replaces = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    reference = Text(_("reference"), max_length=200, blank=True)
    note_nl = LongText(_("note in Dutch"), blank=True)
    note_en = LongText(_("note in English"), blank=True)

    place = PlaceField("date")

    note = localized("note")

    # What queries add.
    said: str  # its state as could be said on the clock (`as_said_on`)
    match_certain: bool | None = None  # whether it certainly lies in the days that were asked for; None: none were
    is_open: bool  # nothing known has closed the expectation (`on`)
    full_key: str  # that of its record, a dot, and its own (`on`)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["place", "known_from", "key", "pk"]
        indexes = [models.Index(fields=["instrument", "kind"], name="milestone_instrument_kind")]
        constraints = [
            one_of("state", State, "milestone_state_is_known"),
            models.UniqueConstraint(
                fields=["instrument", "key"],
                name="milestone_key_once_per_instrument",
                violation_error_message=_("Another milestone of this record has this key."),
            ),
            # What `fulfils` and `replaces` point at lies in the same record: the first migration hangs on to this.
            models.UniqueConstraint(fields=["instrument", "id"], name="milestone_of_instrument"),
            models.CheckConstraint(
                condition=Q(fulfils__isnull=True) | (~Q(state=State.EXPECTED) & ~Q(fulfils=F("id"))),
                name="milestone_fulfils_by_occurring",
                violation_error_message=_("Only what occurred or was cancelled closes an expectation."),
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="milestone_does_not_replace_itself",
                violation_error_message=_("A milestone cannot replace itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.date}"

    def get_absolute_url(self) -> str:
        return f"{self.instrument.get_absolute_url()}#milestone-{self.key}"

    @cached_property
    def sources(self) -> list[Source]:
        """Where it stands: its source first."""
        return [self.source, *self.also_sources.all()]

    def has_passed(self, clock: Clock) -> bool:
        """Whether its last possible day has passed, on both clocks."""
        return self.date.last < clock.earliest

    @property
    def takes_effect_by_itself(self) -> bool:
        """Whether it needs no word that it happened: it ends a record on a day that was set beforehand."""
        return self.kind in self.instrument.concrete_class.ladder.expected_ends

    @property
    def kind_label(self) -> str:
        return self.label_of(self.kind, self.instrument.concrete_class)

    @staticmethod
    def label_of(kind: str, model: type[models.Model]) -> str:
        """What a kind of instrument calls a milestone of this kind."""
        return _labels(model).get(kind, kind)


@cache
def _labels(model: type[models.Model]) -> dict[str, str]:
    """The labels of the milestones of a kind of instrument, translated when they are shown."""
    return dict(model.MilestoneKind.choices)
