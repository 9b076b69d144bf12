"""Gaps in the API: the same question as on the page, as one object."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rest_framework import viewsets
from rest_framework.response import Response

from cooperation.register.api.problems import BadQuestion
from cooperation.register.api.viewsets import AnsweredView
from cooperation.register.domain.clock import Clock
from cooperation.register.templatetags.register import at

from .. import network
from ..models import Placement
from ..presence import ROLES
from .coverage import CountryCoverage
from .filters import GapFilter
from .reading import Gaps, Posts, ask
from .schema import COUNTED, GapsSchema


class GapsView(AnsweredView, viewsets.ViewSet):
    """One object: countries, planned ends, posts that nobody has seen, counts of sources, what is agreed elsewhere."""

    schema = GapsSchema()
    basename = "gaps"
    about = _("Countries without a post or coverage, planned ends without a successor, posts not seen lately.")
    filterset_class = GapFilter

    def list(self, request):
        question = ask(request.query_params, request.user, _t("Gaps have no export. The lists behind them have one."))
        if question.faults:
            raise BadQuestion(question.faults)
        return Response(Answer(Gaps(question), request).whole())


class Answer:
    """The object, part by part. An address in it asks the list of which it gives the number."""

    def __init__(self, gaps: Gaps, request):
        self.gaps, self.request = gaps, request

    def whole(self) -> dict[str, Any]:
        gaps = self.gaps
        counted, found = gaps.counted, gaps.coverage
        return {
            "validOn": gaps.clock.valid_on.isoformat(),
            "knownOn": gaps.clock.known_on.isoformat(),
            "countries": {
                "count": len(found),
                **{name: counted[found.value] for name, found in COUNTED.items()},
                "present": self.numbered(gaps.present()),
                "results": [self.country(entry) for entry in found],
            },
            "plannedEnds": {
                "until": gaps.until.isoformat(),
                **self.numbered(gaps.ending()),
                "withoutSuccessor": self.ends("false"),
                "withSuccessor": self.ends("true"),
            },
            "unconfirmed": {
                "since": gaps.since.isoformat(),
                **self.numbered(gaps.unconfirmed()),
                "results": [self.key(post) for post in gaps.unconfirmed().first()],
            },
            "networkCounts": [self.comparison(one) for one in gaps.comparisons],
            "agreedWithoutPost": [
                {"resource": name, "count": count, "url": self.address(name, query)}
                for name, count, query in gaps.agreed
            ],
        }

    def address(self, resource: str, query: str, clock: Clock | None = None) -> str:
        """The list in the API that is asked this."""
        page = f"{reverse(f'api:{resource}-list')}?{query}"
        return self.request.build_absolute_uri(at(page, clock or self.gaps.clock))

    def posts(self, query: str, clock: Clock | None = None) -> str:
        return self.address(Placement.RESOURCE, query, clock)

    def numbered(self, posts: Posts) -> dict[str, Any]:
        count, exact = posts.count
        return {"count": count, "countExact": exact, "url": self.posts(posts.query)}

    @staticmethod
    def key(post: Placement) -> dict[str, Any]:
        return {"key": post.key, "stage": post.stage, "stageCertain": post.stage_certain}

    def country(self, entry: CountryCoverage) -> dict[str, Any]:
        country = entry.country
        stages = Placement.ladder.every_stage
        return {
            "country": country.code,
            "nameNl": country.name_nl,
            "nameEn": country.name_en,
            "has": entry.has.value,
            "certain": entry.certain,
            "since": entry.since and entry.since.as_object(),
            **{
                role: {
                    "activeCertain": entry.counts[role, "active", True],
                    "byStage": {stage: number for stage in stages if (number := entry.number(role, stage))},
                    "url": self.posts(self.gaps.posts(f"country={country.code}&countryRole={role}").query),
                }
                for role in ROLES
            },
        }

    def ends(self, succeeded: str) -> dict[str, Any]:
        ends = self.gaps.ends[succeeded]
        return {
            "count": ends.count,
            "url": self.posts(ends.posts.query),
            "results": [
                self.key(post)
                | {
                    "plannedEnd": post.planned_end and post.planned_end.as_object(),
                    "successor": post.successor and post.successor.key,
                }
                for post in ends.first
            ],
        }

    def comparison(self, one: network.FigureComparison) -> dict[str, Any]:
        figure = one.figure
        return {
            "figure": figure.key,
            "url": self.request.build_absolute_uri(reverse("api:figures-detail", args=[figure.key])),
            "why": str(one.meaning.why),
            "counts": one.meaning.counts or None,
            "asKnownNow": self.tally(one, one.now),
            "asKnownThen": self.tally(one, one.then),
        }

    def tally(self, one: network.FigureComparison, tally: network.Tally | None) -> dict[str, Any] | None:
        if tally is None:
            return None
        clock = tally.clock
        return {
            "validOn": clock.valid_on.isoformat(),
            "knownOn": clock.known_on.isoformat(),
            "count": tally.count,
            "atLeast": bool(tally.present.unknown),
            "difference": one.difference(tally),
            "url": self.posts(tally.present.query, clock),
            "parts": [
                {"reason": p.name, "records": p.records, "count": p.count, "url": self.posts(p.query, clock)}
                for p in tally.parts
            ],
        }
