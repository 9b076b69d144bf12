"""What hangs on a record (milestones, commitments) can be asked by the record it belongs to."""

from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, Func, Q
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from ..domain.addresses import address_of
from ..domain.text import in_reader_language
from ..models import Instrument, Organisation, Source, Theme
from ..templatetags.register import at
from .choices import choices_in, resources
from .columns import Column, by_field
from .fields import RecordChoices
from .filters import AnyCountry, AnyOf, KeysOf, QuestionFilter


class ByRecordFilter(QuestionFilter):
    """Keys about the record: what it is, and where and what it is about; and days in which its own date may lie."""

    certain_first = True
    days: tuple[str, str, str]  # the range of days that a row has, and the keys that ask for its first and last day

    resource = AnyOf(
        "instrument__resource",
        choices=resources,
        label=_("Part of the register"),
        opposite=_("Not in part of the register"),
    )
    kind = AnyOf("instrument__kind", choices=lambda: choices_in(Instrument, "Kind"), label=_("Kind of instrument"))
    country = AnyCountry(label=_("Country"), opposite=_("Not in country"), condition="of_records")
    theme = AnyOf(choices=RecordChoices(Theme), label=_("Theme"), opposite=_("Not about theme"), condition="of_records")
    organisation = AnyOf(
        choices=RecordChoices(Organisation),
        label=_("Organisation"),
        opposite=_("Not with organisation"),
        condition="of_records",
    )
    source = KeysOf(
        queryset=Source.objects.all(), label=_("Source"), opposite=_("Not from source"), condition="standing_in"
    )

    def filter_queryset(self, queryset):
        """A vague date lies between two days when it may (`match_certain`: whatever it means); no date lies nowhere."""
        name, *keys = self.days
        first, last = (self.form.cleaned_data.get(key) for key in keys)
        found = super().filter_queryset(queryset)
        if first:
            found = found.filter(Q(**{f"{name}__upper_inf": True}) | Q(**{f"{name}__endswith__gt": first}))
        if last:
            found = found.filter(Q(**{f"{name}__lower_inf": True}) | Q(**{f"{name}__startswith__lte": last}))
        if not (first or last):
            return found
        certain = Q(**{f"{name}__contained_by": DateRange(first, last, "[]")})
        return found.annotate(match_certain=ExpressionWrapper(certain, output_field=BooleanField()))

    def having_words(self, queryset, name, value):
        return queryset.filter(instrument__in=Instrument.objects.matching(value, self.clock).values("pk"))

    def of_records(self, queryset, name, value):
        records, day = Instrument.objects.all(), self.clock.valid_on
        about = {
            "country": records.located(Q(country__in=value), day),
            "theme": Q(themes__key__in=value),
            "organisation": records.with_organisation(value, day),
        }[name]
        return Q(instrument__in=records.filter(about).values("pk"))


def record_cell(row, clock, marks):
    record = row.instrument
    return format_html(
        '<a href="{}">{}</a><span class="sub">{}</span>',
        at(row.get_absolute_url(), clock),
        record.name,
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


RECORD = Column("record", _("Instrument"), lambda row, clock: row.instrument.title, record_cell, by_record_title)
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
    path = address_of(f"{name}-list")
    return at(f"{path}?{query}" if query else path, clock)
