"""A list: its filter, its views, its exports. A kind only declares."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..columns import Column
from ..exports import EXPORTS, TooManyRows, exported
from ..filters import QuestionFilter
from ..marks import SourceMarks
from ..questions import PageNotFound, Question
from ..templatetags.register import at
from ..templatetags.register import day as day_in_words
from .reading import CLOCK_KEYS, ReadPage, changed, table_rows

# How a page can show what a question asks for; each is a method `<view>_view` and a template of that name.
VIEWS = {
    "table": _("Table"),
    "months": _("By month"),
    "board": _("Board"),
    "map": _("Map"),
    "strip": _("Year strip"),
}


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
    views: Sequence[str] = ("table",)  # of `VIEWS`, the first is shown unasked
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
        return self.question.view

    def get(self, request: HttpRequest) -> HttpResponse:
        self.question = self.ask(request.GET, request.user)
        self.clock = self.question.clock
        if self.question.faults:
            return render(request, self.template_name, self.form_context(), status=400)
        asked = self.question.params
        if asked.get("format") == "json":
            raise BadRequest(_t("JSON is at the address in the API."))
        try:
            if asked.get("format") in EXPORTS:
                return exported(self.question, self.resource, request.build_absolute_uri())
            found = self.question.slice(lambda rows: rows.with_row_facts(self.clock))
        except PageNotFound:
            raise Http404(_t("This list has no such page.")) from None
        except TooManyRows as error:
            raise BadRequest(error) from None
        return render(request, self.template_name, self.form_context() | self.rows_context(found))

    # --- the question ------------------------------------------------------------------------------------------------

    def form_context(self) -> dict[str, Any]:
        query = self.question.params
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
        return any(self.question.params.getlist(field.name)) or bool(field.errors)

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
                        "remove_url": changed(self.question.params, **{name: left or None, "page": None}),
                    }
                )
        return chips

    # --- the answer --------------------------------------------------------------------------------------------------

    def rows_context(self, found) -> dict[str, Any]:
        marks, query = SourceMarks(), self.question.params
        return {
            "sentence": self.sentence(found),
            "view_template": f"register/views/{self.view}.html",
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
                (n, v) for n, values in self.question.params.lists() for v in values if n not in ("columns", "page")
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
                "url": changed(self.question.params, view=name, page=None, cursor=None, pageSize=None),
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
            "sort_url": changed(self.question.params, sort=key, page=None) if column.sort else "",
            "aria_sort": "" if down is None else "descending" if down else "ascending",
        }

    def page(self, found) -> dict[str, Any]:
        query, size = self.question.params, self.question.page_size
        pages = max(1, -(-found.total // size)) if found.rows else 1
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
