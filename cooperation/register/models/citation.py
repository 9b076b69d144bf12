"""Where in a source a fact stands, and where sources disagree."""

from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from ..domain.text import localized
from .fields import LongText, Text, exactly_one
from .milestone import Milestone
from .source import Source


class AboutARecord(models.Model):
    """Something said about one fact of an instrument or of an organisation."""

    instrument = models.ForeignKey(
        "register.Instrument", models.CASCADE, null=True, blank=True, related_name="%(class)ss", editable=False
    )
    organisation = models.ForeignKey(
        "register.Organisation", models.CASCADE, null=True, blank=True, related_name="%(class)ss", editable=False
    )
    field = Text(
        _("field"),
        max_length=120,
        default="general",
        help_text=_("general, a field of the record, or milestones.<key>"),
    )

    class Meta:
        abstract = True

    @property
    def milestone_key(self) -> str:
        """The key of the milestone that this is about, empty for any other field."""
        return self.field.removeprefix("milestones.") if self.field.startswith("milestones.") else ""


def about_one_record(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=exactly_one("instrument", "organisation"),
        name=name,
        violation_error_message=_("This is about exactly one instrument or organisation."),
    )


class Citation(AboutARecord):
    """That a fact stands in a source, and where in it."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations", verbose_name=_("source"))
    locator = Text(_("place in the source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["id"]
        constraints = [about_one_record("citation_about_one_record")]

    def __str__(self) -> str:
        return f"{self.field}: {self.source}"


class DisputeQuerySet(models.QuerySet):
    def about_what_is_known_on(self, day: date):
        """Disputes on that day: one about a milestone shows only where the milestone itself does."""
        milestones = Milestone.objects.known_on(day)
        there = milestones.filter(instrument=OuterRef("instrument"), key=OuterRef("about"))
        about = Replace("field", Value("milestones."))
        return self.alias(about=about).filter(~Q(field__startswith="milestones.") | Exists(there))


class Dispute(AboutARecord):
    """That sources give different values for one fact."""

    follows = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_in",
        verbose_name=_("follows"),
        help_text=_("the source that the register follows; empty while it follows none"),
    )
    note_nl = LongText(_("note in Dutch"), blank=True)
    note_en = LongText(_("note in English"), blank=True)

    note = localized("note")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["id"]
        constraints = [about_one_record("dispute_about_one_record")]

    def __str__(self) -> str:
        return self.field

    @cached_property
    def known_claims(self) -> "list[Claim]":
        return list(self.claims.all())


class Claim(models.Model):
    """What one source says about a disputed fact."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="claims", verbose_name=_("dispute"))
    value = LongText(_("value"), max_length=1000)
    source = models.ForeignKey(Source, models.PROTECT, related_name="claims", verbose_name=_("source"))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.value
