"""Interpol items: what is decided in Interpol, and by whom."""

from collections.abc import Sequence
from pathlib import Path

from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.clock import Clock
from cooperation.register.domain.ladder import Ladder
from cooperation.register.domain.text import localized
from cooperation.register.models import Instrument
from cooperation.register.models.fetch import Columns, Part
from cooperation.register.models.fields import LongText, Text

DATA = Path(__file__).parent.parent / "data"


class InterpolItem(Instrument):
    """A General Assembly, resolution, election, membership, strategic framework, body, agreement or database."""

    RESOURCE = "interpol-items"
    ladder = Ladder.load(DATA / "ladders.yaml", "interpol-item")
    DATA_FILE = DATA / "interpol_items.yaml"
    search_fields = ("outcome_nl", "outcome_en", "body", "place")

    class Kind(models.TextChoices):
        GENERAL_ASSEMBLY = "general_assembly", _("General Assembly")
        RESOLUTION = "resolution", _("resolution")
        ELECTION = "election", _("election")
        MEMBERSHIP = "membership", _("membership")
        STRATEGIC_FRAMEWORK = "strategic_framework", _("strategic framework")
        GOVERNANCE = "governance", _("governance")
        AGREEMENT = "agreement", _("agreement")
        DATABASE = "database", _("database")

    class Stage(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        ON_THE_AGENDA = "on_the_agenda", _("on the agenda")
        DECIDED = "decided", _("decided")
        IN_FORCE = "in_force", _("in force")
        REJECTED = "rejected", _("rejected")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    class MilestoneKind(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        PROPOSED = "proposed", _("proposed")
        AGENDA = "agenda", _("on the agenda")
        NEGOTIATING_MANDATE = "negotiating_mandate", _("mandate to negotiate")
        OPENED = "opened", _("opened")
        CLOSED = "closed", _("closed")
        ELECTED = "elected", _("elected")
        RESOLUTION_ADOPTED = "resolution_adopted", _("resolution adopted")
        FRAMEWORK_ADOPTED = "framework_adopted", _("framework adopted")
        AGREEMENT_SIGNED = "agreement_signed", _("agreement signed")
        ADMITTED = "admitted", _("admitted")
        TERM_STARTED = "term_started", _("term started")
        APPLIES_FROM = "applies_from", _("applies from")
        ENTRY_INTO_FORCE = "entry_into_force", _("entry into force")
        REJECTED = "rejected", _("rejected")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")
        TERM_ENDED = "term_ended", _("term ended")
        MEETING = "meeting", _("meeting")
        OTHER = "other", _("other event")

    session = Text(_("session of the General Assembly"), max_length=10, blank=True)
    body = Text(_("body"), max_length=200, blank=True)
    place = Text(_("place"), max_length=100, blank=True)
    members_before = models.PositiveSmallIntegerField(_("members before"), null=True, blank=True)
    members_after = models.PositiveSmallIntegerField(_("members after"), null=True, blank=True)
    outcome_nl = LongText(_("outcome in Dutch"), blank=True)
    outcome_en = LongText(_("outcome in English"), blank=True)

    outcome = localized("outcome")

    votes_then: "list[Vote]"  # added by `fetch`

    @classmethod
    def parts_shown(cls, whole: bool) -> Sequence[Part]:
        if not whole:
            return ()
        columns = Columns(Vote)
        return [
            Part(
                "votes_then",
                lambda clock, reader: Vote.objects.filter(item=OuterRef("pk")),
                lambda: columns.expressions,
                lambda values, batch: columns.make(values),
            )
        ]

    def outcome_is_told(self, clock: Clock) -> bool:
        """Whether the outcome, the votes and the members after it may show: on a past clock, once it was decided."""
        return clock.is_today or self.stage not in (self.Stage.ANNOUNCED, self.Stage.ON_THE_AGENDA)

    class Meta:
        verbose_name = _("Interpol item")
        verbose_name_plural = _("Interpol items")


class Vote(models.Model):
    """What a vote in Interpol was about, and how many were for and against. What is not known is empty."""

    # What the files call it, where that is no name in Python.
    DATA_KEYS = {"for": "in_favour"}

    item = models.ForeignKey(InterpolItem, models.CASCADE, related_name="votes")
    subject = Text(_("subject"), max_length=200)
    in_favour = models.PositiveIntegerField(_("for"), null=True, blank=True)
    against = models.PositiveIntegerField(_("against"), null=True, blank=True)
    abstain = models.PositiveIntegerField(_("abstentions"), null=True, blank=True)
    other = Text(_("otherwise"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_favour__isnull=False)
                | Q(against__isnull=False)
                | Q(abstain__isnull=False)
                | ~Q(other=""),
                name="vote_says_something",
                violation_error_message=_("Give a number of votes, or say otherwise how it went."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
