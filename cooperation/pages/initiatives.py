"""What the page of an initiative shows."""

from django.utils.translation import gettext as _t

from ..register.views.detail import Detail, fact


class InitiativeDetail(Detail):
    def facts(self):
        return [fact(_t("track"), self.record.get_track_display())]
