"""Pages of EU proposals."""

from collections.abc import Iterator
from typing import Any

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

DUE = 12  # expected steps beside the list; the timeline has them all


def card_lines(page: InstrumentListPage, file: EUProposal) -> list[dict[str, str]]:
    """What a card says of a file besides: its package and its fiche."""
    return [
        {"label": _t("Package"), "words": file.get_package_display(), "url": package_url(page, file.package)},
        {"label": _t("BNC fiche"), "words": file.bnc_fiche, "url": fiche_url(file.bnc_fiche)},
    ]


def progress(page: InstrumentListPage, found) -> dict[str, Any]:
    """Of the rows of the question: what is expected and when, the packages, and what stands still.

    Only where a reader begins: on the board, and on the first page of a list without filters.
    """
    if page.view != "board" and (found.number != 1 or page.chips()):
        return {}
    files, clock = page.question.selection, page.clock
    of_files = Milestone.objects.filter(instrument__in=files.order_by().values("pk")).as_said_on(clock.known_on)
    open_ones = of_files.still_expected_on(clock.known_on).with_related()[: DUE + 1]
    deadlines = [due(milestone, clock) for milestone in open_ones]
    keys = list(files.order_by(by_title(EUProposal, clock), "key").values_list("pk", flat=True))
    known = {record.pk: record for record in found.rows}
    others = files.fetch_keys([key for key in keys if key not in known], clock, page.request.user)
    known |= {record.pk: record for record in others}
    cards = [page.card(known[key]) for key in keys if known[key].is_stalled or known[key].package]
    return {
        "deadlines": deadlines[:DUE],
        "deadlines_cut": len(deadlines) > DUE,
        "timeline_url": at(f"{reverse('milestones-list')}?resource={page.resource}&open=true&sort=date", clock),
        "packages": list(packages(page, cards)),
        "stalled": [one for one in cards if one["record"].is_stalled],
        "stalled_url": changed(page.question.params, stalled="true", view=None, page=None),
        "stalled_rule": stalled_rule(),
    }


def packages(page: InstrumentListPage, cards: list[dict]) -> Iterator[dict[str, Any]]:
    """The packages, each with its files as one."""
    for value, label in EUProposal.Package.choices:
        files = [one | {"links": papers(one["record"])} for one in cards if one["record"].package == value]
        if files:
            yield {"label": label, "url": package_url(page, value), "files": files}


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
