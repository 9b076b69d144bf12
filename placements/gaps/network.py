"""What sources count of the whole network, against what the register counts on the same day.

A figure says what it counts in words only. `MEANINGS` is the one place that turns those words into a question to the
register, each with its reason; a figure that is not in it, or has no question, is shown as not comparable.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum
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
class Part:
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
    active: Part
    parts: list[Part]

    @property
    def count(self) -> int:
        return self.active.count


@dataclass
class Comparison:
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


def comparisons(clock: Clock, user) -> list[Comparison]:
    """Every figure about the network (or an organisation's posts) that was known, the latest first."""
    figures = Figure.objects.visible_to(user).on(clock).select_related("source").filter(instrument=None)
    figures = figures.filter(Q(organisation=None) | Q(unit="posts"))
    found = [_comparison(figure, clock, user) for figure in figures]
    return sorted(found, key=lambda one: (bool(one.now), day_of(one.figure)), reverse=True)


def day_of(figure: Figure) -> date:
    """The day on which the register is held against it: the last one that the source can mean."""
    return (figure.date or figure.period).last


def _comparison(figure: Figure, clock: Clock, user) -> Comparison:
    meaning = MEANINGS.get(figure.key, UNKNOWN)
    if not meaning.counts:
        return Comparison(figure, meaning)
    day = min(day_of(figure), Clock.on().valid_on)
    now, then = (Clock(day, known_on) for known_on in (clock.known_on, min(day, clock.known_on)))
    tally = _tally(meaning, now, user)
    return Comparison(figure, meaning, tally, tally if now == then else _tally(meaning, then, user))


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


def _tally(meaning: Meaning, clock: Clock, user) -> Tally:
    posts = dashboard.ask(PLACEMENTS.list_page, meaning.query, clock, user).selection.order_by()
    posts = posts.annotate(own=ExpressionWrapper(Q(kind__in=meaning.kinds), BooleanField()))
    groups = {(stage, certain, own): numbers for stage, certain, own, *numbers in _groups(posts)}
    hosts = _hosts(posts, clock) if meaning.counts == "countries" else {}

    def part(name, label, query, counted) -> Part:
        numbers = [groups[key] for key in counted & groups.keys()]
        records, known, unknown = (sum(column) for column in zip(*numbers, strict=True)) if numbers else (0, 0, 0)
        # A record that does not say how many posts it is, is one at the least.
        count = {"records": records, "posts": known + unknown, "countries": len(_together(hosts, counted))}
        kinds = "kindNot" if name == "otherKind" else "kind"
        asked = "&".join(filter(None, (meaning.query, query, f"{kinds}={','.join(meaning.kinds)}")))
        return Part(name, label, records, count[meaning.counts], unknown if meaning.counts == "posts" else 0, asked)

    return Tally(clock, part(*ACTIVE), [found for reason in REASONS if (found := part(*reason)).records])


def _groups(posts):
    numbers = {"records": Count("pk"), "known": Sum("posts", default=0), "unknown": Count("pk", filter=Q(posts=None))}
    return posts.values_list("stage", "stage_certain", "own").annotate(**numbers)


def _hosts(posts, clock: Clock) -> dict[tuple, set[str]]:
    """In which countries the posts of each group sit."""
    hosts: defaultdict[tuple, set[str]] = defaultdict(set)
    sitting = posts.filter(countries__in=CountryRole.objects.filter(in_force_on(clock.valid_on), role="host"))
    for *key, code in sitting.values_list("stage", "stage_certain", "own", "countries__country").distinct():
        hosts[tuple(key)].add(code)
    return hosts


def _together(hosts: dict[tuple, set[str]], keys: set[tuple]) -> set[str]:
    return set().union(*(hosts[key] for key in keys & hosts.keys()))
