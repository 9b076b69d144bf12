"""Milestone: a dated event of an instrument, with its source."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..domain import spans as stages
from ..domain.text import localized
from .fields import EDTFDays, EDTFField, KeyField, LongText, Text, one_of
from .instrument import Instrument
from .questions import MilestoneQuerySet
from .source import Source


class State(models.TextChoices):
    """Whether it happened, is still to happen, or will not."""

    OCCURRED = stages.OCCURRED, _("occurred")
    EXPECTED = stages.EXPECTED, _("expected")
    CANCELLED = stages.CANCELLED, _("cancelled")


class Milestone(models.Model):
    """A dated event of an instrument: occurred, expected or cancelled. There is none without a source.

    `fulfils` names the expectation that this one closes. `replaces` names the one that this one corrects: that one
    is no longer known from the day on which this one is, and stays known before.
    """

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="milestones")
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

    note = localized("note")

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["date_days", "known_from", "key"]
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

    @property
    def sources(self) -> list[Source]:
        return [self.source, *self.also_sources.all()]

    @property
    def kind_label(self) -> str:
        choices = self.instrument.concrete_class.MilestoneKind
        return choices(self.kind).label if self.kind in choices.values else self.kind
