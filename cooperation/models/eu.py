"""EU proposals: what the Commission proposes, and the act that it becomes."""

from collections.abc import Sequence
from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.ladder import Ladder
from cooperation.register.models import Instrument
from cooperation.register.models.fields import Text

DATA = Path(__file__).parent.parent / "data"

CELEX = RegexValidator(r"^[0-9CE]\d{4}[A-Z]{1,2}\d{4,5}(\(\d+\))?$", _("A CELEX number looks like 52021PC0784."))
PROCEDURE = RegexValidator(r"^\d{4}/\d{4}\([A-Z]{3}\)$", _("A procedure looks like 2021/0410(COD)."))

KAMERSTUK = RegexValidator(r"^kst-\d+(-[A-Z0-9]+)*-\d+$", _("A parliamentary paper looks like kst-22112-3292."))


def eur_lex(celex: str) -> str:
    """The address of a document of EUR-Lex by its CELEX number."""
    return f"https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=CELEX:{celex}"


def procedure_url(procedure: str) -> str:
    """The address of a procedure in EUR-Lex: 2021/0410(COD)."""
    year, number = procedure[:4], procedure[5:9].lstrip("0")
    return f"https://eur-lex.europa.eu/procedure/NL/{year}_{number}"


def fiche_url(paper: str) -> str:
    """The address of a parliamentary paper, such as a fiche."""
    return f"https://zoek.officielebekendmakingen.nl/{paper}.html"


class EUProposal(Instrument):
    """A Commission proposal and the act that it becomes: regulation, directive, recommendation, agreement, cycle."""

    RESOURCE = "eu-proposals"
    ladder = Ladder.load(DATA / "ladders.yaml", "eu-proposal")
    DATA_FILE = DATA / "eu_proposals.yaml"
    search_fields = ("com_number", "procedure", "celex_proposal", "celex_act", "act_number", "oj_reference")

    # The milestones that bring an act its number: on a past clock it shows only from then on (domain.md, rule 8).
    ACT_MILESTONES = ("signed", "council_adopted", "published", "entry_into_force")

    class Kind(models.TextChoices):
        REGULATION = "regulation", _("EU regulation")
        DIRECTIVE = "directive", _("EU directive")
        COUNCIL_DECISION = "council_decision", _("Council decision")
        FRAMEWORK_DECISION = "framework_decision", _("framework decision")
        COUNCIL_RECOMMENDATION = "council_recommendation", _("Council recommendation")
        COMMUNICATION = "communication", _("communication")
        INTERNATIONAL_AGREEMENT = "international_agreement", _("international agreement")
        OPERATIONAL_CYCLE = "operational_cycle", _("operational cycle")

    class Stage(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        PROPOSED = "proposed", _("proposed")
        NEGOTIATING = "negotiating", _("negotiating")
        AGREED = "agreed", _("agreed")
        ADOPTED = "adopted", _("adopted")
        IN_FORCE = "in_force", _("in force")
        APPLIED = "applied", _("applied")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")
        REPEALED = "repealed", _("repealed")

    class MilestoneKind(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        PROPOSED = "proposed", _("proposed")
        BNC_FICHE = "bnc_fiche", _("BNC fiche sent to Parliament")
        NEGOTIATING_MANDATE = "negotiating_mandate", _("mandate to negotiate")
        NEGOTIATIONS_OPENED = "negotiations_opened", _("negotiations opened")
        EP_MANDATE = "ep_mandate", _("mandate of the European Parliament")
        COUNCIL_GENERAL_APPROACH = "council_general_approach", _("general approach of the Council")
        TRILOGUE_AGREEMENT = "trilogue_agreement", _("agreement in the trilogue")
        EP_ADOPTED = "ep_adopted", _("adopted by the European Parliament")
        SIGNATURE_AUTHORISED = "signature_authorised", _("signature authorised")
        COUNCIL_ADOPTED = "council_adopted", _("adopted by the Council")
        SIGNED = "signed", _("signed")
        PUBLISHED = "published", _("published")
        ENTRY_INTO_FORCE = "entry_into_force", _("entry into force")
        APPLIES_FROM = "applies_from", _("applies from")
        TRANSPOSITION_DEADLINE = "transposition_deadline", _("transposition deadline")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")
        REPEALED = "repealed", _("repealed")
        OPINION = "opinion", _("opinion")
        INQUIRY = "inquiry", _("inquiry")
        PROLONGED = "prolonged", _("prolonged")
        OTHER = "other", _("other event")

    class Package(models.TextChoices):
        SCHENGEN_2021_12 = "schengen-2021-12", _("Schengen package of December 2021")

    class Voting(models.TextChoices):
        UNANIMITY = "unanimity", _("unanimity")
        QUALIFIED_MAJORITY = "qualified_majority", _("qualified majority")

    com_number = Text(_("COM number"), max_length=100, blank=True)
    procedure = Text(_("procedure"), max_length=20, blank=True, validators=[PROCEDURE])
    celex_proposal = Text(_("CELEX of the proposal"), max_length=20, blank=True, validators=[CELEX])
    celex_act = Text(_("CELEX of the act"), max_length=20, blank=True, validators=[CELEX])
    act_number = Text(_("act"), max_length=100, blank=True)
    oj_reference = Text(_("Official Journal"), max_length=100, blank=True)
    legal_basis = ArrayField(Text(max_length=100), default=list, blank=True, verbose_name=_("legal basis"))
    lead_ministry = Text(_("lead ministry"), max_length=200, blank=True)
    bnc_fiche = Text(_("BNC fiche"), max_length=40, blank=True, validators=[KAMERSTUK], help_text=_("kst-22112-3292"))
    council_voting = models.CharField(_("voting in the Council"), max_length=20, choices=Voting, blank=True)
    package = models.CharField(_("package"), max_length=40, choices=Package, blank=True)

    class Meta:
        verbose_name = _("EU proposal")
        verbose_name_plural = _("EU proposals")

    def labels(self) -> list[str]:
        return [*super().labels(), str(self.get_package_display())]

    def brought_by(self, field: str) -> Sequence[str]:
        if field not in ("celex_act", "act_number", "oj_reference"):
            return ()
        if self.kind == self.Kind.INTERNATIONAL_AGREEMENT and self.celex_act.startswith("3"):
            # Not the agreement itself (those are in sector 2 of CELEX), but the decision to negotiate it.
            return (*self.ACT_MILESTONES, "negotiating_mandate")
        return self.ACT_MILESTONES

    @property
    def act_is_known(self) -> bool:
        """Whether the act had its number by the clock of the question."""
        return self.occurred(*self.brought_by("act_number")) is not None

    def references(self) -> list[tuple[str, str]]:
        links = []
        if self.celex_act and self.act_is_known:
            links.append((f"EUR-Lex: {self.celex_act}", eur_lex(self.celex_act)))
        if self.celex_proposal:
            links.append((f"EUR-Lex: {self.celex_proposal}", eur_lex(self.celex_proposal)))
        if self.procedure:
            links.append((self.procedure, procedure_url(self.procedure)))
        if self.bnc_fiche:
            links.append((self.bnc_fiche, fiche_url(self.bnc_fiche)))
        return links
