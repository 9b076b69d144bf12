"""Parts of the pages that put kinds together: counts with their lists, what happened, rows about a country."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import Count, prefetch_related_objects
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from .. import charts
from ..display.footnotes import SourceMarks
from ..domain.clock import Clock
from ..domain.text import sort_key
from ..history.answer_cache import answered
from ..kind import Kind
from ..lists import child_rows
from ..lists.columns import Column
from ..lists.query import ListQuery
from ..models import CountryRole, Instrument, kinds
from ..models.fetch import Batch
from ..templatetags.register import at
from ..views import ListPage, table_rows
from ..views.detail import milestone_row

SECTION = 50  # rows in a section; the list behind it has them all
ON_PAPER = 4  # of these, the rows of a briefing on paper
EVENTS = 6  # milestones on a page, both ways
USES = 200  # records on the page of a source or of an organisation


def remembered(view):
    """A page that is kept for readers with the same clearance."""

    @wraps(view)
    def kept(request: HttpRequest, **kwargs) -> HttpResponseBase:
        return answered(request, lambda: view(request, **kwargs), request.user)

    return kept


def address(page: type[ListPage], query: str, clock: Clock) -> str:
    """The address of a list with a question and a clock."""
    return child_rows.address(page.resource, query, clock)


def ask(page: type[ListPage], query: str, clock: Clock, user) -> ListQuery:
    """The question behind such an address."""
    return page.ask(QueryDict(f"{query}&validOn={clock.valid_on}&knownOn={clock.known_on}"), user)


def count(page: type[ListPage], query: str, clock: Clock, user) -> dict[str, Any]:
    """A number and the list that it counts."""
    question = ask(page, query, clock, user)
    question.classification  # noqa: B018  noted for the marking of the answer
    return {"count": question.selection.count(), "url": address(page, query, clock)}


def card(kind: Kind, counts: dict[str, int], clock: Clock) -> dict[str, Any]:
    """A kind on the home page: how many stand, and how many are at which stage, each a link to its list."""
    page, standing = kind.list_page, [stage for stage in kind.model.ladder.standing if counts.get(stage)]
    return {
        "label": capfirst(str(kind.model._meta.verbose_name_plural)),
        "url": address(page, "", clock),
        "count": sum(counts[stage] for stage in standing),
        "count_url": address(page, "standing=true", clock) if standing else "",
        "parts": charts.stage_bar(kind.model, counts, lambda stage: address(page, f"stage={stage}", clock)),
    }


def events(milestones, clock: Clock) -> dict[str, list[dict]]:
    """The last of these milestones (`on` the clock) that happened, and the next that are expected."""
    last = milestones.happened(clock).reverse()
    to_come = milestones.filter(is_open=True).between(clock.valid_on, None)
    found = {name: list(rows.with_record()[:EVENTS]) for name, rows in (("last", last), ("next", to_come))}
    prefetch_related_objects([milestone for rows in found.values() for milestone in rows], "also_sources")
    return {
        name: [
            {
                **milestone_row(milestone, clock, milestone.is_open),
                "title": milestone.instrument.name,
                "url": at(milestone.get_absolute_url(), clock),
            }
            for milestone in rows
        ]
        for name, rows in found.items()
    }


@dataclass
class Rows:
    """The first rows of a list as one section of a page over several kinds.

    On paper it has fewer rows; those that only a screen has room for are drawn after all that goes on paper, so that
    sources which paper does not need get the last numbers.
    """

    page: type[ListPage]
    query: str
    columns: Sequence[Column]
    title: Any
    intro: Any
    question: ListQuery
    records: list
    count: int
    summary: dict[str, Any] | None = None  # what stands in the place of many rows

    @classmethod
    def read(cls, page, query, columns, title, intro, clock: Clock, user, together: Batch | None = None) -> "Rows":
        """`together`: the page on which records of several kinds are read; their sources are attached at its end."""
        question = ask(page, query, clock, user)
        records = question.rows[: SECTION + 1].fetch(clock, user, together=together)
        number = len(records) if len(records) <= SECTION else question.selection.count()
        return cls(page, query, columns, title, intro, question, records[:SECTION], number)

    def drawn(self, clock: Clock, marks: SourceMarks) -> dict[str, Any]:
        """What the template needs, with the rows that go on paper."""
        rows = table_rows(self.records[:ON_PAPER], self.columns, clock, marks)
        return {
            "count": self.count,
            "url": address(self.page, self.query, clock),
            "meta": self.page.queryset.model._meta,
            "title": self.title,
            "intro": self.intro,
            "columns": heads(self.columns),
            "rows": rows,
            "more": self.count - len(rows),
            **(self.summary or {}),
        }

    def for_screen(self, clock: Clock, marks: SourceMarks) -> list[dict[str, Any]]:
        """The rows that only a screen has room for."""
        if self.summary:
            return []
        rows = table_rows(self.records[ON_PAPER:], self.columns, clock, marks)
        return [row | {"screen_only": True} for row in rows]


def by_kind(rows: list[dict[str, Any]], records, query: str, clock: Clock) -> list[dict[str, Any]]:
    """Rows about instruments of several kinds under the name of their kind, by title.

    `records` are all that the rows, which may be fewer, were taken from; `query` asks a list for them.
    """
    counts = dict(records.order_by().values_list("resource").annotate(count=Count("pk")))
    groups: dict[str, list[dict]] = {name: [] for name in kinds()}
    for row in sorted(rows, key=lambda row: sort_key(row["instrument"].name)):
        groups[row["instrument"].resource].append(row)
    return [
        {
            "label": capfirst(str(kind._meta.verbose_name_plural)),
            "rows": groups[name],
            "count": counts[name],
            "list_url": at(f"{reverse(f'{name}-list')}?{query}", clock),
        }
        for name, kind in kinds().items()
        if groups[name]
    ]


def heads(columns: Iterable[Column]) -> list[dict[str, Any]]:
    return [{"key": c.key, "label": c.label, "numeric": c.numeric, "sort_url": "", "aria_sort": ""} for c in columns]


def chosen(page: type[ListPage], *keys: str) -> list[Column]:
    """Columns of a list, in this order."""
    by_key = {column.key: column for column in page.columns}
    return [by_key[key] for key in keys]


def why(code: str, words: Callable[[Instrument, CountryRole], str] | None) -> Column:
    """In which role a country stands in the row, with the reason where one is given."""

    def roles(record: Instrument, clock: Clock) -> list[str]:
        parts = (part for part in record.countries_then if part.country_id == code)
        return [
            ": ".join(filter(None, (words(record, part) if words else part.get_role_display(), part.reason)))
            for part in parts
        ]

    return Column("why", _t("Why here"), roles)
