"""Pages over one kind: its list and its detail page. A kind only declares."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Count
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views import View

from . import charts
from .boards import board, card
from .clock import Clock
from .columns import Column
from .details import Detail
from .exports import EXPORTS, TooManyRows, exported
from .filters import DayField, QuestionFilter
from .marks import SourceMarks, StageMark
from .models import CountryRole, Instrument
from .querysets import in_force_on
from .questions import DETAIL_KEYS, PageNotFound, Question
from .templatetags.register import at
from .templatetags.register import day as day_in_words

CLOCK_KEYS = ("validOn", "knownOn")
VIEWS = {"table": _("Table"), "board": _("Board")}


def clock_of(request: HttpRequest) -> Clock:
    """The clock in the address of a page that is no list. An unknown key or a wrong day is a bad request."""
    faults = [f"“{name}”: {_t('This key is not known here.')}" for name in request.GET if name not in DETAIL_KEYS]
    for name, values in {"lang": ("nl", "en"), "format": ("html",)}.items():
        if (value := request.GET.get(name)) and value not in values:
            faults.append(f"“{name}”: {_t('“%s” is not possible here.') % value[:60]}")
    days = []
    for name in CLOCK_KEYS:
        try:
            days.append(DayField(required=False).clean(request.GET.get(name, "")))
        except ValidationError as error:
            faults.append(f"“{name}”: {' '.join(error.messages)}")
    if faults:
        raise BadRequest(" ".join(faults))
    return Clock.on(*days)


def changed(query: QueryDict, **changes: Any) -> str:
    """The query string with some keys changed; None takes a key away."""
    query = query.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        elif isinstance(value, list):
            query.setlist(name, value)
        else:
            query[name] = value
    return f"?{query.urlencode(safe=',')}" if query else "?"


def table_rows(records, columns: Sequence[Column], clock: Clock, marks: SourceMarks) -> list[dict[str, Any]]:
    """Records as the rows of a table; the first cell is the head of its row."""
    rows = []
    for record in records:
        cells = []
        for place, column in enumerate(columns):
            html = column.html(record, clock, marks)
            cells.append(
                {
                    "label": column.label,
                    "html": html,
                    "numeric": column.numeric,
                    "is_none": not html.strip(),
                    "is_title": place == 0,
                }
            )
        rows.append({"url": record.get_absolute_url(), "cells": cells})
    return rows


class ReadPage(View):
    """A page that is only read."""

    http_method_names = ["get", "head"]
    above: Sequence[tuple[Any, str]] = ()  # the pages above it, as (label, name of the address)

    def trail(self, clock: Clock) -> list[tuple[str, str]]:
        """The way to this page: those above it with their addresses."""
        return [(str(label), at(reverse(name), clock)) for label, name in self.above]


class ListPage(ReadPage):
    """A list with its filters. Page and export are two sizes of the same answer."""

    queryset = None
    filterset_class: type[QuestionFilter]
    columns: Sequence[Column]
    resource = ""
    default_sort = "title"
    template_name = "register/list.html"
    noun: Any = ""
    nouns: Any = ""
    views: Sequence[str] = ("table",)  # how it can show the rows, first as it does unasked; each is a `<view>_view`
    # Fields shown open, in this order; ranges of days come after them.
    open_fields = ("q", "stage", "kind", "country", "countryRole")
    folded = (
        (_("Region and group of countries"), ("region", "group")),
        (_("Organisation"), ("organisation",)),
        (_("Theme"), ("theme",)),
        (_("Milestone"), ("milestone", "from", "until")),
        (_("Source"), ("source", "inLetter")),
        (_("Certainty and progress"), ("certain", "disputed", "stalled", "changedSince")),
    )

    @classmethod
    def ask(cls, params: QueryDict, user) -> Question:
        """A question to this list: what a link to it would show."""
        rows = cls.queryset.all()
        return Question(rows, cls.filterset_class, cls.columns, params, user, cls.default_sort, views=cls.views)

    @property
    def view(self) -> str:
        return self.request.GET.get("view") or self.views[0]

    def get(self, request: HttpRequest) -> HttpResponse:
        self.question = self.ask(request.GET, request.user)
        self.clock = self.question.clock
        if self.question.faults:
            return render(request, self.template_name, self.form_context(), status=400)
        if request.GET.get("format") == "json":
            raise BadRequest(_t("JSON is at the address in the API."))
        try:
            if request.GET.get("format") in EXPORTS:
                return exported(self.question, self.resource, request.build_absolute_uri())
            found = self.question.slice(lambda rows: rows.with_row_facts(self.clock))
        except PageNotFound:
            raise Http404(_t("This list has no such page.")) from None
        except TooManyRows as error:
            raise BadRequest(error) from None
        return render(request, self.template_name, self.form_context() | self.rows_context(found))

    # --- the question ------------------------------------------------------------------------------------------------

    def form_context(self) -> dict[str, Any]:
        query = self.request.GET
        return {
            "title": capfirst(str(self.nouns)),
            "breadcrumbs": [*self.trail(self.clock), (capfirst(str(self.nouns)), "")],
            "clock": self.clock,
            "form": self.question.filterset.form,
            "form_groups": self.form_groups,
            "kept_fields": [
                (name, value)
                for name in (*CLOCK_KEYS, "sort", "columns", "pageSize", "view")
                for value in query.getlist(name)
            ],
            "faults": [
                {"name": fault.name, "label": self.label(fault.name), "reason": fault.reason, "id": f"id_{fault.name}"}
                for fault in self.question.faults
            ],
            "chips": self.chips(),
            "clear_url": at(self.request.path, self.clock),
            "rows": [],
        }

    @cached_property
    def form_groups(self) -> list[dict[str, Any]]:
        form = self.question.filterset.form
        names = list(self.question.filterset.base_filters)
        ranges = [(label, (f"{name}From", f"{name}Until")) for name, label in self.filterset_class.range_labels.items()]
        opposites = tuple(name for name in names if name.endswith("Not"))
        first = [(form.fields[name].label, (name,)) for name in self.open_fields if name in names]
        placed = {name for _label, group in [*first, *ranges, *self.folded] for name in group} | set(opposites)
        rest = tuple(name for name in names if name not in placed and name not in ("validOn", "knownOn"))
        groups = [*((*group, True) for group in first), *((*group, False) for group in ranges)]
        if rest:
            groups.append((_("More"), rest, False))
        groups += [(label, fields, False) for label, fields in self.folded]
        groups.append((_("All but"), opposites, False))
        found = []
        for legend, fields, is_open in groups:
            bound = [form[name] for name in fields if name in names]
            active = any(self._is_used(field) for field in bound)
            if bound:
                found.append({"legend": legend, "fields": bound, "open": is_open or active, "active": active})
        return found

    def _is_used(self, field: BoundField) -> bool:
        return any(self.request.GET.getlist(field.name)) or bool(field.errors)

    def label(self, name: str) -> str:
        fields = self.question.filterset.form.fields
        return str(fields[name].label) if name in fields else name

    def chips(self) -> list[dict[str, str]]:
        """The filters that are on, each with the address without it."""
        chips = []
        for name, value in self.question.filterset.given.items():
            if name in ("validOn", "knownOn"):
                continue
            labels = dict(getattr(self.question.filterset.form.fields[name], "choices", ()))
            for one in value if isinstance(value, list) else [value]:
                left = [other for other in value if other != one] if isinstance(value, list) else None
                chips.append(
                    {
                        "label": self.label(name),
                        "value": str(labels.get(one, one)),
                        "remove_url": changed(self.request.GET, **{name: left or None, "page": None}),
                    }
                )
        return chips

    # --- the answer --------------------------------------------------------------------------------------------------

    def rows_context(self, found) -> dict[str, Any]:
        marks, query = SourceMarks(), self.request.GET
        return {
            "sentence": self.sentence(found),
            **getattr(self, f"{self.view}_view")(found, marks),
            "tabs": self.tabs(),
            "exports": [
                {"label": export.label, "url": changed(query, format=name, page=None)}
                for name, export in EXPORTS.items()
            ],
            "page": self.page(found),
            "api_url": self.request.build_absolute_uri(
                reverse(f"api:{self.resource}-list") + changed(query, columns=None, view=None)
            ).removesuffix("?"),
            "marks": marks,
            **self.figures(found),
        }

    def table_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """The rows as a table."""
        columns = self.question.chosen_columns
        return {
            "columns": [self.column_head(column) for column in columns],
            "rows": table_rows(found.rows, columns, self.clock, marks),
            "column_choices": [
                {"key": column.key, "label": column.label, "chosen": column in columns} for column in self.columns
            ],
            "kept_for_columns": [
                (n, v) for n, values in self.request.GET.lists() for v in values if n not in ("columns", "page")
            ],
        }

    def tabs(self) -> list[dict[str, Any]]:
        """The views of this selection, where there is a choice."""
        if len(self.views) == 1:
            return []
        return [
            {
                "name": name,
                "label": VIEWS[name],
                "url": changed(self.request.GET, view=name, page=None, cursor=None, pageSize=None),
                "current": name == self.view,
            }
            for name in self.views
        ]

    def figures(self, found) -> dict[str, Any]:
        """Charts that go with the rows."""
        return {}

    def column_head(self, column: Column) -> dict[str, Any]:
        """The head of a column, with the address that sorts by it, or turns it round."""
        order = {sorted_by.key: down for sorted_by, down in self.question.sort[:1]}
        down = order.get(column.key)
        key = column.key if down in (None, True) else f"-{column.key}"
        return {
            "key": column.key,
            "label": column.label,
            "numeric": column.numeric,
            "sort_url": changed(self.request.GET, sort=key, page=None) if column.sort else "",
            "aria_sort": "" if down is None else "descending" if down else "ascending",
        }

    def page(self, found) -> dict[str, Any]:
        query, size = self.request.GET, self.question.page_size
        pages = max(1, -(-found.total // size))
        number = found.number
        near = {1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)} if number else set()
        links: list[dict | None] = []
        for page in sorted(near):
            if links and page - links[-1]["number"] > 1:
                links.append(None)
            links.append({"number": page, "url": changed(query, page=str(page)), "current": page == number})
        return {
            "number": number,
            "pages": pages,
            "first": found.first,
            "last": found.last,
            "total": found.total,
            "previous_url": changed(query, **found.previous) if found.previous is not None else "",
            "next_url": changed(query, **found.next) if found.next is not None else "",
            "links": links,
        }

    def sentence(self, found):
        noun = self.noun if found.total == 1 else self.nouns
        return format_html("<strong>{} {}</strong>", found.total, noun)

    def on_the_day(self, lead, parts: Iterable[str]) -> SafeString:
        """A sentence with the day of the clock, and how many there are of what."""
        words = {"lead": lead, "day": day_in_words(self.clock.valid_on), "parts": ", ".join(parts)}
        return format_html(_t("{lead} on {day}: {parts}.") if words["parts"] else _t("{lead} on {day}."), **words)


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

    # What the map calls the records of this kind in a country (a field of `charts.CountryOnMap`); none: no map.
    on_map = ""

    def figures(self, found):
        kind, query = self.queryset.model, self.request.GET
        by_stage = charts.stage_bar(kind, self.by_stage, lambda stage: changed(query, stage=stage, page=None))
        return {"stages": by_stage if len(self.by_stage) > 1 else None, "world": self.world()}

    def world(self) -> charts.World | None:
        """The countries of the records on a map."""
        if not self.on_map:
            return None
        counts = {code: charts.CountryOnMap(**{self.on_map: count}) for code, count in self.by_country()}
        return charts.world(counts, clock=self.clock, table_url=at(reverse("countries"), self.clock))

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
