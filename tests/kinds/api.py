"""Lighthouses in the API, in the space of names that the other kinds share."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from config import api
from cooperation.register.api.viewsets import InstrumentViewSet

from .columns import LIGHTHOUSE_COLUMNS
from .filters import LighthouseFilter
from .models import Lighthouse
from .serializers import LighthouseSerializer


class LighthouseViewSet(InstrumentViewSet):
    """Towers and ships with a light."""

    queryset = Lighthouse.objects.all()
    filterset_class = LighthouseFilter
    columns = LIGHTHOUSE_COLUMNS
    serializer_class = LighthouseSerializer


app_name = api.app_name
router = SimpleRouter(trailing_slash=False)
router.register("lighthouses", LighthouseViewSet, basename="lighthouses")
urlpatterns = [
    *api.urlpatterns,
    *router.urls,
    *(
        path(
            f"{action}/lighthouses",
            LighthouseViewSet.as_view({"get": action}, basename="lighthouses"),
            name=f"lighthouses-{action}",
        )
        for action in ("statistics", "changes")
    ),
]
