"""Query parameters: what a key of an address can say, and the errors in what one says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

PAGE_SIZE, PAGE_SIZE_LIMIT = 25, 200
EXACT_COUNT_LIMIT = 10_000
NUMBERED_LIMIT = 10_000  # rows that pages by number reach
# How a page can show what is asked for: the names of layouts and of their templates.
VIEWS = {
    "table": _("Table"),
    "months": _("By month"),
    "board": _("Board"),
    "map": _("Map"),
    "chart": _("Chart"),
    "strip": _("Year strip"),
    "pivot": _("Cross table"),
    "changes": _("Changes"),
}
VIEW_KEYS = ("groupBy", "against", "againstKnownOn")  # what such a view is told besides
WHOLE_VIEWS = ("board", "changes")  # views that show as many rows as a page can hold
COUNTED_VIEWS = ("map", "chart", "pivot", "changes")  # views that show no rows, but what can be counted of all of them
# Presentation: accepted everywhere, and never changes which rows there are.
PRESENTATION = (
    "sort",
    "page",
    "pageSize",
    "cursor",
    "fields",
    "expand",
    "format",
    "columns",
    "view",
    *VIEW_KEYS,
    "lang",
    "headers",
    "beside",
    "count",
)
# What people call those that a fault can be found in.
PRESENTATION_LABELS = {
    "sort": _("Order (sort)"),
    "page": _("Page (page)"),
    "pageSize": _("Rows on a page (pageSize)"),
    "cursor": _("Place in the list (cursor)"),
    "format": _("Format (format)"),
    "columns": _("Columns (columns)"),
    "view": _("View (view)"),
    "groupBy": _("Grouped by (groupBy)"),
    "against": _("Compared with the day (against)"),
    "againstKnownOn": _("Compared as known on (againstKnownOn)"),
    "lang": _("Language (lang)"),
    "headers": _("Heads of columns (headers)"),
    "count": _("Count (count)"),
}
WORDS = ("sort", "fields", "expand", "columns", "groupBy", "filters")  # of these, the keys that take several words
# Of all keys, what concerns a single record: the clock and the presentation.
DETAIL_KEYS = ("validOn", "knownOn", "fields", "expand", "format", "lang", "view")
EXPORT_FORMATS = ("csv", "xlsx", "ods", "json", "geojson", "txt", "ics", "pack", "briefing")
FORMATS = ("html", *EXPORT_FORMATS)


@dataclass(frozen=True)
class ParamError:
    """What is wrong with one key of a query."""

    name: str
    code: str
    reason: str


def words_in(params: QueryDict, key: str) -> list[str]:
    """The words of a key that is repeated, or has commas between its words."""
    return split_words(params.getlist(key))


def split_words(values: Iterable[str]) -> list[str]:
    words = (word.strip() for text in values for word in text.split(","))
    return list(dict.fromkeys(filter(None, words)))


@dataclass
class ParamCheck:
    """Checks the keys of a query one by one, and keeps every error that it finds."""

    params: QueryDict
    errors: list[ParamError] = field(default_factory=list)

    def error(self, name: str, code: str, reason: str) -> None:
        self.errors.append(ParamError(name, code, str(reason)))

    def has_error(self, *names: str) -> bool:
        return any(error.name in names for error in self.errors)

    def keys(self, known: Iterable[str], with_many: Iterable[str]) -> None:
        """Keys that are not known, and keys with more than one value that take one."""
        known, with_many = set(known), set(with_many)
        for name, values in self.params.lists():
            if name not in known:
                self.error(name, "unknown", _t("This key is not known here."))
            elif len(set(values)) > 1 and name not in with_many:
                self.error(name, "repeated", _t("This key has one value, and stands here with more."))

    def words(self, name: str, known: Sequence[str], prefix: str = "") -> None:
        """Every word of a key must be known, with or without the prefix."""
        for word in words_in(self.params, name):
            if word.removeprefix(prefix) not in known:
                self._not_one_of(name, word, known)

    def choice(self, name: str, known: Sequence[str]) -> None:
        if (value := self.params.get(name)) and value not in known:
            self._not_one_of(name, value, known)

    def _not_one_of(self, name: str, word: str, known: Sequence[str]) -> None:
        reason = _t("“%(word)s” is not one of: %(known)s.") % {"word": word[:60], "known": ", ".join(known)}
        self.error(name, "invalid_choice", reason)

    def number(self, name: str, least: int, most: int | None) -> None:
        text = self.params.get(name)
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
            self.error(name, "invalid", _t("Enter a whole number, %d or more.") % least)
        elif most and int(text) > most:
            self.error(name, "max_value", _t("Enter at most %d.") % most)
