"""What sources count of the whole network, against what the register counts on the same day.

A figure says what it counts in words only. `MEANINGS` is the one place that turns those words into a question to the
register, each with its reason; a figure that is not in it, or has no question, is shown as not comparable.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum, Value
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.clock import Clock
from cooperation.register.features import dashboard
from cooperation.register.models import CountryRole, Figure
from cooperation.register.models.queryset import in_force_on

from ..kind import PLACEMENTS

LIAISONS = ("liaison_officer", "flexible_liaison", "regional_liaison")


@dataclass(frozen=True)
class Meaning:
    """What a figure counts: these kinds of post within a question to the list, as posts, records or host countries."""

    why: str
    counts: str = ""  # empty: there is nothing in the register to compare it with
    kinds: tuple[str, ...] = ()
    query: str = ""


MEANINGS = {
    "netwerk-2017": Meaning(
        _("Liaisons of every kind that the police or the Marechaussee sends, by their number of posts."),
        "posts",
        LIAISONS,
        "organisation=politie,kmar",
    ),
    "ilo-2024": Meaning(
        _("Liaisons of every kind that the IND sends. The source counts since 2000, the register on one day."),
        "posts",
        LIAISONS,
        "organisation=ind",
    ),
    "latam-bureaus": Meaning(
        _("The register has no offices: a country in which a liaison sits counts as one."),
        "countries",
        LIAISONS,
        "group=latin-america&countryRole=host",
    ),
    "latam-verbindingsofficieren": Meaning(
        _("Liaisons of every kind that sit there. The source announces them; the register counts who was seen."),
        "posts",
        LIAISONS,
        "group=latin-america,caribbean&countryRole=host",
    ),
    "missielanden-2018": Meaning(
        _("Countries that host a post of the kind “mission”."), "countries", ("mission",), "countryRole=host"
    ),
    "missies-2022": Meaning(
        _("Records of the kind “mission”. The source counts a year, the register one day."), "records", ("mission",)
    ),
    "missies-2025": Meaning(_("The source counts people; the register holds posts, never people.")),
    "kmar-buitenland-2020": Meaning(_("The source counts staff of every sort, also without a post of their own.")),
    "plafond-missies-2008": Meaning(_("A ceiling, not a count.")),
}
UNKNOWN = Meaning(_("Nobody has laid down yet what in the register it can be held against."))


@dataclass(frozen=True)
class TallyPart:
    """Records that count, or nearly do, for one reason; behind the number is their list."""

    name: str
    reason: str
    records: int
    count: int  # in what the figure counts: posts, records or countries
    unknown: int  # of the records, those that do not say how many posts they are
    query: str  # what the list of placements is asked for these


@dataclass(frozen=True)
class Tally:
    """What the register counts on a pair of days (`active`), and by reason what that is made of or nearly counts."""

    clock: Clock
    active: TallyPart
    parts: list[TallyPart]

    @property
    def count(self) -> int:
        return self.active.count


@dataclass
class FigureComparison:
    """A figure beside the register: on the figure's own day, by what is known now and by what was known then."""

    figure: Figure
    meaning: Meaning
    now: Tally | None = None
    then: Tally | None = None

    def difference(self, tally: Tally) -> int:
        """How many more the register counts than the source (less than none: fewer); bounds leave room."""
        figure = self.figure
        low = figure.value if figure.value is not None else figure.min
        high = figure.value if figure.value is not None else figure.max
        if low is not None and tally.count < low:
            return tally.count - low
        return tally.count - high if high is not None and tally.count > high else 0


def comparisons(clock: Clock, user) -> list[FigureComparison]:
    """Every figure about the network (or an organisation's posts) that was known, the latest first."""
    figures = Figure.objects.visible_to(user).on(clock).select_related("source").filter(instrument=None)
    figures = figures.filter(Q(organisation=None) | Q(unit="posts"))
    found = [FigureComparison(figure, MEANINGS.get(figure.key, UNKNOWN)) for figure in figures]
    questions = [question for one in found if one.meaning.counts for question in _questions(one, clock, user)]
    for question, tally in zip(questions, _tallies(questions), strict=True):
        for side in question.sides:
            setattr(question.comparison, side, tally)
    return sorted(found, key=lambda one: (bool(one.now), day_of(one.figure)), reverse=True)


def day_of(figure: Figure) -> date:
    """The day on which the register is held against it: the last one that the source can mean."""
    return (figure.date or figure.period).last


@dataclass(frozen=True)
class TallyQuery:
    """What the register is asked for a figure on one pair of days."""

    comparison: FigureComparison
    sides: tuple[str, ...]  # of the comparison, what the answer is for
    clock: Clock
    posts: QuerySet


def _questions(one: FigureComparison, clock: Clock, user) -> Iterator[TallyQuery]:
    day = min(day_of(one.figure), Clock.on().valid_on)
    now, then = (Clock(day, known_on) for known_on in (clock.known_on, min(day, clock.known_on)))
    own = ExpressionWrapper(Q(kind__in=one.meaning.kinds), BooleanField())
    for on, sides in [(now, ("now", "then"))] if now == then else [(now, ("now",)), (then, ("then",))]:
        posts = dashboard.ask(PLACEMENTS.list_page, one.meaning.query, on, user).selection.order_by()
        yield TallyQuery(one, sides, on, posts.annotate(own=own))


# Why a record counts, or nearly does: what to ask the list for besides the figure's own question, and the same as a
# test of (stage, certain, of a kind that the figure counts).
REASONS = (
    ("certain", _("certainly active"), "stage=active&certain=true", {("active", True, True)}),
    ("possible", _("possibly active"), "stage=active&certain=false", {("active", False, True)}),
    ("unconfirmed", _("unconfirmed"), "stage=unconfirmed", {("unconfirmed", True, True), ("unconfirmed", False, True)}),
    ("notKnown", _("not known any more"), "stage=not_known", {("not_known", True, True), ("not_known", False, True)}),
    ("planned", _("planned"), "stage=planned", {("planned", True, True), ("planned", False, True)}),
    ("otherKind", _("active, of another kind"), "stage=active", {("active", True, False), ("active", False, False)}),
)
ACTIVE = ("active", _("active"), "stage=active", {("active", True, True), ("active", False, True)})


def _tallies(questions: list[TallyQuery]) -> Iterator[Tally]:
    """The answers, all of them in two statements."""
    groups: defaultdict[int, dict[tuple, list]] = defaultdict(dict)
    for place, stage, certain, own, *numbers in _all_of(questions, _counted):
        groups[place][stage, certain, own] = numbers
    hosts: defaultdict[int, defaultdict[tuple, set[str]]] = defaultdict(lambda: defaultdict(set))
    in_countries = [one if one.comparison.meaning.counts == "countries" else None for one in questions]
    for place, stage, certain, own, code in _all_of(in_countries, _sitting):
        hosts[place][stage, certain, own].add(code)
    for place, question in enumerate(questions):
        yield _tally(question, groups[place], hosts[place])


def _all_of(questions: list[TallyQuery | None], ask: Callable[[QuerySet, Clock], QuerySet]) -> QuerySet | list:
    """What is asked of each question, with its place among them, in one statement."""
    first, *others = [
        ask(one.posts.annotate(place=Value(place)), one.clock) for place, one in enumerate(questions) if one
    ] or [[]]
    return first.union(*others, all=True) if others else first


def _counted(posts: QuerySet, clock: Clock) -> QuerySet:
    numbers = {"records": Count("pk"), "known": Sum("posts", default=0), "unknown": Count("pk", filter=Q(posts=None))}
    return posts.values_list("place", "stage", "stage_certain", "own").annotate(**numbers)


def _sitting(posts: QuerySet, clock: Clock) -> QuerySet:
    """In which countries the posts sit."""
    sitting = posts.filter(countries__in=CountryRole.objects.filter(in_force_on(clock.valid_on), role="host"))
    return sitting.values_list("place", "stage", "stage_certain", "own", "countries__country").distinct()


def _tally(question: TallyQuery, groups: dict[tuple, list], hosts: dict[tuple, set[str]]) -> Tally:
    meaning = question.comparison.meaning

    def part(name, label, query, counted) -> TallyPart:
        numbers = [groups[key] for key in counted & groups.keys()]
        records, known, unknown = (sum(column) for column in zip(*numbers, strict=True)) if numbers else (0, 0, 0)
        # A record that does not say how many posts it is, is one at the least.
        count = {"records": records, "posts": known + unknown, "countries": len(_together(hosts, counted))}
        kinds = "kindNot" if name == "otherKind" else "kind"
        asked = "&".join(filter(None, (meaning.query, query, f"{kinds}={','.join(meaning.kinds)}")))
        return TallyPart(
            name, label, records, count[meaning.counts], unknown if meaning.counts == "posts" else 0, asked
        )

    parts = [found for reason in REASONS if (found := part(*reason)).records]
    return Tally(question.clock, part(*ACTIVE), parts)


def _together(hosts: dict[tuple, set[str]], keys: set[tuple]) -> set[str]:
    return set().union(*(hosts[key] for key in keys & hosts.keys()))
