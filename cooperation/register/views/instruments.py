"""Pages of one kind of instrument: its list and the page of one record."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from .. import charts
from ..boards import board, card
from ..clock import Clock
from ..details import Detail
from ..marks import SourceMarks, StageMark
from ..models import CountryRole, Instrument
from ..querysets import in_force_on
from ..templatetags.register import at
from .lists import ListPage
from .reading import ReadPage, changed, clock_of


class InstrumentListPage(ListPage):
    """A list of instruments of one kind: the sentence counts its stages."""

    @property
    def noun(self):
        return self.queryset.model._meta.verbose_name

    @property
    def nouns(self):
        return self.queryset.model._meta.verbose_name_plural

    def board_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """The rows as cards in columns by stage."""
        cards = [self.card(record) for record in found.rows]
        return {"board": board(self.queryset.model, cards) if cards else None}

    def card(self, record: Instrument) -> dict[str, Any]:
        """What a card says of a record; a kind may add `lines` of its own, as (label, words, address)."""
        return card(record, self.clock)

    # What the map calls the records of this kind in a country: a field of `charts.CountryOnMap`.
    on_map = "other"

    def figures(self, found):
        kind, query = self.queryset.model, self.question.params
        by_stage = charts.stage_bar(kind, self.by_stage, lambda stage: changed(query, stage=stage, page=None))
        return {"stages": by_stage if len(self.by_stage) > 1 else None}

    def map_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """The countries of the records on a map."""
        table_url = at(reverse("countries"), self.clock)
        return {"world": charts.world(self.countries_on_map(), clock=self.clock, table_url=table_url)}

    def countries_on_map(self) -> dict[str, charts.CountryOnMap]:
        return {code: charts.CountryOnMap(**{self.on_map: count}) for code, count in self.by_country()}

    def strip_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """The rows of the page through the years."""
        return {"strip": charts.strip(found.rows, self.clock)}

    def by_country(self):
        """How many of the records have to do with each country on the day."""
        there = self.question.selection.order_by().values("pk")
        parts = CountryRole.objects.filter(in_force_on(self.clock.valid_on), instrument__in=there)
        return parts.order_by().values_list("country").annotate(count=Count("instrument", distinct=True))

    @cached_property
    def by_stage(self) -> dict[str, int]:
        rows = self.question.selection.order_by().values_list("stage").annotate(count=Count("pk"))
        return dict(rows)

    def sentence(self, found):
        kind = self.queryset.model
        found = replace(found, total=sum(self.by_stage.values()))  # exact, also where paging stops counting
        order = [stage for stage in kind.ladder.every_stage if stage in self.by_stage]
        parts = (f"{self.by_stage[stage]} {StageMark(kind, stage).label}" for stage in order)
        return self.on_the_day(super().sentence(found), parts)


class DetailPage(ReadPage):
    """The page of one record, on the clock of the address."""

    queryset = None
    detail: type[Detail] = Detail
    template_name = "register/detail.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        clock = clock_of(request)
        rows = self.queryset.all().visible_to(request.user).on(clock)
        record = rows.filter(key=key).with_all_facts(clock, request.user).first()
        if record is None:
            raise Http404(self.why_absent(request, key, clock))
        kind = type(record)
        list_url = at(reverse(f"{kind.RESOURCE}-list"), clock)
        context = {
            "clock": clock,
            "breadcrumbs": [
                *self.trail(clock),
                (capfirst(str(kind._meta.verbose_name_plural)), list_url),
                (record.title, ""),
            ],
            "api_url": request.build_absolute_uri(at(reverse(f"api:{record.resource}-detail", args=[key]), clock)),
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
