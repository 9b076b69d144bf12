"""Pages of one kind of instrument: its list and the page of one record."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from .. import charts
from ..domain.clock import Clock
from ..exports import citation_of
from ..lists.aggregates import GROUP_BY
from ..lists.columns import DEFAULT_SORT
from ..lists.params import COUNTED_VIEWS
from ..lists.query import Page
from ..models import Instrument
from ..templatetags.register import at
from .answer import MOST_NAMED, named, others_in_words, stages_in_words
from .base import ReadPage, changed, clock_of
from .detail import Detail
from .layouts.board import card
from .list import ListPage


class InstrumentListPage(ListPage):
    """A list of instruments of one kind: the sentence counts its stages. A kind declares what it shows besides."""

    default_sort = DEFAULT_SORT
    views = ("table", "map", "chart", "pivot", "changes")
    group_by = GROUP_BY
    # What a kind shows besides, but beside a comparison of two days: sentences after the first, more for the template;
    # and more of a card.
    more_sentences: Callable[["InstrumentListPage", Page], Iterable[str]] | None = None
    card_lines: Callable[["InstrumentListPage", Instrument], list[dict[str, str]]] | None = None
    beside: Callable[["InstrumentListPage", Page], dict[str, Any]] | None = None

    @property
    def noun(self):
        return self.queryset.model._meta.verbose_name

    @property
    def nouns(self):
        return self.queryset.model._meta.verbose_name_plural

    def card(self, record: Instrument) -> dict[str, Any]:
        """What a card says of a record; a kind may add `lines` of its own, as (label, words, address)."""
        lines = self.card_lines(record) if self.card_lines else []
        return {**card(record, self.clock), "lines": [line for line in lines if line["words"]]}

    def find(self):
        if self.view in COUNTED_VIEWS or "cursor" in self.question.params:
            self.question.by_stage  # noqa: B018  counted first of all: it tells how many there are
        return super().find()

    def rows_context(self, found):
        context = super().rows_context(found) | self.stages()
        return context | self.beside(found) if self.beside and not self.compares else context

    @property
    def compares(self) -> bool:
        """Whether two days are compared, which says enough by itself."""
        return self.view == "changes"

    def stages(self) -> dict[str, Any]:
        """A bar of the stages at which records stand, of which each part opens its list."""
        kind, query = self.queryset.model, self.question.params
        standing = {one: count.number for one, count in self.question.by_stage.items() if one in kind.ladder.standing}
        bar = charts.stage_bar(kind, standing, lambda stage: changed(query, stage=stage, page=None))
        return {"stages": bar if len(standing) > 1 else None}

    def sentence(self, found):
        """What stands on the day, by stage and by name where that is short; then how many there are besides."""
        kind, counted = self.queryset.model, self.question.by_stage
        number = sum(counted[stage].number for stage in kind.ladder.standing if stage in counted)
        stands = [record for record in found.rows if record.stands]
        others = [record for record in found.rows if not record.stands]
        sentences = [
            self.on_the_day(self.counted(number), stages_in_words(kind, counted, kind.ladder.standing)),
            named(stands, self.clock, self.marks) if number == len(stands) <= MOST_NAMED else "",
            *(self.more_sentences(found) if self.more_sentences and not self.compares else ()),
            others_in_words(kind, counted),
            named(others, self.clock, self.marks) if found.total - number == len(others) <= MOST_NAMED else "",
        ]
        return format_html_join(" ", "{}", ((sentence,) for sentence in sentences if sentence))


class DetailPage(ReadPage):
    """The page of one record, on the clock of the address."""

    queryset = None
    detail: type[Detail] = Detail
    template_name = "register/detail.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        clock = clock_of(request)
        rows = self.queryset.all().visible_to(request.user).on(clock)
        found = rows.filter(key=key).fetch(clock, request.user, whole=True)
        if not found:
            raise Http404(self.why_absent(request, key, clock))
        (record,) = found
        kind = type(record)
        list_url = at(reverse(f"{kind.RESOURCE}-list"), clock)
        context = {
            "clock": clock,
            "breadcrumbs": [
                *self.trail(clock),
                (capfirst(str(kind._meta.verbose_name_plural)), list_url),
                (record.name, ""),
            ],
            "api_url": request.build_absolute_uri(at(reverse(f"api:{record.resource}-detail", args=[key]), clock)),
            "citation_text": citation_of(record, clock, request.build_absolute_uri()),
            **self.detail(record, clock, request.user).context(),
            **self.figures(record, clock),
        }
        return render(request, self.template_name, context)

    def figures(self, record: Instrument, clock: Clock) -> dict[str, Any]:
        return {}

    def why_absent(self, request: HttpRequest, key: str, clock: Clock) -> str:
        """What the page of errors says: the record may be there on other days."""
        if not clock.is_today and self.queryset.all().visible_to(request.user).on(Clock.on()).filter(key=key).exists():
            return _t("On these days this record was not there, or not yet known. It is there today.")
        return ""
