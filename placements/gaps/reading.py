"""The answer to a question about gaps, for a page and for the API. Every number is that of a list which it names."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count
from django.http import QueryDict

from cooperation.register.domain.clock import Clock, months_after, months_before
from cooperation.register.features import dashboard
from cooperation.register.features.search import SearchPage
from cooperation.register.lists.params import FORMATS, ParamError
from cooperation.register.lists.query import ListQuery
from cooperation.register.models import Country, kinds

from .. import network
from ..columns import PLACEMENT_COLUMNS
from ..kind import PLACEMENTS
from ..models import Placement
from .coverage import CountryCoverage, coverage
from .filters import GapFilter

MOST = 50  # posts that are named; the list behind the number has them all


def ask(params: QueryDict, user, words: str, **more) -> ListQuery:
    """The question of an address. `words` says in a sentence that gaps themselves have no export."""
    question = ListQuery(Country.objects.all(), GapFilter, PLACEMENT_COLUMNS, params, user, **more)
    if params.get("format") in set(FORMATS) - {"html"}:
        question.faults.append(ParamError("format", "invalid_choice", words))
    return question


@dataclass(frozen=True)
class Posts:
    """Posts that a list shows: the question to it, how many there are, the first of them."""

    query: str
    clock: Clock
    user: object

    @cached_property
    def question(self) -> ListQuery:
        return dashboard.ask(PLACEMENTS.list_page, self.query, self.clock, self.user)

    @cached_property
    def count(self) -> tuple[int, bool]:
        """How many, and whether that is exact, as on the list itself."""
        return self.question.count()

    def first(self) -> list[Placement]:
        return self.question.rows[:MOST].fetch(self.clock, self.user)


@dataclass(frozen=True)
class Ends:
    """Planned ends with or without a successor: the list that shows them, how many, and the first of them."""

    posts: Posts
    count: int | None  # None: too many to tell
    first: list[Placement]


class Gaps:
    """Everything that is missing, on the clock and for the reader of a question."""

    def __init__(self, question: ListQuery):
        self.clock, self.user, self.filter = question.clock, question.user, question.filterset
        self.countries = question.selection

    def posts(self, *parts: str) -> Posts:
        """Of the posts that count for this question, those that a list shows for these parts of an address."""
        return Posts("&".join(filter(None, (*parts, self.filter.posts))), self.clock, self.user)

    # --- countries with and without a post ---------------------------------------------------------------------------

    @cached_property
    def coverage(self) -> list[CountryCoverage]:
        return coverage(self.posts().question.selection, self.countries, self.clock)

    @cached_property
    def counted(self) -> Counter[str]:
        """How many countries have a post, are only covered, or what else is known of them."""
        return Counter(entry.has.value for entry in self.coverage)

    def present(self) -> Posts:
        return self.posts(self.filter.places, f"stage={','.join(Placement.ladder.present)}")

    # --- ends without a successor ------------------------------------------------------------------------------------

    @property
    def until(self) -> date:
        return months_after(self.clock.valid_on, self.filter.months("withinMonths"))

    def ending(self, *parts: str) -> Posts:
        """Posts whose planned end comes within the months of the question."""
        return self.posts(self.filter.places, f"endingBy={self.until}", *parts, "sort=plannedEnd,title")

    @cached_property
    def ends(self) -> dict[str, Ends]:
        """Those that no other post follows up (`false`), and those that one does (`true`).

        What follows up what costs a search among all posts for each end. It is asked once, and only where all of them
        can be named; of more, the number is not told (`count` is None) until the question is narrower.
        """
        asked = {succeeded: self.ending(f"succeeded={succeeded}") for succeeded in ("false", "true")}
        everything = self.ending()
        if everything.count[0] > MOST:
            return {name: Ends(posts, None, []) for name, posts in asked.items()}
        found = self._with_successor(everything) if everything.count[0] else []
        split = {name: [post for post in found if bool(post.successor) == (name == "true")] for name in asked}
        return {name: Ends(posts, len(split[name]), split[name]) for name, posts in asked.items()}

    def _with_successor(self, posts: Posts) -> list[Placement]:
        """The first of these, each with its `successor` or None."""
        rows = posts.question.rows.with_successor(self.clock, self.user)
        found = rows[:MOST].fetch(self.clock, self.user, also=["successor_key"])
        keys = {post.successor_key for post in found} - {None}
        successors = Placement.objects.visible_to(self.user).on(self.clock).filter(key__in=keys) if keys else []
        by_key = {post.key: post for post in successors}
        for post in found:
            post.successor = by_key.get(post.successor_key)
        return found

    # --- posts that nobody has seen ----------------------------------------------------------------------------------

    @property
    def since(self) -> date:
        return months_before(self.clock.valid_on, self.filter.months("unconfirmedMonths"))

    def unconfirmed(self) -> Posts:
        return self.posts(self.filter.places, f"notSeenSince={self.since}", "sort=lastEvidence,title")

    def not_known(self) -> Posts:
        return self.posts(self.filter.places, "stage=not_known")

    # --- what sources count, and what is agreed where no post is known -----------------------------------------------

    @cached_property
    def comparisons(self) -> list[network.FigureComparison]:
        return network.comparisons(PLACEMENTS.list_page, self.clock, self.user)

    @cached_property
    def agreed(self) -> list[tuple[str, int, str]]:
        """Records of other kinds with a partner where no post is known, as (kind, how many, what to ask its list)."""
        posts = Placement.RESOURCE
        parts = (self.filter.places, self.filter.part("theme"), f"countryRole=partner&countryWithout={posts}")
        query = "&".join(filter(None, parts))
        records = dashboard.ask(SearchPage, f"{query}&resourceNot={posts}", self.clock, self.user).selection
        counts = dict(records.order_by().values_list("resource").annotate(count=Count("pk")))
        return [(name, counts[name], query) for name in kinds() if name in counts]
