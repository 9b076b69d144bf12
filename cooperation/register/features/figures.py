"""Figures: numbers that sources give, in the API."""

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ..api.serializers import FigureSerializer
from ..api.viewsets import ListViewSet
from ..lists.columns import Column, by_field
from ..lists.fields import RecordChoices
from ..lists.filters import AnyOf, KeysOf, QuestionFilter
from ..models import Figure, Organisation, Source


class FigureFilter(QuestionFilter):
    organisation = AnyOf("organisation__key", choices=RecordChoices(Organisation), label=_("Organisation"))
    source = KeysOf(queryset=Source.objects.all(), label=_("Source"), condition="standing_in")

    class Meta:
        model = Figure
        fields = []

    def standing_in(self, queryset, name, value):
        also = Figure.also_sources.through.objects.filter(source__key__in=value)
        return Q(source__key__in=value) | Q(pk__in=also.values("figure"))


def by_day_of_figure(model, clock):
    return Lower("date_days")


FIGURE_COLUMNS = [
    Column("key", _("Key"), lambda record, clock: record.key, sort=by_field("key")),
    Column("label", _("What"), lambda record, clock: record.label, sort=by_field("label_nl")),
    Column("value", _("Value"), lambda record, clock: record.value, sort=by_field("value"), numeric=True),
    Column("min", _("At least"), lambda record, clock: record.min, sort=by_field("min"), numeric=True),
    Column("max", _("At most"), lambda record, clock: record.max, sort=by_field("max"), numeric=True),
    Column("unit", _("Unit"), lambda record, clock: record.unit, sort=by_field("unit")),
    Column("date", _("Day"), lambda record, clock: record.date, sort=by_day_of_figure),
    Column("period", _("Period"), lambda record, clock: record.period),
    Column("source", _("Source"), lambda record, clock: record.source.key, sort=by_field("source__key")),
]


class FigureViewSet(ListViewSet):
    about = _("Numbers that sources give.")
    queryset = Figure.objects.select_related("source", "instrument", "organisation").prefetch_related(
        "also_sources", "countries"
    )
    filterset_class = FigureFilter
    columns = FIGURE_COLUMNS
    serializer_class = FigureSerializer
    default_sort = ("key",)
