"""The router of the API, and its contract."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from cooperation.api import (
    EUProposalViewSet,
    InitiativeViewSet,
    InterpolItemViewSet,
    ProvisionViewSet,
    TreatyViewSet,
)
from cooperation.register.api import (
    CountryViewSet,
    FigureViewSet,
    OrganisationViewSet,
    SourceViewSet,
    ThemeViewSet,
)
from cooperation.register.commitments import CommitmentViewSet
from cooperation.register.search import EveryInstrumentViewSet
from cooperation.register.timeline import MilestoneViewSet
from mous.api import MemorandumViewSet
from placements.api import PlacementViewSet

app_name = "api"

INSTRUMENTS = {
    "eu-proposals": EUProposalViewSet,
    "interpol-items": InterpolItemViewSet,
    "treaties": TreatyViewSet,
    "provisions": ProvisionViewSet,
    "initiatives": InitiativeViewSet,
    "placements": PlacementViewSet,
    "mous": MemorandumViewSet,
}
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

router = SimpleRouter(trailing_slash=False)
for name, viewset in {**INSTRUMENTS, **EVERYTHING, **REFERENCE}.items():
    router.register(name, viewset, basename=name)

urlpatterns = [
    *router.urls,
    *(
        path(f"statistics/{name}", viewset.as_view({"get": "statistics"}, basename=name), name=f"{name}-statistics")
        for name, viewset in {**INSTRUMENTS, "instruments": EveryInstrumentViewSet}.items()
    ),
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
]
