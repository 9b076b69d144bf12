"""Everything in one list: instruments of all kinds, found by words or by what all kinds share. Page and API."""

from dataclasses import replace
from functools import cached_property

from django.db.models import Count
from django.template.loader import render_to_string
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..api.serializers import EveryInstrumentSerializer
from ..api.viewsets import InstrumentViewSet
from ..lists import columns as shared
from ..lists import sql_text as written
from ..lists.aggregates import GROUP_BY
from ..lists.choices import choices_in, noun, resources, stages_in
from ..lists.columns import Column, by_field
from ..lists.filters import AnyOf, InstrumentFilter
from ..models import Instrument, kinds
from ..search.highlight import marked, passage
from ..views import ListPage
from .parts_found import PartsFound
from .suggestions import Suggestions


class EveryInstrumentFilter(InstrumentFilter):
    resource = AnyOf(choices=(), label=_("Part of the register"), opposite=_("Not in part of the register"))

    @classmethod
    def own_choices(cls):
        return {
            "resource": resources(),
            "stage": stages_in(Instrument),
            "kind": choices_in(Instrument, "Kind"),
            "milestone": choices_in(Instrument, "MilestoneKind"),
        }


def found_cell(record, clock, marks):
    """The title with the words that were looked for marked, and the passage in which they stand."""
    words = record.looked_for
    context = {
        "record": record,
        "clock": clock,
        "title": marked(record.name, words) if words else record.name,
        "passage": passage(record, words) if words else "",
    }
    return render_to_string("register/cells/found.html", context)


def resource_words(record, clock) -> str:
    return str(record.concrete_class._meta.verbose_name)


INSTRUMENT_COLUMNS = [
    shared.title_column(_("Title"), found_cell),
    Column("resource", _("Part of the register"), resource_words, sort=by_field("resource"), text=written.resource),
    shared.STAGE,
    replace(shared.KIND, shown=False),
    shared.ORGANISATIONS,
    shared.THEMES,
    shared.DISPUTED,
    shared.STANDING,
    shared.MOVED,
    shared.CHANGED,
    shared.KEY,
    shared.MATCH,
]


class SearchPage(ListPage):
    """All instruments; with words the best match first, and what else has that name above them."""

    queryset = Instrument.objects.all()
    filterset_class = EveryInstrumentFilter
    columns = INSTRUMENT_COLUMNS
    default_sort = shared.DEFAULT_SORT
    resource = "instruments"
    views = ("table", "map", "chart", "pivot", "changes")
    group_by = (*GROUP_BY, "resource")
    charted = "resource"
    template_name = "register/search.html"
    noun, nouns = _("instrument"), _("instruments")
    open_fields = ("q", "resource", "country")
    folded = (
        (_("Stage"), ("stage",)),
        (_("Kind"), ("kind",)),
        *ListPage.folded,
    )

    def form_context(self):
        return super().form_context() | {"title": _t("Search"), "breadcrumbs": [(_t("Search"), "")]}

    def rows_context(self, found):
        words = self.question.filterset.given.get("q")
        for record in found.rows if words else ():
            record.looked_for = words
        context = super().rows_context(found)
        if words:
            first = found.rows[0] if found.rows and found.number == 1 else None
            suggestions = Suggestions(words, self.clock, self.request.user, first)
            context |= {"suggested": suggestions.links, "offered": suggestions.offered}
            context["parts"] = PartsFound(words, found.rows, self.clock, self.request.user).groups if first else []
        return context

    @cached_property
    def by_resource(self) -> dict[str, int]:
        """How many of each kind, in the order of the kinds: that of the database follows from what it had to read."""
        counts = dict(self.question.selection.order_by().values_list("resource").annotate(count=Count("pk")))
        return {name: counts[name] for name in kinds() if name in counts}

    def sentence(self, found):
        lead = self.counted(sum(self.by_resource.values()))
        parts = (f"{count} {noun(kinds()[name], count)}" for name, count in self.by_resource.items() if count)
        return self.on_the_day(lead, parts)


class EveryInstrumentViewSet(InstrumentViewSet):
    about = _("Everything that is tracked, of all kinds. With words the best match comes first.")
    queryset = Instrument.objects.all()
    filterset_class = EveryInstrumentFilter
    columns = INSTRUMENT_COLUMNS
    serializer_class = EveryInstrumentSerializer
    group_by = (*GROUP_BY, "resource")
