"""Initiatives: cooperation that is no legal act."""

from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.ladder import Ladder
from cooperation.register.models import Instrument
from cooperation.register.models.fields import one_of

DATA = Path(__file__).parent.parent / "data"


class Track(models.TextChoices):
    """With whom the cooperation is."""

    NEIGHBOURS = "neighbours", _("neighbouring countries")
    KINGDOM = "kingdom", _("Kingdom of the Netherlands")
    CARIBBEAN_NETHERLANDS = "caribbean_netherlands", _("Caribbean Netherlands")
    SURINAME = "suriname", _("Suriname")
    OTHER = "other", _("other countries")


class Initiative(Instrument):
    """Cooperation in the Kingdom, with neighbours, with Suriname: a programme, a team, a facility, a strategy."""

    RESOURCE = "initiatives"
    ladder = Ladder.load(DATA / "ladders.yaml", "initiative")
    DATA_FILE = DATA / "initiatives.yaml"

    class Kind(models.TextChoices):
        COOPERATION = "cooperation", _("cooperation")
        EXPLORATION = "exploration", _("exploration")
        FACILITY = "facility", _("facility")
        FUNDING = "funding", _("funding")
        INFORMATION_HUB = "information_hub", _("information hub")
        JOINT_TEAM = "joint_team", _("joint team")
        PORTFOLIO = "portfolio", _("portfolio")
        REORGANISATION = "reorganisation", _("reorganisation")
        STRATEGY = "strategy", _("strategy")
        TRAINING = "training", _("training")

    class Stage(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        FUNDED = "funded", _("funded")
        RUNNING = "running", _("running")
        COMPLETED = "completed", _("completed")
        ENDED = "ended", _("ended")

    class MilestoneKind(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        PRIORITY = "priority", _("named as a priority")
        EXPLORED = "explored", _("explored")
        APPROVED = "approved", _("approved")
        FUNDING = "funding", _("funding")
        DECLARATION = "declaration", _("declaration")
        STARTED = "started", _("started")
        OBSERVED = "observed", _("seen in a source")
        AGREEMENT = "agreement", _("agreement")
        APPOINTMENT = "appointment", _("post filled")
        TRAINING = "training", _("training")
        WORKS = "works", _("building works")
        PILOT = "pilot", _("pilot")
        COMPLETED = "completed", _("completed")
        ENDED = "ended", _("ended")
        REPORT = "report", _("report")
        VISIT = "visit", _("visit")
        ANNIVERSARY = "anniversary", _("anniversary")
        OTHER = "other", _("other event")

    # Called `group` in the files; a group of countries is what that word means everywhere else.
    DATA_KEYS = {"group": "track"}

    track = models.CharField(_("track"), max_length=30, choices=Track)

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        constraints = [one_of("track", Track, "initiative_track_is_known")]
