"""Sources: the list, the page of one with everything that stands in it, and the API."""

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..api.serializers import SourceSerializer
from ..api.viewsets import ReferenceViewSet
from ..display.footnotes import SourceMarks
from ..display.texts import text_html
from ..lists import beside
from ..lists.columns import Column, by_field
from ..lists.filters import AnyOf, QuestionFilter
from ..models import Figure, Instrument, Organisation, Reliability, Source, SourceKind
from ..models.reading import note_counted, note_seen_by
from ..templatetags.register import at
from ..views import ListPage, ReadPage, clock_of
from ..views.detail import figure_row, where_it_stands
from .dashboard import USES, by_kind


class SourceFilter(QuestionFilter):
    kind = AnyOf(choices=SourceKind.choices, label=_("Kind"), opposite=_("Not of kind"))
    reliability = AnyOf(choices=Reliability.choices, label=_("Reliability"))

    class Meta:
        model = Source
        fields = []

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).counted_on(self.clock, self.user)


def by_publication(model, clock):
    return Lower("published_days")


def _published(record, clock):
    return record.published


def source_cell(record, clock, marks):
    return format_html('<a class="row" href="{}">{}</a>', at(record.get_absolute_url(), clock), text_html(record.title))


SOURCE_COLUMNS = [
    Column("title", _("Source"), lambda record, clock: record.title, source_cell, by_field("sort")),
    Column("publisher", _("Publisher"), lambda record, clock: record.publisher, sort=by_field("publisher")),
    Column(
        "published",
        _("Published"),
        _published,
        sort=by_publication,
        beside=beside.dates("published", _("Published"), _published),
    ),
    Column("kind", _("Kind"), lambda record, clock: record.get_kind_display(), sort=by_field("kind")),
    Column(
        "reliability",
        _("Reliability"),
        lambda record, clock: record.get_reliability_display(),
        sort=by_field("reliability"),
    ),
    Column(
        "reference", _("Reference"), lambda record, clock: record.reference, sort=by_field("reference"), shown=False
    ),
]


class SourceListPage(ListPage):
    """All sources."""

    queryset = Source.objects.all()
    filterset_class = SourceFilter
    columns = SOURCE_COLUMNS
    resource = "sources"
    noun, nouns = _("source"), _("sources")
    open_fields = ("q", "kind", "reliability")
    folded = ()


class SourcePage(ReadPage):
    """One source, and everything in the register that stands in it."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        clock = clock_of(request)
        source = Source.objects.visible_to(request.user).filter(key=key).first()
        if source is None:
            raise Http404
        standing = Instrument.objects.visible_to(request.user).on(clock)
        resting = standing.filter(standing.from_source([source.key], clock.known_on))
        uses = resting.order_by("key")[:USES].fetch(clock, request.user, whole=True)
        note_seen_by(Source.objects.filter(pk=source.pk))
        note_counted(resting)
        figures = Figure.objects.visible_to(request.user).on(clock)
        figures = figures.filter(Q(source=source) | Q(pk__in=source.also_figures.values("pk")))
        context = {
            "title": source.title,
            "clock": clock,
            "breadcrumbs": [(_t("Sources"), at(reverse("sources-list"), clock)), (source.title, "")],
            "api_url": request.build_absolute_uri(at(reverse("api:sources-detail", args=[key]), clock)),
            "source": source,
            "uses": by_kind(
                [{"instrument": record, "where": where_it_stands(record, source)} for record in uses],
                resting,
                f"source={key}",
                clock,
            ),
            "organisations": Organisation.objects.visible_to(request.user).filter(
                Q(pk__in=source.citations.values("organisation"))
                | Q(pk__in=source.claims.values("dispute__organisation"))
            ),
            "figures": [figure_row(figure) for figure in figures.select_related("source")],
            "marks": SourceMarks(),
        }
        return render(request, "register/source.html", context)


class SourceViewSet(ReferenceViewSet):
    about = _("Official documents and publications: where every fact stands.")
    queryset = Source.objects.all()
    filterset_class = SourceFilter
    columns = SOURCE_COLUMNS
    serializer_class = SourceSerializer
    default_sort = ("title",)
