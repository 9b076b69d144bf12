"""Parts of pages that put kinds together: what each app offers is made of these."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..charts import stage_bar
from ..display.footnotes import SourceMarks
from ..domain.clock import Clock, days_after
from ..lists import child_rows as by_record
from ..lists.columns import Column
from ..models import Instrument
from ..views import InstrumentListPage, ListPage, table_rows
from .commitments import CommitmentListPage
from .search import SearchPage
from .timeline import DAYS_AHEAD, TimelinePage

SECTION = 50  # rows in a section; the list behind it has them all
ON_PAPER = 4  # of these, the rows of a briefing on paper


def address(page: type[ListPage], query: str, clock: Clock) -> str:
    """The address of a list with a question and a clock."""
    return by_record.address(page.resource, query, clock)


def ask(page: type[ListPage], query: str, clock: Clock, user):
    """The question behind such an address."""
    return page.ask(QueryDict(f"{query}&validOn={clock.valid_on}&knownOn={clock.known_on}"), user)


def count(page: type[ListPage], query: str, clock: Clock, user) -> dict[str, Any]:
    """A number and the list that it counts."""
    return {"count": ask(page, query, clock, user).selection.count(), "url": address(page, query, clock)}


def card(page: type[InstrumentListPage], clock: Clock, user) -> dict[str, Any]:
    """A kind on the home page: how many, and a bar of stages of which each part opens its list."""
    kind = page.queryset.model
    rows = kind.objects.visible_to(user).on(clock).order_by().values_list("stage").annotate(count=Count("pk"))
    counts = dict(rows)
    return {
        "label": capfirst(str(kind._meta.verbose_name_plural)),
        "url": address(page, "", clock),
        "count": sum(counts.values()),
        "parts": stage_bar(kind, counts, lambda stage: address(page, f"stage={stage}", clock)),
    }


def attention(page: type[ListPage], query: str, label, why, css: str, clock: Clock, user) -> dict[str, Any]:
    """A number that opens exactly the list that it counts."""
    return {**count(page, query, clock, user), "label": label, "why": why, "css": css}


def attention_to_all(clock: Clock, user) -> list[dict[str, Any]]:
    """What needs attention in records of every kind: promises, days that come or have passed, what stands still."""
    today = clock.valid_on
    ahead = days_after(today, DAYS_AHEAD)
    return [
        attention(page, query, label, why, css, clock, user)
        for page, query, label, why, css in (
            (
                CommitmentListPage,
                "state=overdue",
                _t("commitments overdue"),
                _t("their day has passed, no outcome in a source"),
                "late",
            ),
            (CommitmentListPage, "state=open", _t("commitments open"), _t("no outcome in a source yet"), "plain"),
            (
                TimelinePage,
                f"open=true&from={today}&until={ahead}&sort=date",
                _t("expected in the next %d days") % DAYS_AHEAD,
                _t("milestones still to come"),
                "plain",
            ),
            (
                TimelinePage,
                "overdue=true&sort=date",
                _t("expected days passed"),
                _t("no word since in a source"),
                "late",
            ),
            (SearchPage, "stalled=true", _t("files stalled"), _t("no milestone for nine months"), "late"),
            (SearchPage, "disputed=true", _t("records disputed"), _t("sources say different things"), "doubt"),
        )
    ]


def section(
    page: type[ListPage],
    query: str,
    columns: Sequence[Column],
    title,
    intro,
    clock: Clock,
    user,
    marks: SourceMarks,
) -> dict[str, Any]:
    """The first rows of a list as one section of a page over several kinds.

    On paper it has fewer `rows`; `rest` draws those that only a screen has room for, after all that goes on paper, so
    that sources which paper does not need get the last numbers.
    """
    question = ask(page, query, clock, user)
    records = list(question.rows.with_row_facts(clock)[:SECTION])
    return {
        "count": question.selection.count(),
        "url": address(page, query, clock),
        "meta": page.queryset.model._meta,
        "title": title,
        "intro": intro,
        "columns": heads(columns),
        "rows": table_rows(records[:ON_PAPER], columns, clock, marks),
        "rest": partial(table_rows, records[ON_PAPER:], columns, clock, marks),
    }


def heads(columns: Iterable[Column]) -> list[dict[str, Any]]:
    return [{"key": c.key, "label": c.label, "numeric": c.numeric, "sort_url": "", "aria_sort": ""} for c in columns]


def chosen(page: type[ListPage], *keys: str) -> list[Column]:
    """Columns of a list, in this order."""
    by_key = {column.key: column for column in page.columns}
    return [by_key[key] for key in keys]


def why(code: str) -> Column:
    """In which role a country stands in the row, with the reason where one is given."""

    def roles(record: Instrument, clock: Clock) -> list[str]:
        parts = (part for part in record.countries_then if part.country_id == code)
        return [": ".join(filter(None, (part.get_role_display(), part.reason))) for part in parts]

    return Column("why", _("Why here"), roles)
