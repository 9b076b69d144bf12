"""A list: its filter, its views, its exports. A kind only declares."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from html import escape
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.forms import BoundField, Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from ..charts import CountryOnMap
from ..display.footnotes import SourceMarks
from ..exports import EVERY_EXPORT, Export, TooManyRows, asked, citation, cited_at, exported, formats, lasting_address
from ..lists.aggregates import check_groupings
from ..lists.columns import Column
from ..lists.diff import clock_against
from ..lists.facets import MOST_COUNTED, facets
from ..lists.fields import CountriesField
from ..lists.filters import QuestionFilter
from ..lists.params import COUNTED_VIEWS, NUMBERED_LIMIT, PRESENTATION_LABELS, VIEW_KEYS, VIEWS, ParamError, split_words
from ..lists.query import ListQuery, Page, PageNotFound
from ..lists.widgets import Checkboxes, FilterField, Radios
from ..templatetags.register import at
from ..templatetags.register import day as day_in_words
from .addresses import shortened
from .answer import as_copied
from .base import CLOCK_KEYS, ReadPage, changed
from .empty import what_to_try
from .htmx import GROUP, filled, fragment_of, page_or_fragment, part_of_page
from .layouts import LAYOUTS, Layout
from .readings import readings


class ListPage(ReadPage):
    """A list with its filters. Page and export are two sizes of the same answer."""

    queryset = None
    filterset_class: type[QuestionFilter]
    columns: Sequence[Column]
    resource = ""
    default_sort: Sequence[str] = ("title",)
    template_name = "register/list.html"
    noun: Any = ""
    nouns: Any = ""
    layouts: dict[str, type[Layout]] = LAYOUTS
    views: Sequence[str] = ("table",)  # of the layouts, the first is shown unasked
    can_be_saved = True  # under a name, as a saved view
    # Of lists that count all their records: by what, and by which of these when nothing is said.
    group_by: Sequence[str] = ()
    charted = "country"
    on_map = "other"  # what the map calls its records in a country: a field of `charts.CountryOnMap`
    by_country: Callable[[QuerySet, date], dict[str, CountryOnMap]] | None = None  # more than their number
    opened: Sequence[str] = ()  # the first field of each folded group that is opened; no link carries this along
    # The common fields in this order, choices folded under their heading; then the common groups; the rest is "more".
    open_fields = ("q", "country", "stage", "kind")
    common: Sequence[tuple[Any, Sequence[str]]] = ((_("Theme"), ("theme",)),)
    folded_come_later = True  # the fields of a folded group are made when it is opened
    folded = (
        (_("Role, region and group of countries"), ("countryRole", "region", "group")),
        (_("Organisation"), ("organisation", "organisationRole")),
        (_("Milestone"), ("milestone", "from", "until")),
        (_("Source"), ("source", "inLetter")),
        (_("Certainty and progress"), ("standing", "certain", "disputed", "stalled", "changedSince")),
    )

    @classmethod
    def ask(cls, params: QueryDict, user, **more) -> ListQuery:
        """A question to this list: what a link to it would show."""
        question = ListQuery(
            cls.queryset.all(),
            cls.filterset_class,
            cls.columns,
            params,
            user,
            cls.default_sort,
            views=cls.views,
            resource=cls.resource,
            **more,
        )
        if cls.group_by:
            check_groupings(question, cls.group_by)
            clock_against(question)
        known = [name for name, _export in cls.exports(question)]
        if (given := question.params.get("format")) in EVERY_EXPORT and given not in known:
            reason = _t("“%(word)s” is not one of: %(known)s.") % {"word": given, "known": ", ".join(known)}
            question.faults.append(ParamError("format", "invalid_choice", reason))
        return question

    def is_personal(self, request: HttpRequest) -> bool:
        """A saved view may be one that only its owner sees."""
        return not set(request.GET.getlist("view")) <= {"", *VIEWS}

    @property
    def view(self) -> str:
        return self.question.view

    @cached_property
    def marks(self) -> SourceMarks:
        return SourceMarks()

    @cached_property
    def layout(self) -> Layout:
        return self.layouts[self.view](self)

    def get(self, request: HttpRequest) -> HttpResponse:
        self.question = self.ask(request.GET, request.user, has_form=True)
        self.question.check_depth()
        # Links, and the frame around the list, go on from what a saved view fills in, without what was left empty.
        request.GET = self.question.params = filled(self.question.params)
        self.opened = split_words(self.question.params.pop("filters", []))
        self.clock = self.question.clock
        if self.question.faults:
            return page_or_fragment(request, self.template_name, self.form_context(), self.question.params, status=400)
        self.question.classification  # noqa: B018  noted for the marking of the answer
        asked = self.question.params
        short = shortened(asked, self.question.filterset)
        if short != asked and not request.htmx and asked.get("format") not in EVERY_EXPORT:
            return redirect(request.path + changed(short).removesuffix("?"))
        if self.fragment and self.fragment["group"]:
            return part_of_page(request, *self.part())
        try:
            if asked.get("format") in EVERY_EXPORT:
                return exported(self.layout.table(), self.resource, request)
            found = self.find()
        except PageNotFound:
            raise Http404(_t("This list has no such page.")) from None
        except TooManyRows as error:
            raise BadRequest(error) from None
        return page_or_fragment(request, self.template_name, self.form_context() | self.rows_context(found), short)

    def find(self) -> Page:
        """The rows that are shown."""
        return self.question.page()

    @classmethod
    def exports(cls, question: ListQuery) -> list[tuple[str, Export]]:
        """The formats that the view can be exported in, by name."""
        has_places = question.view not in cls.layouts or cls.layouts[question.view].has_places
        has_rows = question.view not in COUNTED_VIEWS
        return [*formats(cls.queryset.model, has_places=has_places, has_rows=has_rows).items()]

    # --- the question ------------------------------------------------------------------------------------------------

    def form_context(self) -> dict[str, Any]:
        query = self.question.params
        faulty = {fault.name for fault in self.question.faults}
        return {
            "title": capfirst(str(self.nouns)),
            "breadcrumbs": [*self.trail(self.clock), (capfirst(str(self.nouns)), "")],
            "clock": self.clock,
            "list_url": self.request.path,
            "form": self.question.filterset.form,
            "form_groups": [group for group in self.form_groups if not group.get("is_more")],
            "more_groups": (more := [group for group in self.form_groups if group.get("is_more")]),
            "more_is_open": any(group["open"] or group["is_opened"] for group in more),
            "shows": _t("Show results"),
            "country_names": self.country_names,
            "kept_fields": [
                (name, value)
                for name in (*CLOCK_KEYS, "sort", "columns", "pageSize", "view", *VIEW_KEYS)
                if name not in faulty
                for value in query.getlist(name)
            ],
            "faults": [
                {"name": fault.name, "label": self.label(fault.name), "reason": fault.reason, "id": f"id_{fault.name}"}
                for fault in self.question.faults
            ],
            "chips": self.chips(),
            "clear_url": at(self.request.path, self.clock),
            "saved_view": None if self.question.faults else self.question.saved_view,
            "rows": [],
        }

    def part(self) -> tuple[str, dict[str, Any]]:
        """What is fetched when it is opened, as (template, context): a map, or a group of the filter."""
        if self.fragment["group"].startswith("map") and "map" in self.views:
            return "components/map.html", {"world": self.layouts["map"](self).world()}
        return "components/filter_group.html", self.group_context()

    def group_context(self) -> dict[str, Any]:
        """One group of fields that was folded, and is opened."""
        groups = [group for group in self.form_groups if group.get("id") == self.request.htmx.trigger]
        if not groups:
            raise Http404
        self.count_choices(groups)
        return {"group": groups[0]}

    def count_choices(self, groups: Iterable[dict[str, Any]], *, known_too_many: bool = False) -> bool:
        """Put the number of records behind each choice of the fields drawn; whether some are too many to count."""
        filterset = self.question.filterset
        drawn = {field.field.name for group in groups for field in group["fields"]}
        counted = facets(self.question, drawn, known_too_many=known_too_many)
        fields, given = filterset.form.fields, filterset.given
        for key, one in filterset.filters.items():
            if one.beside and one.beside not in given and f"{one.beside}Not" not in given:
                fields[key].widget.counts = {}
        for key, counts in counted.items():
            fields[key].widget.counts = counts
        for name in drawn:
            widget = fields[name].widget
            widget.is_empty = isinstance(widget, Checkboxes) and not widget.shown(given.get(name, []))
        return None in counted.values()

    @property
    def country_names(self) -> SafeString:
        """What the fields of countries suggest."""
        fields = self.question.filterset.form.fields.values()
        choices = next((field.choices for field in fields if isinstance(field, CountriesField)), ())
        return SafeString("".join(f"<option>{escape(name)}" for _code, name in choices))  # nosec B703

    @cached_property
    def form_groups(self) -> list[dict[str, Any]]:
        """The fields of the filter: the common ones, then those under "more", without choices that find nothing.

        The fields of a group that nobody has opened come when it is opened (`filters` in the address names it).
        """
        form = self.question.filterset.form
        names = list(form.fields)
        ranges = [(label, (f"{name}From", f"{name}Until")) for name, label in self.filterset_class.range_labels.items()]
        opposites = tuple(name for name in names if name.endswith("Not"))
        first = [(form.fields[name].label, (name,)) for name in self.open_fields if name in names]
        placed = {name for _label, group in [*first, *ranges, *self.common, *self.folded] for name in group}
        placed |= set(opposites)
        rest = tuple(name for name in names if name not in placed and name not in CLOCK_KEYS)
        groups = [self._common(form, label, name) for label, (name,) in first]
        more = [*ranges, (_("Other properties"), rest), *self.folded, (_("All but"), opposites)]
        for legend, group in [*self.common, *more]:
            fields = [name for name in group if name in names]
            if not fields:
                continue
            is_used = any(self._is_used(form[name]) for name in fields)
            is_opened = fields[0] in self.opened or (self.fragment or {}).get("group") == fields[0]
            for name in fields:
                form.fields[name].widget.only_found = True
            is_drawn = is_used or is_opened or not self.folded_come_later
            drawn = self._drawn(form, fields, "" if is_used else str(legend)) if is_drawn else []
            name = fields[0] if self.folded_come_later else ""
            own = {"name": name, "id": f"{GROUP}{name}", "is_opened": is_opened, "is_more": (legend, group) in more}
            groups.append({"legend": legend, "fields": drawn, "open": is_used, **own})
        return groups

    def _common(self, form: Form, label: Any, name: str) -> dict[str, Any]:
        """A field that is always drawn; its choices folded under its heading until one of them is chosen."""
        folds = isinstance(form.fields[name].widget, Checkboxes | Radios)
        drawn = self._drawn(form, (name,), str(label) if folds else "")
        return {"legend": label, "fields": drawn, "open": not folds or self._is_used(form[name]), "is_common": True}

    def _drawn(self, form: Form, names: Sequence[str], legend: str = "") -> list[FilterField]:
        return [FilterField(form[name], legend, len(names) > 1, self.request.path, self.fragment) for name in names]

    @cached_property
    def fragment(self) -> str:
        return fragment_of(self.request)

    def _is_used(self, field: BoundField) -> bool:
        return any(self.question.params.getlist(field.name)) or bool(field.errors)

    def label(self, name: str) -> str:
        fields = self.question.filterset.form.fields
        return str(fields[name].label if name in fields else PRESENTATION_LABELS.get(name, name))

    def chips(self) -> list[dict[str, str]]:
        """The filters that are on, each with the address without it."""
        chips = []
        for name, label, values in self.question.filterset.in_words():
            for value, words in values:
                left = [other for other, _words in values if other != value]
                changes = {name: left or None, "page": None}
                words = str(value) if name == "q" else words  # how they were read stands above the results
                chips.append({"label": label, "value": words, "remove_url": changed(self.question.params, **changes)})
        return chips

    # --- the answer --------------------------------------------------------------------------------------------------

    def rows_context(self, found) -> dict[str, Any]:
        marks, query = self.marks, self.question.params
        sentence = self.sentence(found)
        address = lasting_address(self.question, self.request.build_absolute_uri())
        return {
            "sentence": sentence,
            "shows": _t("Show %s") % self.number_in_words(found),
            "number_found": self.number_in_words(found),
            "copied": as_copied(sentence, marks, cited_at(self.clock, address)),
            "readings": readings(self.question, found.total),
            "uncounted": self.count_choices(
                self.form_groups, known_too_many=not found.exact or found.total > MOST_COUNTED
            ),
            "view_template": f"register/views/{self.view}.html",
            "tabs": self.tabs(),
            "exports": [
                {"label": export.label, "url": changed(query, format=name, page=None)}
                for name, export in self.exports(self.question)
            ],
            "page": self.pages(found),
            "empty": None if found.total else what_to_try(self.question, self.request.path, (self.noun, self.nouns)),
            "api_url": self.api_url("list"),
            "save_url": self.save_url,
            "citation": citation(self.question, self.exactly(found), self.request.build_absolute_uri()),
            "marks": marks,
            **self.layout.context(found, marks),
        }

    def exactly(self, found) -> int:
        """How many were found, also where paging stops counting."""
        return found.total if found.exact else self.question.total()

    def api_url(self, name: str, *own_keys: str, **changes: Any) -> str:
        """Where the API gives the same. Of the keys that only views have, it is given its own."""
        left_out = dict.fromkeys(("columns", "view", *(key for key in VIEW_KEYS if key not in own_keys)))
        here = {"cursor": self.question.params.get("cursor")}
        path = reverse(f"api:{self.resource}-{name}") + changed(self.question.params, **{**here, **left_out, **changes})
        return self.request.build_absolute_uri(path).removesuffix("?")

    @property
    def save_url(self) -> str:
        """Where this question is given a name."""
        if not self.can_be_saved:
            return ""
        asked = changed(self.question.params, page=None)
        return reverse("save-view", args=[self.resource]) + asked.removesuffix("?")

    def tabs(self) -> list[dict[str, Any]]:
        """The views of this selection, where there is a choice."""
        if len(self.views) == 1:
            return []
        return [
            {
                "name": name,
                "label": VIEWS[name],
                "url": changed(self.question.params, view=name, page=None, pageSize=None),
                "current": name == self.view,
            }
            for name in self.views
        ]

    def pages(self, found) -> dict[str, Any]:
        query, size = self.question.params, self.question.page_size
        pages = max(1, -(-min(found.total, NUMBERED_LIMIT) // size)) if found.rows else 1
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
            "ends_at": NUMBERED_LIMIT if number and "cursor" in (found.next or ()) else 0,
            "place": self.place(found),
            "total": found.total,
            "first_url": "" if number or self.view in COUNTED_VIEWS else changed(query, page=None),
            "previous_url": changed(query, **found.previous) if found.previous is not None else "",
            "next_url": changed(query, **found.next) if found.next is not None else "",
            "links": links,
        }

    def place(self, found) -> str:
        """Which of the rows these are; empty after a cursor, which does not know."""
        if not found.first:
            return ""
        numbers = {"first": found.first, "last": found.last, "total": found.total}
        return _t("%(first)s to %(last)s of %(total)s.") % numbers + " "

    def sentence(self, found):
        return self.counted(found.total)

    def number_in_words(self, found) -> str:
        """How many were found, as a number on a button: past ten thousand at least so many."""
        noun = self.noun if found.total == 1 else self.nouns
        words = _t("%(number)s %(noun)s") if found.exact else _t("over %(number)s %(noun)s")
        return words % {"number": number_format(found.total, force_grouping=True), "noun": noun}

    def counted(self, number: int) -> SafeString:
        """How many there are of what was asked for: it must say so itself, as it is copied without its page."""
        words = {"noun": self.noun if number == 1 else self.nouns, "asked": asked(self.question)}
        words["number"] = number or pgettext("how many", "No")
        pattern = "<strong>{number} {noun}</strong> ({asked})" if words["asked"] else "<strong>{number} {noun}</strong>"
        return format_html(pattern, **words)

    def on_the_day(self, lead, parts: Iterable[str]) -> SafeString:
        """A sentence with the day of the clock, and how many there are of what."""
        words = {"lead": lead, "day": day_in_words(self.clock.valid_on), "parts": ", ".join(parts)}
        return format_html(_t("{lead} on {day}: {parts}.") if words["parts"] else _t("{lead} on {day}."), **words)
