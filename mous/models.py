"""MoUs: what the Netherlands has agreed with another country or service, and what that allows."""

from pathlib import Path

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.ladder import Ladder
from cooperation.register.models import Instrument
from cooperation.register.models.fields import Text

DATA = Path(__file__).parent / "data"


class Memorandum(Instrument):
    """An MoU, letter of intent, joint statement, technical agreement or treaty on police cooperation."""

    RESOURCE = "mous"
    ladder = Ladder.load(DATA / "ladders.yaml", "memorandum")
    DATA_FILE = DATA / "memoranda.yaml"
    search_fields = ("place",)

    class Kind(models.TextChoices):
        MOU = "mou", _("MoU")
        LETTER_OF_INTENT = "letter_of_intent", _("letter of intent")
        JOINT_STATEMENT = "joint_statement", _("joint statement")
        TECHNICAL_AGREEMENT = "technical_agreement", _("technical agreement")
        TREATY = "treaty", _("treaty")

    class Stage(models.TextChoices):
        EXPLORED = "explored", _("explored")
        IN_PREPARATION = "in_preparation", _("in preparation")
        SIGNED = "signed", _("signed")
        IN_FORCE = "in_force", _("in force")
        EXPIRED = "expired", _("expired")
        ENDED = "ended", _("ended")

    class MilestoneKind(models.TextChoices):
        EXPLORED = "explored", _("explored")
        PROPOSED = "proposed", _("proposed")
        NEGOTIATIONS_RESUMED = "negotiations_resumed", _("negotiations resumed")
        ANNOUNCED = "announced", _("announced")
        AGREED = "agreed", _("agreed")
        IN_PREPARATION = "in_preparation", _("in preparation")
        SIGNED = "signed", _("signed")
        RENEWED = "renewed", _("renewed")
        IN_FORCE = "in_force", _("in force")
        ACCEDED = "acceded", _("acceded")
        EXPIRES = "expires", _("expires")
        ENDED = "ended", _("ended")
        PUBLISHED = "published", _("published")
        OTHER = "other", _("other event")

    binding = models.BooleanField(_("binding"), null=True, blank=True, help_text=_("empty: not known"))
    exchange_basis = models.BooleanField(
        _("basis for exchanging information"), null=True, blank=True, help_text=_("empty: not known")
    )
    place = Text(_("place"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("MoU")
        verbose_name_plural = _("MoUs")

    @property
    def final_rung(self) -> str:
        """What is binding is to enter into force; what is not, or is not known to be, is done once signed."""
        return self.ladder.final_rung("binding" if self.binding else "non_binding")

    @classmethod
    def last_steps_due(cls) -> list[tuple[Q, str]]:
        binding = Q(pk__in=cls.objects.filter(binding=True).values("pk"))
        rung = cls.ladder.final_rung
        mine = Q(resource=cls.RESOURCE)
        return [(mine & binding, rung("binding")), (mine & ~binding, rung("non_binding"))]
