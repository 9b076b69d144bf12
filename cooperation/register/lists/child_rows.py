"""What hangs on a record (milestones, commitments) can be asked by the record it belongs to."""

from django.db.models import BigIntegerField, Func, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..domain.text import in_reader_language
from ..models import Country, Instrument, Organisation, Source, Theme
from ..templatetags.register import at
from .choices import choices_in, resources
from .columns import Column, by_field
from .filters import AnyOf, AnyOfNamed, KeysOf, QuestionFilter


class ByRecordFilter(QuestionFilter):
    """Keys about the record: what it is, and where and what it is about."""

    resource = AnyOf(choices=resources, label=_("Part of the register"), method="of_records")
    resourceNot = AnyOf(choices=resources, label=_("Not in part of the register"), method="of_records")
    kind = AnyOf(choices=lambda: choices_in(Instrument, "Kind"), label=_("Kind of record"), method="of_records")
    country = AnyOfNamed(model=Country, label=_("Country"), method="of_records")
    countryNot = AnyOfNamed(model=Country, label=_("Not in country"), method="of_records")
    theme = AnyOfNamed(model=Theme, label=_("Theme"), method="of_records")
    themeNot = AnyOfNamed(model=Theme, label=_("Not about theme"), method="of_records")
    organisation = AnyOfNamed(model=Organisation, label=_("Organisation"), method="of_records")
    organisationNot = AnyOfNamed(model=Organisation, label=_("Not with organisation"), method="of_records")
    source = KeysOf(queryset=Source.objects.all(), label=_("Source"), method="standing_in")
    sourceNot = KeysOf(queryset=Source.objects.all(), label=_("Not from source"), method="standing_in")

    own_columns = {"resource": "instrument__resource", "kind": "instrument__kind"}

    def having_words(self, queryset, name, value):
        return queryset.filter(instrument__in=Instrument.objects.matching(value, self.clock).values("pk"))

    def of_records(self, queryset, name, value):
        records, day = Instrument.objects.all(), self.clock.valid_on
        about = {
            "resource": Q(resource__in=value),
            "kind": Q(kind__in=value),
            "country": Q(pk__in=records.in_country(value, day).values("pk")),
            "theme": Q(themes__key__in=value),
            "organisation": Q(records.with_organisation(value, day)),
        }[name.removesuffix("Not")]
        return self.either(queryset, name, Q(instrument__in=records.filter(about).values("pk")))


def record_cell(row, clock, marks):
    record = row.instrument
    return format_html(
        '<a href="{}">{}</a><span class="sub">{}</span>',
        at(row.get_absolute_url(), clock),
        record.title,
        capfirst(record.kind_label),
    )


def by_record_title(model, clock):
    return by_field(f"instrument__{in_reader_language('sort')}")(model, clock)


class DaysInOrder(Func):
    """A range of days as a number to sort by: its first day; of those that begin together the vaguest first."""

    template = (
        "((coalesce(lower(%(expressions)s), upper(%(expressions)s) - 1) - date '0001-01-01')::bigint * 100000"
        " + 99999 - least(coalesce(upper(%(expressions)s) - lower(%(expressions)s), 99999), 99999))"
    )
    output_field = BigIntegerField()


def by_days(name: str):
    return lambda model, clock: DaysInOrder(name)


RECORD = Column("record", _("Record"), lambda row, clock: row.instrument.title, record_cell, by_record_title)
RESOURCE = Column(
    "resource",
    _("Part of the register"),
    lambda row, clock: capfirst(str(row.instrument.concrete_class._meta.verbose_name_plural)),
    sort=by_field("instrument__resource"),
    shown=False,
)
KEY = Column("key", _("Key"), lambda row, clock: row.full_key, sort=by_field("full_key"), shown=False)


def address(name: str, query: str, clock) -> str:
    """The address of a list with a question and a clock."""
    path = reverse(f"{name}-list")
    return at(f"{path}?{query}" if query else path, clock)
