"""The first page, with every kind."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_safe

from cooperation.register import charts
from cooperation.register.display.footnotes import SourceMarks
from cooperation.register.domain.clock import Clock, days_after
from cooperation.register.features.attention import attention
from cooperation.register.features.countries import numbers_by_kind, on_map
from cooperation.register.features.dashboard import address, card, count, events, remembered
from cooperation.register.features.search import SearchPage
from cooperation.register.features.sources import SourceListPage
from cooperation.register.features.timeline import DAYS_AHEAD, TimelinePage, soon
from cooperation.register.kind import Kind
from cooperation.register.models import Instrument, Milestone
from cooperation.register.models.reading import note_counted
from cooperation.register.templatetags.register import at
from cooperation.register.views import clock_of

DAYS_BACK = 30  # what moved lately
ENOUGH = 3  # rows of what happened, or comes: of fewer in those days it says what went before, or comes after


@require_safe
@remembered
def home(request: HttpRequest, kinds: Sequence[Kind]) -> HttpResponse:
    """The first page: what needs attention, how far everything is, the world, what happened."""
    clock, user = clock_of(request), request.user
    there = Instrument.objects.visible_to(user).on(clock).order_by()
    note_counted(there)
    stages: defaultdict[str, Counter] = defaultdict(Counter)
    for resource, stage, number in there.values_list("resource", "stage").annotate(count=Count("pk")):
        stages[resource][stage] = number
    standing = sum(stages[kind.resource][stage] for kind in kinds for stage in kind.model.ladder.standing)
    context = {
        "title": _t("The register"),
        "clock": clock,
        "instruments": {"count": standing, "url": address(SearchPage, "standing=true", clock)},
        "rest": {
            "count": sum(counts.total() for counts in stages.values()) - standing,
            "url": address(SearchPage, "standing=false", clock),
        },
        "milestones": count(TimelinePage, "", clock, user),
        "sources": count(SourceListPage, "", clock, user),
        **attention(kinds, clock, user),
        "kinds": [card(kind, stages[kind.resource], clock) for kind in kinds],
        "world": charts.world(
            on_map(kinds, numbers_by_kind(clock, user), clock, user),
            clock=clock,
            table_url=at(reverse("countries"), clock) + "#table",
        ),
        **moves(events(Milestone.objects.visible_to(user).on(clock), clock), clock),
        "timeline_url": address(TimelinePage, "", clock),
        "marks": SourceMarks(),
    }
    return render(request, "home.html", context)


def moves(found: dict[str, list[dict]], clock: Clock) -> dict[str, Any]:
    """What moved lately and what comes soon, and where that is little, what went before and comes after."""
    since, until = days_after(clock.valid_on, -DAYS_BACK), days_after(clock.valid_on, DAYS_AHEAD)
    moved = [row for row in found["last"] if row["date"].first >= since]
    coming = [row for row in found["next"] if row["date"].first <= until]
    asked = f"from={since}&until={clock.valid_on}&state=occurred"
    return {
        "moved": moved,
        "moved_url": address(TimelinePage, asked, clock),
        "before": found["last"][len(moved) : ENOUGH],
        "coming": coming,
        "coming_url": address(TimelinePage, soon(clock), clock),
        "after": found["next"][len(coming) : ENOUGH],
        "days": {"back": DAYS_BACK, "ahead": DAYS_AHEAD},
    }
