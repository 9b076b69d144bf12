"""Pages of the kinds of this app."""

from django.urls import reverse
from django.utils.translation import gettext as _t

from .columns import EU_PROPOSAL_COLUMNS
from .filters import EUProposalFilter
from .models import EUProposal
from .models.eu import eur_lex
from .register.details import Detail, fact
from .register.templatetags.register import at
from .register.views import DetailPage, InstrumentListPage


class EUProposalList(InstrumentListPage):
    queryset = EUProposal.objects.all()
    filterset_class = EUProposalFilter
    columns = EU_PROPOSAL_COLUMNS
    resource = EUProposal.RESOURCE


class EUProposalDetail(Detail):
    def facts(self):
        file = self.record
        act = file.act_is_known
        disputed = {dispute.field for dispute in file.known_disputes}
        return [
            fact(_t("act"), file.act_number) if act else None,
            fact(_t("CELEX of the act"), file.celex_act, url=eur_lex(file.celex_act)) if act else None,
            fact(_t("Official Journal"), file.oj_reference, sources=self.sources("published")) if act else None,
            fact(_t("COM number"), file.com_number, sources=self.sources("proposed")),
            fact(_t("CELEX of the proposal"), file.celex_proposal, url=eur_lex(file.celex_proposal)),
            fact(_t("procedure"), file.procedure),
            fact(_t("legal basis"), *file.legal_basis, disputed="legal_basis" in disputed),
            fact(_t("lead ministry"), file.lead_ministry),
            fact(_t("voting in the Council"), file.get_council_voting_display()),
            fact(_t("BNC fiche"), file.bnc_fiche, sources=self.sources("bnc_fiche")),
            fact(_t("package"), (file.get_package_display(), self.package_url) if file.package else None),
        ]

    @property
    def package_url(self) -> str:
        """The list of all files of the same package."""
        return at(f"{reverse('eu-proposals-list')}?package={self.record.package}", self.clock)


class EUProposalPage(DetailPage):
    queryset = EUProposal.objects.all()
    detail = EUProposalDetail
