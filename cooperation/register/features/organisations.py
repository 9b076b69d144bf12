"""Organisations: the list, the page of one with what it takes part in, and the API."""

from dataclasses import replace

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..api.serializers import OrganisationSerializer
from ..api.viewsets import ReferenceViewSet
from ..display.badges import StageMark
from ..display.footnotes import SourceMarks
from ..domain.clock import Clock
from ..domain.text import in_reader_language, note_text
from ..exports import cited_at, lasting
from ..lists.choices import noun
from ..lists.columns import NAME, Column, by_field
from ..lists.filters import AnyCountry, AnyOf, QuestionFilter
from ..models import Instrument, Organisation, OrganisationKind, kinds
from ..models.reading import note_counted, note_seen_by
from ..templatetags.register import at
from ..templatetags.register import day as day_in_words
from ..views import ListPage, ReadPage, clock_of
from ..views.answer import as_copied
from ..views.detail import dispute_row, field_name, figure_row
from .dashboard import USES, by_kind


class OrganisationFilter(QuestionFilter):
    kind = AnyOf(choices=OrganisationKind.choices, label=_("Kind"), opposite=_("Not of kind"))
    country = AnyCountry(label=_("Country"))

    class Meta:
        model = Organisation
        fields = []

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset).counting_records(self.clock, self.user)
        return found.counted_on(self.clock, self.user)


def organisation_cell(record, clock, marks):
    return format_html('<a class="row" href="{}">{}</a>', at(record.get_absolute_url(), clock), record.name)


def seat_cell(record, clock, marks):
    country = record.country
    return format_html('<a href="{}">{}</a>', at(country.get_absolute_url(), clock), country) if country else ""


def by_seat(model, clock):
    return by_field(in_reader_language("country__sort"))(model, clock)


ORGANISATION_COLUMNS = [
    replace(NAME, cell=organisation_cell),
    Column("kind", _("Kind"), lambda record, clock: record.get_kind_display(), sort=by_field("kind")),
    Column(
        "country", _("Country"), lambda record, clock: record.country and record.country.name, seat_cell, sort=by_seat
    ),
    Column("records", _("Instruments"), lambda record, clock: record.records, sort=by_field("records"), numeric=True),
    Column("key", _("Key"), lambda record, clock: record.key, sort=by_field("key"), shown=False),
]


class OrganisationListPage(ListPage):
    """All organisations."""

    queryset = Organisation.objects.all()
    filterset_class = OrganisationFilter
    columns = ORGANISATION_COLUMNS
    resource = "organisations"
    default_sort = ("name",)
    noun, nouns = _("organisation"), _("organisations")
    open_fields = ("q", "kind", "country")
    folded = ()


def takes_part(organisation: Organisation, standing: dict[str, int], clock: Clock) -> SafeString:
    """In how many records that stand on the day it takes part, by kind."""
    counted = ((standing[name], kind) for name, kind in kinds().items() if name in standing)
    parts = (f"{count} {noun(kind, count)}" for count, kind in counted)
    some, none = _t("{name} takes part in {parts} on {day}."), _t("{name} takes part in nothing that stands on {day}.")
    words = some if standing else none
    name = format_html("<b>{}</b>", organisation.name)
    return format_html(words, name=name, parts=", ".join(parts), day=day_in_words(clock.valid_on))


class OrganisationPage(ReadPage):
    """One organisation, and the instruments in which it takes part."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        clock, marks = clock_of(request), SourceMarks()
        visible = Organisation.objects.visible_to(request.user)
        found = visible.filter(key=key).fetch(clock, request.user, whole=True)
        if not found:
            raise Http404
        (organisation,) = found
        instruments = Instrument.objects.visible_to(request.user).on(clock)
        all_of_them = instruments.filter(instruments.with_organisation([key], clock.valid_on))
        note_seen_by(Organisation.objects.filter(pk=organisation.pk))
        note_counted(all_of_them)
        standing = dict(all_of_them.standing().order_by().values_list("resource").annotate(count=Count("pk")))
        sentence = takes_part(organisation, standing, clock)
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
            "sentence": sentence,
            "copied": as_copied(sentence, marks, cited_at(clock, lasting(request.build_absolute_uri(), clock))),
            "countries": [part for part in organisation.known_countries if part.holds_on(clock.valid_on)],
            "disputes": [
                dispute_row(dispute, field_name(Organisation, dispute)) for dispute in organisation.known_disputes
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


class OrganisationViewSet(ReferenceViewSet):
    about = _("Bodies that send, host, sign or lead.")
    queryset = Organisation.objects.all()
    filterset_class = OrganisationFilter
    columns = ORGANISATION_COLUMNS
    serializer_class = OrganisationSerializer
