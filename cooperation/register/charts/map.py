"""The map of the world, with what lies in each country."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..display.places import cut_outs
from ..display.places import places as places_on_map
from ..domain.clock import Clock
from ..models import Country
from ..templatetags.register import at
from .labels import TARGET, Place, labels

KINGDOM = ("AW", "CW", "SX", "BQ")  # islands of the Kingdom: where the map is enlarged, they can always be found
# The widths in pixels from which names are shown on a view: what has no room on the smallest may on a wider one.
WIDTHS = {"world": (640, 860), "europe": (340, 450), "caribbean": (280,), "around": (280,)}
CERTAINTY = ("host", "host-unconfirmed", "covered", "agreed", "some", "none")  # in the order in which names have room
SMALL = 4  # pixels: a smaller country is drawn as a dot
LINES = 150  # lines of coverage on a map: more of them hide the land, and each other


# What counts as a post in a country, beside every map and table that says so (`Ladder.present`).
POST_RULE = _(
    "A country has a post where one sits that is active or unconfirmed on the day; it is covered where only posts "
    "elsewhere serve it."
)


@dataclass
class CountryOnMap:
    """What the map shows of one country: posts there, posts elsewhere that serve it, agreements, other records.

    Posts that are planned are told apart, as is what ended or is not known any more (`past`): they are no post there.
    """

    host: int = 0
    active: int = 0
    covered: int = 0
    planned: int = 0
    past: int = 0
    agreed: int = 0
    other: int = 0
    covered_from: Counter[str] = field(default_factory=Counter)  # from which country, by how many posts

    @property
    def css(self) -> str:
        if self.host:
            return "host" if self.active else "host-unconfirmed"
        return "covered" if self.covered else "agreed" if self.agreed else "some" if self.is_named else "none"

    @property
    def is_named(self) -> bool:
        """Whether any other record concerns it: one of another kind, or a post that is not there, or not any more."""
        return bool(self.other or self.planned or self.past)


@dataclass(frozen=True)
class World:
    """The map of the world with what lies in each country; views are cut-outs of it.

    What lies in a country that the drawing does not have is listed beside it.
    """

    views: list[dict]
    has_posts: bool
    places: list[dict]
    beside: list[dict]
    legend: list[dict]
    lines: str
    table_url: str
    sentence: str
    rule: str


def world(
    counts: dict[str, CountryOnMap], *, clock: Clock, table_url: str, around: Country | None = None
) -> World | None:
    """The map for these counts by country code; behind each country is its page.

    The whole world with two parts enlarged; or only what lies `around` one country.
    """
    known = places_on_map()
    if around and around.code not in known:
        return None
    if not around and counts:
        counts = {code: CountryOnMap() for code in KINGDOM} | counts
    countries = {around.code: around} if around else Country.objects.in_bulk(counts)
    if not countries:
        return None
    in_order = sorted(countries, key=lambda code: countries[code].name)
    linked = [_linked(countries[code], counts[code], clock) for code in in_order]
    places = [place | _drawn(known[place["code"]]) for place in linked if place["code"] in known]
    styles = {
        "host": _t("certain: a post there, at least one active"),
        "host-unconfirmed": _t("possible: a post there, unconfirmed"),
        "covered": _t("only covered from elsewhere"),
        "agreed": _t("no post known there, an MoU"),
        "some": _t("no post known there; other instruments"),
    }
    legend = [
        {"css": css, "label": label, "count": count}
        for css, label in styles.items()
        if (count := sum(1 for place in linked if place["css"] == css))
    ]
    if around:
        views = [_view("around", around.name, Part.of(_surroundings(around.code)), places)]
    else:
        names = {"world": _t("World"), "europe": _t("Europe, enlarged"), "caribbean": _t("Caribbean, enlarged")}
        parts = {view: Part.of(cut_outs()[view]) for view in names}
        enlarged = [part for view, part in parts.items() if view != "world"]
        views = [
            _view(view, name, parts[view], places, enlarged if view == "world" else []) for view, name in names.items()
        ]
    pairs = _pairs(counts)
    return World(
        views=views,
        has_posts=any(place["posts"] for place in places),
        places=places,
        beside=[place for place in linked if place["code"] not in known and place["css"] != "none"],
        legend=legend,
        lines=_lines(pairs),
        table_url=table_url,
        sentence=_sentence(counts, pairs),
        rule=str(POST_RULE) if any(on_map.host or on_map.covered for on_map in counts.values()) else "",
    )


def _linked(country: Country, on_map: CountryOnMap, clock: Clock) -> dict[str, Any]:
    """A country with what lies in it, as a link to its page."""
    return {
        "code": country.code,
        "name": country.name,
        "url": at(country.get_absolute_url(), clock),
        "title": f"{country.name}: {_words(on_map)}",
        "css": on_map.css,
        "posts": on_map.host,
    }


def _drawn(place: dict[str, float]) -> dict[str, Any]:
    """Where a country lies on the drawing: as text, so that no language writes a comma into it."""
    return {"x": str(place["x"]), "y": str(place["y"]), "size": place["size"]}


@dataclass(frozen=True)
class Part:
    """A cut-out of the map, in its units."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, viewbox: str) -> "Part":
        return cls(*map(float, viewbox.split()))

    @property
    def viewbox(self) -> str:
        return f"{self.x:g} {self.y:g} {self.width:g} {self.height:g}"

    def holds(self, place: dict, margin: float = 0) -> bool:
        """Whether the point of a country lies in it, or so far outside."""
        across, down = float(place["x"]) - self.x, float(place["y"]) - self.y
        return -margin <= across <= self.width + margin and -margin <= down <= self.height + margin


def _view(view: str, label: str, part: Part, places: list[dict], enlarged: Sequence[Part] = ()) -> dict:
    """A cut-out of the map with the countries that reach into it, those that are `enlarged` elsewhere without names."""
    widths = WIDTHS[view]
    scale = widths[0] / part.width
    shown = [
        {
            **place,
            "small": place["size"] * scale < SMALL or place["css"] == "none",
            "is_here": part.holds(place) and not any(other.holds(place) for other in enlarged),
        }
        for place in places
        if (place["css"] != "none" if view == "world" else part.holds(place, margin=place["size"]))
    ]
    here = [place for place in shown if place["is_here"]]
    found = labels(
        widths,
        part.height / part.width,
        tuple(
            Place(
                place["code"],
                x=(float(place["x"]) - part.x) / part.width,
                y=(float(place["y"]) - part.y) / part.width,
                size=place["size"] / part.width,
                names=tuple(f"{name} {place['posts'] or ''}".strip() for name in (place["name"], place["code"])),
            )
            for place in sorted(here, key=lambda place: _by_need_of_a_name(place, scale))
        ),
        label if view in ("europe", "caribbean") else "",
    )
    urls = {place["code"]: place["url"] for place in places}
    return {
        "id": view,
        "label": label,
        "viewbox": part.viewbox,
        "places": shown,
        "labels": [{"label": one, "url": urls[one.code]} for one in found],
    }


def _by_need_of_a_name(place: dict, scale: float) -> tuple:
    """Countries with posts come first, and of these the small ones: without a name beside them they are hard to hit."""
    return not place["posts"], place["size"] * scale >= TARGET, -place["posts"], CERTAINTY.index(place["css"])


def _surroundings(code: str) -> str:
    """The part of the map around a country: itself, and as much again on every side."""
    place = places_on_map()[code]
    width = max(90.0, place["size"] * 2.5)
    height = width * 0.75
    return f"{place['x'] - width / 2:.1f} {place['y'] - height / 2:.1f} {width:.1f} {height:.1f}"


def _pairs(counts: dict[str, CountryOnMap]) -> list[tuple[str, str]]:
    """From which country to which there is coverage; that by most posts first."""
    posts = {
        (host, code): number
        for code, on_map in counts.items()
        for host, number in on_map.covered_from.items()
        if host != code
    }
    return sorted(posts, key=lambda pair: (-posts[pair], pair))


def _lines(pairs: list[tuple[str, str]]) -> str:
    """From where a country is covered to the country, all in one path."""
    places = places_on_map()
    ends = ((places[host], places[code]) for host, code in pairs[:LINES] if host in places and code in places)
    return "".join(f"M{a['x']} {a['y']}L{b['x']} {b['y']}" for a, b in ends)


def _words(on_map: CountryOnMap) -> str:
    parts = []
    if on_map.host:
        parts.append(ngettext("%d post there", "%d posts there", on_map.host) % on_map.host)
    if on_map.covered:
        parts.append(ngettext("covered by %d post", "covered by %d posts", on_map.covered) % on_map.covered)
    if on_map.planned:
        parts.append(ngettext("%d post planned", "%d posts planned", on_map.planned) % on_map.planned)
    if on_map.agreed:
        parts.append(ngettext("%d MoU", "%d MoUs", on_map.agreed) % on_map.agreed)
    if on_map.other:
        parts.append(ngettext("%d other instrument", "%d other instruments", on_map.other) % on_map.other)
    if on_map.past:
        words = ngettext("%d ended or not known any more", "%d ended or not known any more", on_map.past)
        parts.append(words % on_map.past)
    return ", ".join(parts) or _t("nothing on this day")


def posts_in_words(hosts: int, covered: int) -> str:
    """In how many countries there is a post, and how many more are covered; empty where none is."""
    if not covered:
        return ngettext("A post in %d country.", "Posts in %d countries.", hosts) % hosts if hosts else ""
    if not hosts:
        return (
            ngettext("%d country only covered from elsewhere.", "%d countries only covered from elsewhere.", covered)
            % covered
        )
    words = ngettext(
        "A post in %(hosts)d country, %(covered)d more only covered from elsewhere.",
        "Posts in %(hosts)d countries, %(covered)d more only covered from elsewhere.",
        hosts,
    )
    return words % {"hosts": hosts, "covered": covered}


def _sentence(counts: dict[str, CountryOnMap], pairs: list[tuple[str, str]]) -> str:
    hosts = sum(1 for on_map in counts.values() if on_map.host)
    covered = sum(1 for on_map in counts.values() if on_map.covered and not on_map.host)
    words = posts_in_words(hosts, covered)
    if len(pairs) > LINES:
        drawn = _t("Of the %(all)d lines of coverage the %(drawn)d with most posts are drawn.")
        words += " " + drawn % {"all": len(pairs), "drawn": LINES}
    return words
