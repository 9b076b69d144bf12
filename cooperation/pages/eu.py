"""Pages of EU proposals."""

from django.urls import reverse
from django.utils.translation import gettext as _t

from ..models import EUProposal
from ..models.eu import eur_lex, fiche_url, procedure_url
from ..register.lists.columns import by_title
from ..register.models import Milestone
from ..register.templatetags.register import at
from ..register.views import InstrumentListPage, changed
from ..register.views.detail import Detail, fact, stalled_rule
from ..register.views.layouts.board import due

DUE = 50  # expected steps beside the list; the timeline has them all


class EUProposalListPage(InstrumentListPage):
    views = ("table", "board", "map", "chart", "pivot", "changes")
    template_name = "cooperation/eu.html"

    def card(self, record):
        package = record.get_package_display()
        lines = [
            {"label": _t("Package"), "words": package, "url": self.package_url(record.package)},
            {"label": _t("BNC fiche"), "words": record.bnc_fiche, "url": fiche_url(record.bnc_fiche)},
        ]
        return super().card(record) | {"lines": [line for line in lines if line["words"]]}

    def rows_context(self, found):
        context = super().rows_context(found)
        is_start = found.number == 1 and not self.chips()
        return context | self.progress() if self.view == "board" or is_start else context

    def progress(self):
        """Of the rows of the question: what is expected and when, the packages, and what stands still."""
        files = self.question.selection
        expected = Milestone.objects.filter(instrument__in=files.order_by().values("pk"))
        open_ones = (
            expected.still_expected_on(self.clock.known_on).with_related().order_by("date_days", "pk")[: DUE + 1]
        )
        deadlines = [due(milestone, self.clock) for milestone in open_ones]
        special = files.exclude(~files.stalled(self.clock), package="")
        special = special.order_by(by_title(EUProposal, self.clock)).fetch(self.clock, self.request.user)
        cards = [self.card(record) for record in special]
        timeline = reverse("milestones-list")
        return {
            "deadlines": deadlines[:DUE],
            "deadlines_cut": len(deadlines) > DUE,
            "timeline_url": at(f"{timeline}?resource={self.resource}&open=true&sort=date", self.clock),
            "packages": list(self.packages(cards)),
            "stalled": [one for one in cards if one["record"].is_stalled],
            "stalled_url": changed(self.question.params, stalled="true", view=None, page=None),
            "stalled_rule": stalled_rule(),
        }

    def packages(self, cards):
        """The packages, each with its files as one."""
        for value, label in EUProposal.Package.choices:
            files = [one | {"links": self.links(one["record"])} for one in cards if one["record"].package == value]
            if files:
                yield {"label": label, "url": self.package_url(value), "files": files}

    def package_url(self, package):
        return changed(self.question.params, package=package, view=None, page=None)

    @staticmethod
    def links(file):
        """The official papers of a file: its procedure, the fiche, the act."""
        papers = [
            (_t("Procedure"), file.procedure, procedure_url(file.procedure)),
            (_t("BNC fiche"), file.bnc_fiche, fiche_url(file.bnc_fiche)),
            (
                _t("Act"),
                file.act_number if file.act_is_known else "",
                eur_lex(file.celex_act) if file.celex_act else "",
            ),
        ]
        return [{"label": label, "words": words, "url": url if words else ""} for label, words, url in papers]


class EUProposalDetail(Detail):
    def facts(self):
        file = self.record
        act = file.act_is_known
        return [
            fact(_t("act"), file.act_number) if act else None,
            fact(_t("CELEX of the act"), file.celex_act, url=eur_lex(file.celex_act)) if act else None,
            fact(_t("Official Journal"), file.oj_reference, sources=self.sources("published")) if act else None,
            fact(_t("COM number"), file.com_number, sources=self.sources("proposed")),
            fact(_t("CELEX of the proposal"), file.celex_proposal, url=eur_lex(file.celex_proposal)),
            fact(_t("procedure"), file.procedure),
            fact(_t("legal basis"), *file.legal_basis, disputed=self.is_disputed("legal_basis")),
            fact(_t("lead ministry"), file.lead_ministry),
            fact(_t("voting in the Council"), file.get_council_voting_display()),
            fact(_t("BNC fiche"), file.bnc_fiche, sources=self.sources("bnc_fiche")),
            fact(_t("package"), (file.get_package_display(), self.package_url) if file.package else None),
        ]

    @property
    def package_url(self) -> str:
        """The list of all files of the same package."""
        return at(f"{reverse('eu-proposals-list')}?package={self.record.package}", self.clock)
