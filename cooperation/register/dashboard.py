"""Parts of pages that put kinds together: what each app offers is made of these."""

from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst

from .charts import stage_bar
from .clock import Clock
from .marks import SourceMarks
from .templatetags.register import at
from .views import InstrumentListPage, table_rows

SECTION = 50  # rows in a section; the list behind it has them all


def address(page: type[InstrumentListPage], query: str, clock: Clock) -> str:
    """The address of a list with a question and a clock."""
    path = reverse(f"{page.resource}-list")
    return at(f"{path}?{query}" if query else path, clock)


def ask(page: type[InstrumentListPage], query: str, clock: Clock, user):
    """The question behind such an address."""
    return page.ask(QueryDict(f"{query}&validOn={clock.valid_on}&knownOn={clock.known_on}"), user)


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


def attention(page: type[InstrumentListPage], query: str, label, why, css: str, clock: Clock, user) -> dict[str, Any]:
    """A number that opens exactly the list that it counts."""
    return {
        "count": ask(page, query, clock, user).selection.count(),
        "label": label,
        "why": why,
        "url": address(page, query, clock),
        "css": css,
    }


def section(
    page: type[InstrumentListPage], query: str, columns, title, intro, empty, clock: Clock, user, marks: SourceMarks
) -> dict[str, Any]:
    """The first rows of a list as one section of a page over several kinds."""
    question = ask(page, query, clock, user)
    records = list(question.rows.with_row_facts(clock)[:SECTION])
    return {
        "title": title,
        "intro": intro,
        "columns": [
            {"key": c.key, "label": c.label, "numeric": c.numeric, "sort_url": "", "aria_sort": ""} for c in columns
        ],
        "rows": table_rows(records, columns, clock, marks),
        "records": records,
        "list_url": address(page, query, clock),
        "count": question.selection.count(),
        "empty": empty,
    }
