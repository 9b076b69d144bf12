"""Placements: the declaration of the kind."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.clock import months_before
from cooperation.register.kind import Attention, Kind, Section

from .columns import PLACEMENT_COLUMNS
from .filters import PlacementFilter
from .models import Placement
from .network import beside_figures
from .pages import PlacementDetail, PlacementPage, country_sentence, on_map, sentences
from .presence import why_here
from .serializers import PlacementSerializer

PLACEMENTS = Kind(
    model=Placement,
    menu=(_("Placements"), "placements-list"),
    path="placements/",
    about=_("Posts abroad: liaisons, secondments, missions, joint offices. A post, never a person."),
    filterset=PlacementFilter,
    columns=PLACEMENT_COLUMNS,
    serializer=PlacementSerializer,
    default_sort=("standing", "title"),
    detail=PlacementDetail,
    views=("table", "map", "chart", "strip", "pivot", "changes"),
    list_template="placements/list.html",
    more_sentences=sentences,
    detail_base=PlacementPage,
    by_country=on_map,
    beside_figures=beside_figures,
    section=Section(
        _("Posts"),
        _("Posts that sit in the country, and posts elsewhere that serve it; also what ended or is not known any more"),
        ("title", "stage", "start", "lastEvidence", "plannedEnd", "end"),
        query="countryRole=host,covered,partner",
        why_here=why_here,
        sentence=country_sentence,
    ),
    attention=(
        Attention(
            lambda clock: "stage=unconfirmed",
            _("placements unconfirmed"),
            _("no source since the last evidence, and no end"),
            "doubt",
            _("last seen {day}"),
            milestones=Placement.ladder.evidence,
        ),
        Attention(
            lambda clock: f"notSeenSince={months_before(clock.valid_on, 12)}",
            _("placements not seen for a year"),
            _("active or unconfirmed, in no source since"),
            "doubt",
            _("last seen {day}"),
            milestones=Placement.ladder.evidence,
        ),
    ),
)
