"""Source: an official document or a publication."""

from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..domain import references
from ..domain.addresses import address_of
from ..domain.clock import Clock
from ..domain.text import sort_key
from .fields import EDTFDays, EDTFField, KeyField, LongText, ShownField, SortKeyField, Text, WebAddress, one_of
from .queryset import UnclassifiedQuerySet, there_on, visible


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


# The facts that stand in a source: of an instrument, and those that may be of an organisation or of the network.
FACTS_OF_INSTRUMENTS = ("milestones", "also_milestones", "commitments", "fulfilled_commitments")
STATEMENTS = ("citations", "claims__dispute", "followed_in")
FIGURES = ("figures", "also_figures")


class SourceQuerySet(UnclassifiedQuerySet):
    def matching(self, words, clock: Clock):
        return self.named(words)

    def named(self, words):
        """Sources whose title contains all these words, or that have them as reference or key."""

        def told(text: str) -> Q:
            name, key = references.spelling(text), text.replace(" ", "-")
            there = Q(sort__contains=sort_key(text)) | Q(reference__icontains=key) | Q(key__contains=key)
            return there | Q(reference__iregex=references.pattern(name)) if name else there

        found = words.over(told)
        if words.whole:
            found |= Q(reference__iregex=references.pattern(words.whole))
        return self.filter(found)

    def counted_on(self, clock: Clock, user):
        """What was out by the day of knowing; without a day of its own, what something known then stands in."""
        if clock.known_on >= timezone.localdate():
            return self
        out = Q(published_days__lower_inf=True) | Q(published_days__startswith__lte=clock.known_on)
        return self.filter(out | Q(published_days__isnull=True) & self._told_on(clock, user))

    def _told_on(self, clock: Clock, user) -> Q:
        """The condition that a fact which was known on the clock, and which this user may see, stands in a source."""
        milestones, figures, citations = (
            self.model._meta.get_field(name).related_model.objects for name in ("milestones", "figures", "citations")
        )
        known = milestones.visible_to(user).known_on(clock.known_on)
        said = citations.filter(visible(user, "instrument__"), there_on(clock, "instrument__"))
        here = OuterRef("pk")
        return (
            Q(Exists(known.filter(source=here)))
            | Q(Exists(known.filter(also_sources=here)))
            | Q(Exists(figures.visible_to(user).on(clock).filter(source=here)))
            | Q(Exists(said.filter(source=here)))
        )

    def uses(self, user) -> Iterator[Q]:
        """It is used by a fact of an instrument, by what is said of an organisation, or by a figure."""
        for fact in (*FACTS_OF_INSTRUMENTS, *STATEMENTS, *FIGURES):
            yield visible(user, f"{fact}__instrument__")
        for fact in (*STATEMENTS, *FIGURES):
            yield Q(**{f"{fact}__organisation__shown": True})
            yield visible(user, f"{fact}__organisation__roles__instrument__")
        for fact in FIGURES:
            yield Q(**{f"{fact}__isnull": False, f"{fact}__instrument": None, f"{fact}__organisation": None})


class Source(models.Model):
    """An official document or a publication."""

    key = KeyField(unique=True, verbose_name=_("key"))
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    reference = Text(_("reference"), max_length=100, blank=True, help_text=_("kst-29628-1053, trb-2018-160, …"))
    title = Text(_("title"))
    publisher = Text(_("publisher"), max_length=200)
    published = EDTFField(_("published"), null=True, blank=True)
    published_days = EDTFDays("published")
    url = WebAddress(_("address"), max_length=500, blank=True)
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
        return address_of("source", self.key)
