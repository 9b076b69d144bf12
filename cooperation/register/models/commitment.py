"""Commitment: something promised in a source, and what came of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..clock import Clock
from ..dates import EDTFDays, EDTFField
from ..querysets import CommitmentQuerySet
from ..text import localized
from .base import LongText
from .instrument import Instrument
from .milestone import Milestone
from .source import Source


class Commitment(models.Model):
    """What a source promised or expected about an instrument, its due date, and the outcome."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="commitments")
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

    what = localized("what")
    outcome = localized("outcome")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome_date__isnull=True) | ~Q(outcome_nl="", outcome_en=""),
                name="commitment_outcome_in_words",
                violation_error_message=_("An outcome with a day needs words."),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def state_on(self, clock: Clock) -> str:
        """`kept` once its outcome had come by then, `overdue` when the due day had certainly passed, else `open`."""
        if self.outcome_date and self.outcome_had_come(clock):
            return "kept"
        return "overdue" if self.due and self.due.last < clock.valid_on else "open"

    def outcome_had_come(self, clock: Clock) -> bool:
        """Whether the outcome, with or without a day, could be told on the clock."""
        if self.outcome_date:
            return self.outcome_date.first <= min(clock.valid_on, clock.known_on)
        if self.fulfilled_by and self.fulfilled_by.published:
            return self.fulfilled_by.published.last <= clock.known_on
        return clock.is_today  # a remark without a day is today's

    def days_late(self) -> int | None:
        """How many days after the due day the outcome came; None where one of the two is not exact."""
        if self.due and self.outcome_date and self.due.is_exact and self.outcome_date.is_exact:
            return (self.outcome_date.first - self.due.first).days
        return None
