"""Pages of MoUs."""

from django.utils.translation import gettext as _t

from cooperation.register.views import DetailPage, InstrumentListPage
from cooperation.register.views.detail import Detail, answer, fact

from .columns import MEMORANDUM_COLUMNS
from .filters import MemorandumFilter
from .models import Memorandum


class MemorandumList(InstrumentListPage):
    queryset = Memorandum.objects.all()
    filterset_class = MemorandumFilter
    columns = MEMORANDUM_COLUMNS
    resource = Memorandum.RESOURCE
    on_map = "agreed"


class MemorandumDetail(Detail):
    def facts(self):
        memorandum = self.record
        return [
            fact(_t("kind"), memorandum.kind_label, disputed=self.is_disputed("kind")),
            fact(_t("binding"), answer(memorandum.binding), sources=self.cited("binding")),
            fact(
                _t("basis for exchanging information"),
                answer(memorandum.exchange_basis),
                sources=self.cited("exchange_basis"),
            ),
            fact(_t("signed in"), memorandum.place, sources=self.cited("place")),
        ]


class MemorandumPage(DetailPage):
    queryset = Memorandum.objects.all()
    detail = MemorandumDetail
