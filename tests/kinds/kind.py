"""Lighthouses: the declaration of the kind."""

from cooperation.register.kind import Kind, Section
from cooperation.register.views.detail import Detail, fact

from .columns import LIGHTHOUSE_COLUMNS
from .filters import LighthouseFilter
from .models import Lighthouse
from .serializers import LighthouseSerializer


class LighthouseDetail(Detail):
    def facts(self):
        light = self.record
        return [
            fact("height", light.height),
            fact("list of lights", light.light_list),
            fact("colour", light.get_colour_display()),
        ]


LIGHTHOUSES = Kind(
    model=Lighthouse,
    path="lighthouses/",
    about="Towers and ships with a light.",
    filterset=LighthouseFilter,
    columns=LIGHTHOUSE_COLUMNS,
    serializer=LighthouseSerializer,
    detail=LighthouseDetail,
    section=Section("Lights", "", ("title", "stage")),
)
