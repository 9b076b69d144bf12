"""Pages of EU proposals."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t

from ..models import EUProposal
from ..models.eu import eur_lex, fiche_url, procedure_url
from ..register.lists.facets import facets
from ..register.models import Milestone
from ..register.templatetags.register import at
from ..register.views import InstrumentListPage, changed
from ..register.views.detail import Detail, fact, stalled_rule
from ..register.views.layouts.board import due

DUE = 12  # expected steps beside the list; the timeline has them all


def card_lines(page: InstrumentListPage, file: EUProposal) -> list[dict[str, str]]:
    """What a card says of a file besides: its package and its fiche."""
    return [
        {"label": _t("Package"), "words": file.get_package_display(), "url": package_url(page, file.package)},
        {"label": _t("BNC fiche"), "words": file.bnc_fiche, "url": fiche_url(file.bnc_fiche)},
    ]


def progress(page: InstrumentListPage, found) -> dict[str, Any]:
    """Of the rows of the question: what is expected and when, how many stand still, and the packages.

    A package is shown as one where the question asks for it and a page holds it; elsewhere a link leads there.
    """
    asked = page.question.filterset.given
    context = {
        "stalled_rule": stalled_rule() if "stalled" in asked else "",
        "packages": list(packages(page, found.rows)) if "package" in asked and found.total == len(found.rows) else [],
    }
    if page.view == "board" or (found.number == 1 and not page.chips()):
        context |= counted(page)
    return context | expected(page) if page.view == "board" else context


def expected(page: InstrumentListPage) -> dict[str, Any]:
    """What nothing has closed yet, by day."""
    files, clock = page.question.selection, page.clock
    of_files = Milestone.objects.filter(instrument__in=files.order_by().values("pk")).as_said_on(clock.known_on)
    open_ones = of_files.still_expected_on(clock.known_on).with_related()[: DUE + 1]
    deadlines = [due(milestone, clock) for milestone in open_ones]
    return {"deadlines": deadlines[:DUE], "deadlines_cut": len(deadlines) > DUE}


def counted(page: InstrumentListPage) -> dict[str, Any]:
    """How many files each package has and how many stand still, each with its list; and the list of what is due."""
    numbers = facets(page.question, ("package", "stalled"))
    by_package = numbers["package"] or {}
    return {
        "links": [
            {"label": label, "url": package_url(page, value), "n": by_package[value]}
            for value, label in EUProposal.Package.choices
            if value in by_package
        ],
        "stalled": (numbers["stalled"] or {}).get("true"),
        "stalled_url": changed(page.question.params, stalled="true", view=None, page=None),
        "timeline_url": at(f"{reverse('milestones-list')}?resource={page.resource}&open=true&sort=date", page.clock),
    }


def packages(page: InstrumentListPage, files: list[EUProposal]) -> Iterator[dict[str, Any]]:
    """The packages, each with its files as one."""
    for value, label in EUProposal.Package.choices:
        cards = [page.card(file) | {"links": papers(file)} for file in files if file.package == value]
        if cards:
            yield {"label": label, "url": package_url(page, value), "files": cards}


def package_url(page: InstrumentListPage, package: str) -> str:
    return changed(page.question.params, package=package, view=None, page=None)


def papers(file: EUProposal) -> list[dict[str, str]]:
    """The official papers of a file: its procedure, the fiche, the act."""
    act = file.act_number if file.act_is_known else ""
    found = [
        (_t("Procedure"), file.procedure, procedure_url(file.procedure)),
        (_t("BNC fiche"), file.bnc_fiche, fiche_url(file.bnc_fiche)),
        (_t("Act"), act, eur_lex(file.celex_act) if file.celex_act else ""),
    ]
    return [{"label": label, "words": words, "url": url if words else ""} for label, words, url in found]


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
