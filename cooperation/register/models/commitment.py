"""Commitment: something promised in a source, and what came of it."""

from datetime import date

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from ..domain.clock import Clock
from ..domain.edtf import EDTF
from ..domain.text import localized
from .fields import EDTFDays, EDTFField, LongText, PlainInMigrations
from .milestone import Milestone, State
from .queryset import RegisterQuerySet, full_key, there_on, visible
from .source import Source


def out_on(day: date) -> Q:
    """Promises whose document that tells of the outcome may have been there by a day; one without a date always was."""
    published = "fulfilled_by__published_days"
    undated = Q(**{f"{published}__isnull": True}) | Q(**{f"{published}__lower_inf": True})
    return undated | Q(**{f"{published}__startswith__lte": day})


class CommitmentQuerySet(RegisterQuerySet):
    key_name = "full_key"

    def visible_to(self, user):
        return self.filter(visible(user, "instrument__"))

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
            When(due_days__endswith__lte=clock.earliest, then=Value("overdue")),
            default=Value("open"),
        )
        there = self.made_by(clock.known_on).filter(there_on(clock, "instrument__"))
        return there.alias(kept_days=kept_days).annotate(state=state, full_key=full_key(Cast("number", CharField())))

    def with_related(self):
        return self.select_related("instrument", "made_in", "fulfilled_by", "fulfilled_by_milestone")

    def made_by(self, day: date):
        """Promises that had been made by that day. A source without a date cannot be placed, so it always counts."""
        made = Q(made_in__published_days__isnull=True) | Q(made_in__published_days__startswith__lte=day)
        return self.filter(made | Q(made_in__published_days__lower_inf=True))


class NumberField(PlainInMigrations, models.PositiveSmallIntegerField):
    """The permanent number of a commitment within its record: the next one, given when it is written first."""

    def pre_save(self, commitment, add):
        if getattr(commitment, self.attname) is None:
            others = type(commitment).objects.filter(instrument=commitment.instrument_id)
            last = others.aggregate(last=models.Max(self.attname))["last"]
            setattr(commitment, self.attname, (last or 0) + 1)
        return getattr(commitment, self.attname)


class Commitment(models.Model):
    """What a source promised or expected about an instrument, its due date, and the outcome."""

    instrument = models.ForeignKey("register.Instrument", models.CASCADE, related_name="commitments")
    number = NumberField(_("number"), editable=False)
    what_nl = LongText(_("what, in Dutch"), max_length=1000)
    what_en = LongText(_("what, in English"), max_length=1000, blank=True)
    made_in = models.ForeignKey(Source, models.PROTECT, related_name="commitments", verbose_name=_("made in"))
    due = EDTFField(_("due"), null=True, blank=True)
    due_days = EDTFDays("due")
    outcome_nl = LongText(_("outcome in Dutch"), max_length=1000, blank=True)
    outcome_en = LongText(_("outcome in English"), max_length=1000, blank=True)
    outcome_date = EDTFField(_("day of the outcome"), null=True, blank=True)
    outcome_date_days = EDTFDays("outcome_date")
    fulfilled_by = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="fulfilled_commitments",
        verbose_name=_("fulfilled by"),
    )
    fulfilled_by_milestone = models.ForeignKey(
        Milestone,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="fulfilled_commitments",
        verbose_name=_("fulfilled by milestone"),
    )

    # What a question with days adds: whether it is certainly due in them.
    match_certain: bool | None = None

    what = localized("what")
    outcome = localized("outcome")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "number"],
                name="commitment_number_once_per_instrument",
                violation_error_message=_("Another commitment of this record has this number."),
            ),
            models.CheckConstraint(
                condition=Q(outcome_date__isnull=True) | ~Q(outcome_nl="", outcome_en=""),
                name="commitment_outcome_in_words",
                violation_error_message=_("An outcome with a day needs words."),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return f"{self.instrument.get_absolute_url()}#commitments"

    @property
    def outcome_on(self) -> EDTF | None:
        """The day of the outcome: as it was given, else that of the milestone or of the document that kept it."""
        if self.outcome_date:
            return self.outcome_date
        if self.fulfilled_by_milestone:
            return self.fulfilled_by_milestone.date
        return self.fulfilled_by.published if self.fulfilled_by else None

    # `CommitmentQuerySet.on` says the same in the database: a test holds them together.

    def state_on(self, clock: Clock) -> str:
        """`kept` once its outcome had come by then, `overdue` when the due day had certainly passed, else `open`."""
        if self.outcome_on and self.outcome_had_come(clock):
            return "kept"
        return "overdue" if self.due and self.due.last < clock.earliest else "open"

    def outcome_had_come(self, clock: Clock) -> bool:
        """Whether the outcome, with or without a day, could be told on the clock."""
        if self.outcome_on:
            return self.outcome_on.first <= min(clock.valid_on, clock.known_on) and self._was_known(clock)
        return clock.is_today  # a remark without a day is today's

    def _was_known(self, clock: Clock) -> bool:
        """By the milestone that kept it, where one fits; else by the document that tells."""
        if milestone := self.fulfilled_by_milestone:
            return milestone.state == State.OCCURRED and milestone.known_from <= clock.known_on
        return self.document_is_out(clock)

    def document_is_out(self, clock: Clock) -> bool:
        """Whether the document that tells of the outcome may have been there; one without a date always was."""
        published = self.fulfilled_by.published if self.fulfilled_by else None
        return published is None or published.first <= clock.known_on

    def told_by(self, clock: Clock) -> Source | None:
        """The document that tells of the outcome, once both are there."""
        return self.fulfilled_by if self.outcome_had_come(clock) and self.document_is_out(clock) else None

    @property
    def days_late(self) -> int | None:
        """How many days after the due day the outcome came; None where one of the two is not exact."""
        return _days_between(self.due, self.outcome_on)

    @property
    def days_since_promise(self) -> int | None:
        """How many days after the promise the outcome came (before it: less than none)."""
        return _days_between(self.made_in.published, self.outcome_on)


def _days_between(first: EDTF | None, last: EDTF | None) -> int | None:
    return (last.first - first.first).days if first and last and first.is_exact and last.is_exact else None
