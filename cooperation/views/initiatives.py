"""Pages of initiatives."""

from django.utils.translation import gettext as _t

from ..columns import INITIATIVE_COLUMNS
from ..filters import InitiativeFilter
from ..models import Initiative
from ..register.views import DetailPage, InstrumentListPage
from ..register.views.detail import Detail, fact


class InitiativeList(InstrumentListPage):
    queryset = Initiative.objects.all()
    filterset_class = InitiativeFilter
    columns = INITIATIVE_COLUMNS
    resource = Initiative.RESOURCE


class InitiativeDetail(Detail):
    def facts(self):
        return [fact(_t("track"), self.record.get_track_display())]


class InitiativePage(DetailPage):
    queryset = Initiative.objects.all()
    detail = InitiativeDetail
