"""What can be asked of the tables of reference: countries, sources, organisations, themes, figures."""

from dataclasses import replace

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..domain.text import in_reader_language
from ..lists.columns import Column, by_field
from ..lists.fields import RecordChoices
from ..lists.filters import AnyCountry, AnyOf, KeysOf, QuestionFilter
from ..models import (
    Country,
    Figure,
    Group,
    Organisation,
    OrganisationKind,
    Region,
    Reliability,
    Source,
    SourceKind,
    Theme,
)
from ..templatetags.register import at


def by_name(model, clock):
    return by_field(in_reader_language("sort"))(model, clock)


class CountryFilter(QuestionFilter):
    region = AnyOf(choices=Region.choices, label=_("Region"), opposite=_("Not in region"))
    group = AnyOf(
        choices=Group.choices, label=_("Group of countries"), opposite=_("Not in group"), condition="in_group"
    )

    class Meta:
        model = Country
        fields = []

    def in_group(self, queryset, name, value):
        return Q(pk__in=Country.objects.members_of(value, self.clock.valid_on).values("pk"))


class SourceFilter(QuestionFilter):
    kind = AnyOf(choices=SourceKind.choices, label=_("Kind"), opposite=_("Not of kind"))
    reliability = AnyOf(choices=Reliability.choices, label=_("Reliability"))

    class Meta:
        model = Source
        fields = []


class OrganisationFilter(QuestionFilter):
    kind = AnyOf(choices=OrganisationKind.choices, label=_("Kind"), opposite=_("Not of kind"))
    country = AnyCountry(label=_("Country"))

    class Meta:
        model = Organisation
        fields = []

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).counting_records(self.clock, self.user)


class ThemeFilter(QuestionFilter):
    class Meta:
        model = Theme
        fields = []


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


def by_publication(model, clock):
    return Lower("published_days")


def organisation_cell(record, clock, marks):
    return format_html('<a class="row" href="{}">{}</a>', at(record.get_absolute_url(), clock), record.name)


def seat_cell(record, clock, marks):
    country = record.country
    return format_html('<a href="{}">{}</a>', at(country.get_absolute_url(), clock), country) if country else ""


def by_seat(model, clock):
    return by_field(in_reader_language("country__sort"))(model, clock)


def source_cell(record, clock, marks):
    return format_html('<a class="row" href="{}">{}</a>', at(record.get_absolute_url(), clock), record.title)


NAME = Column("name", _("Name"), lambda record, clock: record.name, sort=by_name)
COUNTRY_COLUMNS = [NAME, Column("code", _("Code"), lambda record, clock: record.code, sort=by_field("code"))]
ORGANISATION_COLUMNS = [
    replace(NAME, cell=organisation_cell),
    Column("kind", _("Kind"), lambda record, clock: record.get_kind_display(), sort=by_field("kind")),
    Column(
        "country", _("Country"), lambda record, clock: record.country and record.country.name, seat_cell, sort=by_seat
    ),
    Column("records", _("Records"), lambda record, clock: record.records, sort=by_field("records"), numeric=True),
    Column("key", _("Key"), lambda record, clock: record.key, sort=by_field("key"), shown=False),
]
THEME_COLUMNS = [NAME]
SOURCE_COLUMNS = [
    Column("title", _("Source"), lambda record, clock: record.title, source_cell, by_field("sort")),
    Column("publisher", _("Publisher"), lambda record, clock: record.publisher, sort=by_field("publisher")),
    Column(
        "published",
        _("Published"),
        lambda record, clock: record.published,
        sort=by_publication,
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
