"""Placements in the API."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.api.viewsets import InstrumentViewSet

from .columns import PLACEMENT_COLUMNS
from .filters import PlacementFilter
from .models import Placement
from .serializers import PlacementSerializer


class PlacementViewSet(InstrumentViewSet):
    about = _("Posts abroad: liaisons, secondments, missions, joint offices. A post, never a person.")
    queryset = Placement.objects.all()
    filterset_class = PlacementFilter
    columns = PLACEMENT_COLUMNS
    serializer_class = PlacementSerializer
