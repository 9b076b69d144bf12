"""Pages of lighthouses."""

from cooperation.register.views import DetailPage, InstrumentListPage
from cooperation.register.views.detail import Detail, fact

from .columns import LIGHTHOUSE_COLUMNS
from .filters import LighthouseFilter
from .models import Lighthouse


class LighthouseList(InstrumentListPage):
    queryset = Lighthouse.objects.all()
    filterset_class = LighthouseFilter
    columns = LIGHTHOUSE_COLUMNS
    resource = Lighthouse.RESOURCE


class LighthouseDetail(Detail):
    def facts(self):
        light = self.record
        return [
            fact("height", light.height),
            fact("list of lights", light.light_list),
            fact("colour", light.get_colour_display()),
        ]


class LighthousePage(DetailPage):
    queryset = Lighthouse.objects.all()
    detail = LighthouseDetail
