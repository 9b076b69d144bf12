"""What the page of an MoU shows."""

from django.utils.translation import gettext as _t

from cooperation.register.views.detail import Detail, answer, fact


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
