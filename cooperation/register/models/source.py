"""Sources, where in them a fact stands, and where they disagree."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..domain.text import localized
from .fields import EDTFDays, EDTFField, KeyField, LongText, ShownField, SortKeyField, Text, exactly_one, one_of
from .questions import DisputeQuerySet
from .reference_questions import SourceQuerySet


class SourceKind(models.TextChoices):
    """What sort of document a source is."""

    LETTER = "letter", _("letter to Parliament")
    KAMERSTUK = "kamerstuk", _("parliamentary paper")
    BNC_FICHE = "bnc_fiche", _("BNC fiche")
    COM_DOCUMENT = "com_document", _("Commission document")
    EU_ACT = "eu_act", _("EU act")
    EU_PROCEDURE = "eu_procedure", _("EU procedure file")
    TREATY_SERIES = "treaty_series", _("Treaty Series")
    NATIONAL_ACT = "national_act", _("national act")
    AGENCY_PAGE = "agency_page", _("page of an agency")
    POLICE_PAGE = "police_page", _("page of a police service")
    MINISTRY_PAGE = "ministry_page", _("page of a ministry")
    PRESS = "press", _("press")
    RESEARCH = "research", _("research")
    OTHER = "other", _("other")


class Reliability(models.TextChoices):
    """How far a source can be relied upon."""

    OFFICIAL = "official", _("official")
    PARTNER_OFFICIAL = "partner_official", _("official, of a partner")
    PRESS = "press", _("press")
    SECONDARY = "secondary", _("secondary")
    CLAIMED = "claimed", _("claimed")


class Source(models.Model):
    """An official document or a publication."""

    key = KeyField(unique=True, verbose_name=_("key"))
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    reference = Text(_("reference"), max_length=100, blank=True, help_text=_("kst-29628-1053, trb-2018-160, …"))
    title = Text(_("title"))
    publisher = Text(_("publisher"), max_length=200)
    published = EDTFField(_("published"), null=True, blank=True)
    published_days = EDTFDays("published")
    url = models.URLField(_("address"), max_length=500, blank=True)
    reliability = models.CharField(_("reliability"), max_length=20, choices=Reliability)
    note = LongText(_("note"), blank=True)
    shown = ShownField()
    sort = SortKeyField("title")

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["sort"]
        constraints = [
            one_of("kind", SourceKind, "source_kind_is_known"),
            one_of("reliability", Reliability, "source_reliability_is_known"),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__regex=r"^https?://"),
                name="source_url_is_a_web_address",
                violation_error_message=_("The address of a source starts with http:// or https://."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.key])


class AboutARecord(models.Model):
    """Something said about one fact of an instrument or of an organisation."""

    instrument = models.ForeignKey(
        "register.Instrument", models.CASCADE, null=True, blank=True, related_name="%(class)ss", editable=False
    )
    organisation = models.ForeignKey(
        "register.Organisation", models.CASCADE, null=True, blank=True, related_name="%(class)ss", editable=False
    )
    field = models.CharField(
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
