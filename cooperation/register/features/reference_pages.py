"""Pages of what records refer to: sources and organisations."""

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..display.badges import StageMark
from ..display.footnotes import SourceMarks
from ..domain.clock import Clock
from ..domain.text import note_text, sort_key
from ..models import Figure, Instrument, Organisation, Source, kinds
from ..templatetags.register import at
from ..views import ListPage, ReadPage, clock_of
from ..views.detail import dispute_row, field_name, figure_row, where_it_stands
from .reference_lists import ORGANISATION_COLUMNS, SOURCE_COLUMNS, OrganisationFilter, SourceFilter

USES = 200  # records on the page of a source or of an organisation


class SourceListPage(ListPage):
    """All sources."""

    queryset = Source.objects.all()
    filterset_class = SourceFilter
    columns = SOURCE_COLUMNS
    resource = "sources"
    noun, nouns = _("source"), _("sources")
    open_fields = ("q", "kind", "reliability")
    folded = ()


class OrganisationListPage(ListPage):
    """All organisations."""

    queryset = Organisation.objects.all()
    filterset_class = OrganisationFilter
    columns = ORGANISATION_COLUMNS
    resource = "organisations"
    default_sort = "name"
    noun, nouns = _("organisation"), _("organisations")
    open_fields = ("q", "kind", "country")
    folded = ()


def by_kind(rows: list[dict[str, Any]], records, query: str, clock: Clock) -> list[dict[str, Any]]:
    """Rows about instruments of several kinds under the name of their kind, by title.

    `records` are all that the rows, which may be fewer, were taken from; `query` asks a list for them.
    """
    counts = dict(records.order_by().values_list("resource").annotate(count=Count("pk")))
    groups: dict[str, list[dict]] = {name: [] for name in kinds()}
    for row in sorted(rows, key=lambda row: sort_key(row["instrument"].title)):
        groups[row["instrument"].resource].append(row)
    return [
        {
            "label": capfirst(str(kind._meta.verbose_name_plural)),
            "rows": groups[name],
            "count": counts[name],
            "list_url": at(f"{reverse(f'{name}-list')}?{query}", clock),
        }
        for name, kind in kinds().items()
        if groups[name]
    ]


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


class OrganisationPage(ReadPage):
    """One organisation, and the instruments in which it takes part."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        clock, marks = clock_of(request), SourceMarks()
        visible = Organisation.objects.visible_to(request.user)
        organisation = visible.filter(key=key).with_all_facts(request.user).first()
        if organisation is None:
            raise Http404
        instruments = Instrument.objects.visible_to(request.user).on(clock)
        all_of_them = instruments.filter(instruments.with_organisation([key], clock.valid_on))
        taking_part = all_of_them.order_by("key")[:USES]
        context = {
            "title": organisation.name,
            "clock": clock,
            "breadcrumbs": [
                (_t("Organisations"), at(reverse("organisations-list"), clock)),
                (organisation.name, ""),
            ],
            "api_url": request.build_absolute_uri(at(reverse("api:organisations-detail", args=[key]), clock)),
            "organisation": organisation,
            "countries": [part for part in organisation.countries.all() if part.holds_on(clock.valid_on)],
            "disputes": [
                dispute_row(dispute, field_name(Organisation, dispute)) for dispute in organisation.disputes.all()
            ],
            "instruments": by_kind(
                [{"instrument": record, "stage": StageMark.of(record)} for record in taking_part],
                all_of_them,
                f"organisation={key}",
                clock,
            ),
            "figures": [
                figure_row(figure)
                for figure in organisation.figures.visible_to(request.user).on(clock).select_related("source")
            ],
            "notes": [note_text(note) for note in organisation.notes],
            "marks": marks,
        }
        return render(request, "register/organisation.html", context)
