"""The timeline: what happened and what is expected, over all records. Page and API."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Count, Q
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext
from rest_framework import serializers

from ..api.fields import KeyOf, RecordUrl, Url
from ..api.serializers import MilestoneSerializer
from ..api.viewsets import ListViewSet
from ..display.dates import date_html
from ..display.footnotes import SourceMarks
from ..domain.clock import Clock, days_after
from ..domain.edtf import EDTF
from ..lists import beside
from ..lists.child_rows import KEY, RECORD, RESOURCE, ByRecordFilter, address
from ..lists.choices import choices_in
from ..lists.columns import MATCH, Column, by_field
from ..lists.filters import AnyOf, Day, YesOrNo
from ..models import Instrument, Milestone, State
from ..models.milestone import still_to_come
from ..templatetags.register import at
from ..templatetags.register import day as day_in_words
from ..views import ListPage
from ..views.detail import milestone_row
from ..views.layouts import LAYOUTS, Layout

DAYS_AHEAD = 90


def soon(clock: Clock) -> str:
    """The question for what is to come in these days, the first day first."""
    return f"open=true&from={clock.valid_on}&until={days_after(clock.valid_on, DAYS_AHEAD)}&sort=date"


class MilestoneFilter(ByRecordFilter):
    milestone = AnyOf(
        "kind",
        choices=lambda: choices_in(Instrument, "MilestoneKind"),
        label=_("Milestone"),
        opposite=_("Not this milestone"),
    )
    state = AnyOf("said", choices=State.choices, label=_("State"))
    open = YesOrNo("is_open", label=_("Still to come"))
    overdue = YesOrNo(label=_("Day passed without word"), condition="being_overdue")
    vars()["from"] = Day(label=_("Milestone from"), method="no_filter")  # a keyword of Python, a key of the contract
    until = Day(label=_("Milestone until"), method="no_filter")

    days = ("date_days", "from", "until")

    class Meta:
        model = Milestone
        fields = []

    def being_overdue(self, queryset, name, value):
        return Q(pk__in=Milestone.objects.without_word(self.clock).values("pk"))

    def standing_in(self, queryset, name, value):
        also = Milestone.also_sources.through.objects.filter(source__key__in=value)
        return Q(source__key__in=value) | Q(pk__in=also.values("milestone"))


def date_cell(milestone, clock, marks):
    numbers = format_html("{}" * len(milestone.sources), *map(marks.mark, milestone.sources))
    return format_html('<span class="fact">{}{}</span>', date_html(milestone.date, short=True), numbers)


def _date(made, clock):
    return made.date


MILESTONE_COLUMNS = [
    Column(
        "date",
        _("Date"),
        _date,
        date_cell,
        by_field("place"),
        beside=(
            *beside.dates("date", _("Date"), _date),
            beside.sources("date", _("Date"), lambda made, clock: made.sources),
        ),
    ),
    RECORD,
    Column("milestone", _("Milestone"), lambda made, clock: capfirst(made.kind_label), sort=by_field("kind")),
    Column("state", _("State"), lambda made, clock: str(State(made.said).label), sort=by_field("said")),
    Column("note", _("Note"), lambda made, clock: made.note),
    Column("reference", _("Reference"), lambda made, clock: made.reference, sort=by_field("reference"), shown=False),
    Column("source", _("Source"), lambda made, clock: [source.title for source in made.sources], shown=False),
    Column(
        "knownFrom",
        _("Known from"),
        lambda made, clock: made.known_from.isoformat(),
        sort=by_field("known_from"),
        shown=False,
    ),
    RESOURCE,
    KEY,
    replace(MATCH, text=None),  # the database writes no list of these
]


class MonthsLayout(Layout):
    def context(self, found, marks):
        """The rows under the month in which they lie; what is vaguer stands under its own words.

        Apart from them, folded: those that may lie in the days that are asked for, and may not.
        """
        vague = [milestone for milestone in found.rows if milestone.match_certain is False]
        return {
            "months": self.by_month([milestone for milestone in found.rows if milestone not in vague], marks),
            "vague_months": self.by_month(vague, marks),
            "vague_count": self.question.count_possible if vague else 0,
        }

    def by_month(self, milestones: list[Milestone], marks: SourceMarks) -> list[dict[str, Any]]:
        months: dict[str, list[dict]] = {}
        for milestone in milestones:
            for source in milestone.sources:
                marks.number(source)
            months.setdefault(_month(milestone.date), []).append(
                {
                    **milestone_row(milestone, self.clock, milestone.is_open),
                    "title": milestone.instrument.name,
                    "of": milestone.instrument.kind_label,
                    "url": at(milestone.get_absolute_url(), self.clock),
                    "anchor": "",
                }
            )
        return [{"label": label, "milestones": rows} for label, rows in months.items()]


class TimelinePage(ListPage):
    """Milestones of all records by month, the newest first."""

    queryset = Milestone.objects.all()
    filterset_class = MilestoneFilter
    columns = MILESTONE_COLUMNS
    resource = "milestones"
    default_sort = ("-date",)
    template_name = "register/timeline.html"
    layouts = {**LAYOUTS, "months": MonthsLayout}
    views = ("months", "table")
    noun, nouns = _("milestone"), _("milestones")
    open_fields = ("q", "from", "until", "state", "resource")
    folded = (
        (_("Milestone"), ("milestone", "milestoneNot")),
        (_("Country"), ("country",)),
        (_("Organisation"), ("organisation",)),
        (_("Source"), ("source",)),
        (_("Still to come"), ("open", "overdue")),
        (_("Kind of instrument"), ("kind",)),
    )

    def form_context(self):
        day, clock = self.clock.valid_on, self.clock
        year = f"from={day.year:04}-01-01&until={day}&state=occurred"
        return super().form_context() | {
            "title": pgettext("page", "Timeline"),
            "breadcrumbs": [(pgettext("page", "Timeline"), "")],
            "shortcuts": [
                {
                    "label": _t("due in the next %d days") % DAYS_AHEAD,
                    "url": address(self.resource, soon(clock), clock),
                },
                {
                    "label": _t("still expected"),
                    "url": address(self.resource, "open=true&sort=date", clock),
                },
                {"label": _t("happened this year"), "url": address(self.resource, year, clock)},
            ],
        }

    @property
    def view(self):
        """Unasked a table where the order is not that of the months, or columns were chosen."""
        by_month = self.question.sort[0][0].key == "date" and not self.question.params.get("columns")
        return self.question.params.get("view") or ("months" if by_month else "table")

    def sentence(self, found):
        lead = super().sentence(found)
        parts = ", ".join(self._parts())
        day = day_in_words(self.clock.known_on)
        if not parts:
            return format_html(_t("{lead} as known on {day}."), lead=lead, day=day)
        told = format_html(_t("{lead} as known on {day}: {parts}."), lead=lead, day=day, parts=parts)
        possible = self.question.count_possible
        if not possible:
            return told
        apart = _t("Certainly in these days: {certain}. Their date is vague, and may lie in them: {possible}.")
        return format_html("{} " + apart, told, certain=found.total - possible, possible=possible)

    def _parts(self) -> Iterator[str]:
        """How many there are of what; what is no longer expected is told apart from what is still to come."""
        to_come = Count("pk", filter=Q(is_open=True) & still_to_come(self.clock))
        rows = self.question.selection.order_by().values_list("said").annotate(number=Count("pk"), to_come=to_come)
        counted = {state: (number, ahead) for state, number, ahead in rows}
        for state in (state for state in State if state in counted):
            number, ahead = counted[state]
            if state != State.EXPECTED or ahead:
                yield f"{ahead if state == State.EXPECTED else number} {state.label}"
            if state == State.EXPECTED and number > ahead:
                past = number - ahead
                yield ngettext("%d that was expected", "%d that were expected", past) % past


def _month(date: EDTF) -> str:
    first, last = date.earliest, date.latest
    if first and last and (first.year, first.month) == (last.year, last.month):
        return capfirst(format_date(first, "F Y"))
    return capfirst(date.words())


class EveryMilestoneSerializer(MilestoneSerializer):
    """A dated event with the record it belongs to. `key` is that of the record, a dot, and its own."""

    url = Url("milestones", "full_key")
    key = serializers.CharField(source="full_key")
    instrument = KeyOf()
    resource = serializers.CharField(source="instrument.resource")
    record_url = RecordUrl()
    fulfils = serializers.SerializerMethodField(allow_null=True)
    match_certain = serializers.BooleanField(
        allow_null=True, help_text=_("For a question with a range of days: whether it certainly lies in it.")
    )
    open = serializers.BooleanField(
        source="is_open", help_text=_("Still to come: nothing that is known has closed it.")
    )
    title_nl = serializers.CharField(source="instrument.title_nl")
    title_en = serializers.CharField(source="instrument.title_en", allow_blank=True)

    class Meta(MilestoneSerializer.Meta):
        fields = [
            *("url", "key", "instrument", "resource", "record_url", "title_nl", "title_en"),
            *MilestoneSerializer.Meta.fields[1:],
            "open",
            "match_certain",
        ]

    def get_fulfils(self, milestone) -> str | None:
        return f"{milestone.instrument.key}.{milestone.fulfils.key}" if milestone.fulfils else None


class MilestoneViewSet(ListViewSet):
    about = _("Dated events of all records: occurred, expected or cancelled, each with its source.")
    queryset = Milestone.objects.all()
    filterset_class = MilestoneFilter
    columns = MILESTONE_COLUMNS
    serializer_class = EveryMilestoneSerializer
    default_sort = ("-date",)
    lookup_field = "full_key"
    lookup_url_kwarg = "key"
    lookup_value_regex = r"[a-z0-9-]+\.[a-z0-9-]+"
