"""What sources count of the whole network, against what the register counts on the same day.

A figure says what it counts in words only. `MEANINGS` is the one place that turns those words into a question to the
register, each with its reason; a figure that is not in it, or has no question, is shown as not comparable.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum, Value
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.clock import Clock
from cooperation.register.features import dashboard
from cooperation.register.lists.query import ListQuery
from cooperation.register.models import CountryRole, Figure
from cooperation.register.models.compiled import Statement
from cooperation.register.models.queryset import Reader, in_force_on
from cooperation.register.templatetags.register import at
from cooperation.register.views import ListPage
from cooperation.register.views.detail import figure_row

from .models import Placement

LIAISONS = ("liaison_officer", "flexible_liaison", "regional_liaison")


@dataclass(frozen=True)
class Meaning:
    """What a figure counts: these kinds of post within a question to the list, as posts, records or host countries."""

    why: str
    counts: str = ""  # empty: there is nothing in the register to compare it with
    kinds: tuple[str, ...] = ()
    query: str = ""
    is_total: bool = False  # whether it stands beside the list of all posts

    def answers(self, question: ListQuery) -> bool:
        """Whether it counts what a question to the list of placements asks for."""
        asked = {
            name: {str(value) for value, _words in values} for name, _label, values in question.filterset.in_words()
        }
        if not asked:
            return self.is_total
        own = {name: set(value.split(",")) for name, value in QueryDict(self.query).items()}
        return asked in (own, own | {"kind": set(self.kinds)})


MEANINGS = {
    "netwerk-2017": Meaning(
        _("Liaisons of every kind that the police or the Marechaussee sends, by their number of posts."),
        "posts",
        LIAISONS,
        "organisation=politie,kmar",
        is_total=True,
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
        _("Placements of the kind “mission”. The source counts a year, the register one day."), "records", ("mission",)
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
    """What the register counts on a pair of days (`present`), and by reason what that is made of or nearly counts."""

    clock: Clock
    present: TallyPart
    parts: list[TallyPart]

    @property
    def count(self) -> int:
        return self.present.count


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


def comparisons(
    page: type[ListPage], clock: Clock, user, *, keys: Iterable[str] | None = None, then: bool = True
) -> list[FigureComparison]:
    """Every figure about the network (or an organisation's posts) that was known, the latest first.

    `page` is the list of placements; `keys` are those of the figures to compare, where not all are asked for; `then`:
    whether also by what was known on its own day.
    """
    figures = Figure.objects.visible_to(user).on(clock).select_related("source").filter(instrument=None)
    figures = figures.filter(Q(organisation=None) | Q(unit="posts"))
    figures = figures if keys is None else figures.filter(key__in=keys)
    found = [FigureComparison(figure, MEANINGS.get(figure.key, UNKNOWN)) for figure in figures]
    questions = [
        question for one in found if one.meaning.counts for question in _questions(page, one, clock, user, then)
    ]
    for question, tally in zip(questions, _tallies(page, questions, user), strict=True):
        for side in question.sides:
            setattr(question.comparison, side, tally)
    return sorted(found, key=lambda one: (bool(one.now), day_of(one.figure)), reverse=True)


def beside(question: ListQuery, page: type[ListPage]) -> Iterator[SafeString]:
    """For a question to the list that sources have counted too: their numbers, each with that of the register."""
    keys = [key for key, meaning in MEANINGS.items() if meaning.counts and meaning.answers(question)]
    clock = question.clock
    for one in comparisons(page, clock, question.user, keys=keys, then=False) if keys else ():
        if day_of(one.figure) > clock.valid_on:  # of a later day than is asked about
            continue
        row = figure_row(one.figure)
        source = format_html('<a href="{}">{}</a>', at(one.figure.source.get_absolute_url(), clock), row["when"])
        words = _t("{label}: a source counts {value} {unit} ({source}).")
        yield format_html(words, **{**row, "source": source})
        yield known_of_them(one, page)


def known_of_them(one: FigureComparison, page: type[ListPage]) -> SafeString:
    """How many of what a source counts the register knows, on the day of the source; the number opens their list."""
    tally = one.now
    url = dashboard.address(page, tally.present.query, tally.clock)
    number = format_html('<a href="{}">{}</a>', url, tally.count)
    is_part = one.difference(tally) < 0
    words = (
        _t("The register knows {number} of them on that day.") if is_part else _t("The register knows {number} too.")
    )
    return format_html(words, number=number)


def beside_figures(page: type[ListPage], keys: Iterable[str], clock: Clock, user) -> dict[str, SafeString]:
    """The number of the register beside each of these figures that can be compared with it, by key."""
    keys = [key for key in keys if key in MEANINGS and MEANINGS[key].counts]
    found = comparisons(page, clock, user, keys=keys, then=False) if keys else ()
    return {one.figure.key: known_of_them(one, page) for one in found}


def day_of(figure: Figure) -> date:
    """The day on which the register is held against it: the last one that the source can mean."""
    return (figure.date or figure.period).last


@dataclass(frozen=True)
class TallyQuery:
    """What the register is asked for a figure on one pair of days."""

    comparison: FigureComparison
    sides: tuple[str, ...]  # of the comparison, what the answer is for
    asked: ListQuery

    @property
    def key(self) -> tuple[str, Clock]:
        """What its SQL follows from, besides who reads."""
        return self.comparison.figure.key, self.asked.clock


def _questions(page: type[ListPage], one: FigureComparison, clock: Clock, user, then_too: bool) -> Iterator[TallyQuery]:
    day = min(day_of(one.figure), Clock.on().valid_on)
    now, then = (Clock(day, known_on) for known_on in (clock.known_on, min(day, clock.known_on)))
    asked = [(now, ("now", "then"))] if now == then else [(now, ("now",)), (then, ("then",))]
    for on, sides in asked if then_too else asked[:1]:
        yield TallyQuery(one, sides, dashboard.ask(page, one.meaning.query, on, user))


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
# What the register counts: the posts that are there (`Ladder.present`).
PRESENT = (
    "present",
    _("active or unconfirmed"),
    f"stage={','.join(Placement.ladder.present)}",
    {(stage, certain, True) for stage in Placement.ladder.present for certain in (True, False)},
)


def _tallies(page: type[ListPage], questions: list[TallyQuery], user) -> Iterator[Tally]:
    """The answers, all of them in two statements."""
    sound = [(place, one) for place, one in enumerate(questions) if not one.asked.faults]
    counted, sitting = _statements(page, sound, Reader.of(user)) if sound else (None, None)
    groups: defaultdict[int, dict[tuple, list]] = defaultdict(dict)
    for place, stage, certain, own, *numbers in counted.rows() if counted else ():
        groups[place][stage, certain, own] = numbers
    hosts: defaultdict[int, defaultdict[tuple, set[str]]] = defaultdict(lambda: defaultdict(set))
    for place, stage, certain, own, code in sitting.rows() if sitting else ():
        hosts[place][stage, certain, own].add(code)
    for place, question in enumerate(questions):
        yield _tally(question, groups[place], hosts[place])


Statements = tuple[Statement, Statement | None]
_compiled: dict[tuple, Statements] = {}
MOST_COMPILED = 200


def _statements(page: type[ListPage], sound: list[tuple[int, TallyQuery]], reader: Reader) -> Statements:
    """What counts the posts of each question by its place, and where they sit: compiled once for a reader.

    To compile them takes Django several times as long as to ask them.
    """
    key = page, reader, *((place, *one.key) for place, one in sound)
    if key not in _compiled:
        if len(_compiled) >= MOST_COMPILED:
            _compiled.clear()
        _compiled[key] = _compile(sound)
    return _compiled[key]


def _compile(sound: list[tuple[int, TallyQuery]]) -> Statements:
    counted, sitting = [], []
    for place, one in sound:
        meaning = one.comparison.meaning
        own = ExpressionWrapper(Q(kind__in=meaning.kinds), BooleanField())
        posts = one.asked.selection.order_by().annotate(own=own, place=Value(place))
        counted.append(_counted(posts))
        if meaning.counts == "countries":
            sitting.append(_sitting(posts, one.asked.clock))
    return Statement.of_all(counted), Statement.of_all(sitting) if sitting else None


def _counted(posts: QuerySet) -> QuerySet:
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
    return Tally(question.asked.clock, part(*PRESENT), parts)


def _together(hosts: dict[tuple, set[str]], keys: set[tuple]) -> set[str]:
    return set().union(*(hosts[key] for key in keys & hosts.keys()))
