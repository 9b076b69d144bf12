"""Themes: what instruments are about, in the API."""

from django.utils.translation import gettext_lazy as _

from ..api.serializers import ThemeSerializer
from ..api.viewsets import ReferenceViewSet
from ..lists.columns import NAME
from ..lists.filters import QuestionFilter
from ..models import Theme


class ThemeFilter(QuestionFilter):
    class Meta:
        model = Theme
        fields = []

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).counted_on(self.clock, self.user)


THEME_COLUMNS = [NAME]


class ThemeViewSet(ReferenceViewSet):
    about = _("What instruments are about.")
    queryset = Theme.objects.all()
    filterset_class = ThemeFilter
    columns = THEME_COLUMNS
    serializer_class = ThemeSerializer
