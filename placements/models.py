"""Placements: liaisons, secondments, missions, joint offices. A post, never a person."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.edtf import EDTF
from cooperation.register.domain.ladder import Ladder, Term
from cooperation.register.models import Instrument, Milestone
from cooperation.register.models.fields import Text

from .querysets import PlacementQuerySet

DATA = Path(__file__).parent / "data"


class Placement(Instrument):
    """A post abroad: a liaison, flexible liaison, secondment, directorship, mission or joint office."""

    RESOURCE = "placements"
    PRESENT_ROLES = ("host",)  # a post that covers a country is not there
    PLANNED_END = "planned_end"
    ladder = Ladder.load(DATA / "ladders.yaml", "placement")
    DATA_FILE = DATA / "placements.yaml"
    DERIVED_KEYS = ("country",)
    search_fields = ("city", "coverage_region", "sending_unit")

    class Kind(models.TextChoices):
        LIAISON_OFFICER = "liaison_officer", _("liaison officer")
        FLEXIBLE_LIAISON = "flexible_liaison", _("flexible liaison")
        REGIONAL_LIAISON = "regional_liaison", _("regional liaison")
        SECONDMENT_MULTILATERAL = "secondment_multilateral", _("secondment to a multilateral body")
        DIRECTOR = "director", _("director")
        JOINT_OFFICE = "joint_office", _("joint office")
        MISSION = "mission", _("mission")

    class Stage(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("active")
        UNCONFIRMED = "unconfirmed", _("unconfirmed")
        NOT_KNOWN = "not_known", _("not known")
        ENDED = "ended", _("ended")

    class MilestoneKind(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ANNOUNCED = "announced", _("announced")
        PLANNED_START = "planned_start", _("planned start")
        STARTED = "started", _("started")
        OBSERVED = "observed", _("seen in a source")
        PLANNED_END = "planned_end", _("planned end")
        ENDED = "ended", _("ended")
        OTHER = "other", _("other event")

    city = Text(_("city"), max_length=100, blank=True)
    posts = models.PositiveSmallIntegerField(
        _("number of posts"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("empty: not known")
    )
    term_years = models.PositiveSmallIntegerField(
        _("term in years"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    duration_weeks = models.PositiveSmallIntegerField(
        _("duration in weeks"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(520)]
    )
    coverage_region = Text(
        _("region in words"), max_length=200, blank=True, help_text=_("“Sahel”: a region in words is no coverage")
    )
    sending_unit = Text(_("sending unit"), max_length=200, blank=True)

    objects = PlacementQuerySet.as_manager()

    # What the page of gaps adds: in which role it stands in which country, and the post that follows it up.
    country_code: str
    country_role: str
    successor_key: str | None
    successor: "Placement | None"

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.CheckConstraint(
                condition=Q(posts__isnull=True) | Q(posts__gte=1),
                name="placement_has_a_post",
                violation_error_message=_("A placement has at least one post; leave it empty when not known."),
            ),
            models.CheckConstraint(
                condition=Q(term_years__isnull=True) | Q(duration_weeks__isnull=True),
                name="placement_term_in_one_unit",
                violation_error_message=_("A term is in years or in weeks, not both."),
            ),
        ]

    @property
    def start(self) -> EDTF | None:
        """When it started, as known on the clock of the question."""
        return self.date_of("started")

    @property
    def end(self) -> EDTF | None:
        return self.date_of("ended")

    @property
    def last_evidence(self) -> EDTF | None:
        """The last date on which a source says that it was there."""
        seen = [milestone for milestone in self.known(*self.ladder.evidence) if milestone.said == "occurred"]
        return seen[-1].date if seen else None

    @property
    def planned_end(self) -> EDTF | None:
        return self.plan.date if self.plan else None

    @staticmethod
    def plans(day: date):
        """Planned ends of every post by what is known that day, the latest word on it first."""
        plans = Milestone.objects.known_on(day).filter(kind="planned_end").exclude(state="cancelled")
        return plans.order_by("-known_from", Upper("date_days").desc(nulls_first=True), "date_days", "key")

    @classmethod
    def check_data(cls, record: dict) -> Iterator[tuple[str, str]]:
        """In the files the host country stands twice: by itself, and among the countries."""
        hosts = [part.get("country") for part in record.get("countries", []) if part.get("role") == "host"]
        if "country" in record and record["country"] not in hosts:
            yield "country", _t("is not among the countries as host: %s") % record["country"]

    @property
    def term(self) -> Term | None:
        """For how long the post was given, counted from its start."""
        if self.term_years or self.duration_weeks:
            return Term(years=self.term_years or 0, weeks=self.duration_weeks or 0)
        return None
