"""The router of the API, and its contract."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from cooperation.api import EUProposalViewSet
from cooperation.register.api import (
    CountryViewSet,
    FigureViewSet,
    OrganisationViewSet,
    SourceViewSet,
    ThemeViewSet,
)
from placements.api import PlacementViewSet

app_name = "api"

INSTRUMENTS = {"eu-proposals": EUProposalViewSet, "placements": PlacementViewSet}
REFERENCE = {
    "countries": CountryViewSet,
    "figures": FigureViewSet,
    "organisations": OrganisationViewSet,
    "sources": SourceViewSet,
    "themes": ThemeViewSet,
}

router = SimpleRouter(trailing_slash=False)
for name, viewset in {**INSTRUMENTS, **REFERENCE}.items():
    router.register(name, viewset, basename=name)

urlpatterns = [
    *router.urls,
    *(
        path(f"statistics/{name}", viewset.as_view({"get": "statistics"}, basename=name), name=f"{name}-statistics")
        for name, viewset in INSTRUMENTS.items()
    ),
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
]
