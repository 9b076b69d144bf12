"""The router of the API, and its contract."""

from collections.abc import Iterable

from django.urls import path
from rest_framework.routers import SimpleRouter

from cooperation.register.api.openapi_document import OpenApiView
from cooperation.register.features.commitments import CommitmentViewSet
from cooperation.register.features.countries import CountryViewSet
from cooperation.register.features.figures import FigureViewSet
from cooperation.register.features.organisations import OrganisationViewSet
from cooperation.register.features.saved_views.lists import SavedViewViewSet
from cooperation.register.features.search import EveryInstrumentViewSet
from cooperation.register.features.sources import SourceViewSet
from cooperation.register.features.themes import ThemeViewSet
from cooperation.register.features.timeline import MilestoneViewSet
from cooperation.register.kind import Kind
from placements.gaps.api import GapsView

app_name = "api"

EVERYTHING = {
    "instruments": EveryInstrumentViewSet,
    "milestones": MilestoneViewSet,
    "commitments": CommitmentViewSet,
}
REFERENCE = {
    "countries": CountryViewSet,
    "figures": FigureViewSet,
    "organisations": OrganisationViewSet,
    "sources": SourceViewSet,
    "themes": ThemeViewSet,
}
SAVED = {"views": SavedViewViewSet}


def addresses(kinds: Iterable[Kind]) -> list:
    """The addresses of the API for these kinds and for all that they share."""
    instruments = {kind.resource: kind.viewset for kind in kinds}
    router = SimpleRouter(trailing_slash=False)
    for name, viewset in {**instruments, **EVERYTHING, **REFERENCE, **SAVED}.items():
        router.register(name, viewset, basename=name)
    return [
        *router.urls,
        *(
            path(f"{action}/{name}", viewset.as_view({"get": action}, basename=name), name=f"{name}-{action}")
            for action in ("statistics", "changes")
            for name, viewset in {**instruments, "instruments": EveryInstrumentViewSet}.items()
        ),
        path("gaps", GapsView.as_view({"get": "list"}, basename="gaps"), name="gaps"),
        path("openapi.json", OpenApiView.as_view(), name="openapi"),
    ]
