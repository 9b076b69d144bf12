"""Themes: what instruments are about, in the API."""

from django.utils.translation import gettext_lazy as _

from ..api.serializers import ThemeSerializer
from ..api.viewsets import ListViewSet
from ..lists.columns import NAME
from ..lists.filters import QuestionFilter
from ..models import Theme


class ThemeFilter(QuestionFilter):
    class Meta:
        model = Theme
        fields = []


THEME_COLUMNS = [NAME]


class ThemeViewSet(ListViewSet):
    about = _("What instruments are about.")
    queryset = Theme.objects.all()
    filterset_class = ThemeFilter
    columns = THEME_COLUMNS
    serializer_class = ThemeSerializer
