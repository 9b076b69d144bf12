"""Charts as SVG: the year strip and the world map, laid out here and drawn by templates."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from .clock import Clock
from .dates import EDTF
from .marks import StageMark
from .models import Country, Instrument, StageSpan
from .templatetags.register import at

KINGDOM = ("AW", "CW", "SX", "BQ")  # islands of the Kingdom: where the map is enlarged, they can always be found
FURTHEST_BACK = 40  # years that a strip looks back at the most
LINES = 150  # lines of coverage on a map: more of them hide the land, and each other


# --- the year strip --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strip:
    """Posts through the years: `x` and `width` are percentages of the breadth."""

    years: list[dict]
    now_x: str
    rows: list[dict]


def strip(records: list[Instrument], clock: Clock) -> Strip | None:
    """The stages of these records through the years, as known on the clock. None when there is nothing to draw."""
    spans = defaultdict(list)
    for span in StageSpan.objects.filter(instrument__in=[r.pk for r in records], known__contains=clock.known_on):
        spans[span.instrument_id].append(span)
    days = [day for drawn in spans.values() for span in drawn for day in (span.valid.lower, span.valid.upper) if day]
    if not days:
        return None
    near = [day.year for day in days if day.year <= clock.valid_on.year + 5]
    last_year = max([clock.valid_on.year, *near]) + 1
    first_year = max(min(min(days).year, clock.valid_on.year), last_year - FURTHEST_BACK)
    scale = _Scale(date(first_year, 1, 1), date(last_year, 1, 1) if last_year <= date.max.year else date.max)
    step = max(1, (last_year - first_year) // 6)
    return Strip(
        years=[{"label": str(year), "x": scale.x(date(year, 1, 1))} for year in range(first_year, last_year, step)],
        now_x=scale.x(clock.valid_on),
        rows=[_strip_row(record, spans[record.pk], scale) for record in records],
    )


class _Scale:
    def __init__(self, first: date, last: date):
        self.first, self.days = first, max((last - first).days, 1)

    def share(self, day: date | None, default: float) -> float:
        return default if day is None else min(100.0, max(0.0, (day - self.first).days * 100 / self.days))

    def x(self, day: date) -> str:
        return f"{self.share(day, 0):.2f}%"

    def bar(self, first: date | None, last: date | None) -> dict[str, str]:
        start, end = self.share(first, 0), self.share(last, 100)
        return {"x": f"{start:.2f}%", "width": f"{max(end - start, 0.15):.2f}%"}


def _strip_row(record: Instrument, spans: list[StageSpan], scale: _Scale) -> dict:
    ladder = record.ladder
    active, unconfirmed, planned = ladder.stages[1], ladder.stages[2], ladder.stages[0]
    looks = {
        (active, True): "certain",
        (active, False): "possible",
        (unconfirmed, True): "unconfirmed",
        (planned, True): "planned",
        (planned, False): "planned",
    }
    bars = [
        {**scale.bar(span.valid.lower, span.valid.upper), "kind": looks[span.stage, span.certain]}
        for span in sorted(spans, key=lambda span: span.valid.lower or date.min)
        if (span.stage, span.certain) in looks
    ]
    return {
        "label": record.title,
        "url": record.get_absolute_url(),
        "stage": StageMark.of(record),
        "bars": bars,
        "dots": [
            {"x": scale.x(_middle(milestone.date)), "title": milestone.date.words(short=True)}
            for milestone in record.known(*ladder.evidence)
        ],
        "ticks": [
            {"x": scale.x(_middle(milestone.date)), "title": milestone.date.words(short=True), "kind": milestone.kind}
            for milestone in record.known(*ladder.plan_ends, *ladder.ends)
        ],
        "sentence": strip_sentence(record, spans),
    }


def _middle(when: EDTF) -> date:
    if when.earliest and when.latest:
        return when.earliest + (when.latest - when.earliest) / 2
    return when.earliest or when.latest


def strip_sentence(record: Instrument, spans: list[StageSpan]) -> str:
    """The strip of one post in words."""
    words = []
    for span in sorted(spans, key=lambda span: span.valid.lower or date.min):
        mark = StageMark(type(record), span.stage, span.certain)
        since = span.valid.lower and EDTF(span.valid.lower.isoformat()).words(short=True)
        words.append(_t("%(stage)s from %(day)s") % {"stage": mark.words, "day": since} if since else mark.words)
    return "; ".join(words)


# --- the map ---------------------------------------------------------------------------------------------------------


@cache
def _shapes() -> dict:
    return json.loads((Path(__file__).parent / "data" / "map.json").read_text("utf-8"))


@dataclass
class CountryOnMap:
    """What the map shows of one country: posts there, posts elsewhere that serve it, agreements, other records."""

    host: int = 0
    active: int = 0
    covered: int = 0
    agreed: int = 0
    other: int = 0
    covered_from: Counter[str] = field(default_factory=Counter)  # from which country, by how many posts

    @property
    def css(self) -> str:
        if self.host:
            return "host" if self.active else "host-unconfirmed"
        return "covered" if self.covered else "agreed" if self.agreed else "some" if self.other else "none"


@dataclass(frozen=True)
class World:
    """The map of the world with what lies in each country; views are cut-outs of it."""

    views: list[dict]
    places: list[dict]
    legend: list[dict]
    lines: str
    table_url: str
    sentence: str


def world(counts: dict[str, CountryOnMap], *, clock: Clock, table_url: str, around: str = "") -> World | None:
    """The map for these counts by country code; behind each country is its page.

    The whole world with two parts enlarged; or only what lies `around` one country.
    """
    shapes = _shapes()
    if not around and counts:
        counts = {code: CountryOnMap() for code in KINGDOM} | counts
    countries = Country.objects.in_bulk(counts)
    if not countries:
        return None
    places = []
    for code in sorted(countries, key=lambda code: countries[code].name):
        name, on_map, place = countries[code].name, counts[code], shapes["places"][code]
        places.append(
            {
                "code": code,
                "name": name,
                "url": at(countries[code].get_absolute_url(), clock),
                "title": f"{name}: {_words(on_map)}",
                "css": on_map.css,
                "x": str(place["x"]),  # text, so that no language writes a comma into a drawing
                "y": str(place["y"]),
                "size": place["size"],
            }
        )
    labels = {
        "host": _t("post there, at least one active"),
        "host-unconfirmed": _t("post there, none known to be active"),
        "covered": _t("only covered from elsewhere"),
        "agreed": _t("no post, an MoU"),
        "some": _t("other records"),
    }
    legend = [
        {"css": css, "label": label, "count": count}
        for css, label in labels.items()
        if (count := sum(1 for place in places if place["css"] == css))
    ]
    if around:
        views = [_view("around", countries[around].name, _surroundings(around), 300, places)]
    else:
        names = {"world": _t("World"), "europe": _t("Europe, enlarged"), "caribbean": _t("Caribbean, enlarged")}
        views = [_view(view, name, shapes["views"][view], 380, places) for view, name in names.items()]
    pairs = _pairs(counts)
    return World(
        views=views,
        places=places,
        legend=legend,
        lines=_lines(pairs),
        table_url=table_url,
        sentence=_sentence(counts, pairs),
    )


def _view(view: str, label: str, viewbox: str, pixels: int, places: list[dict]) -> dict:
    """A cut-out of the map. A country smaller than four pixels on a screen of common width is drawn as a dot."""
    width = float(viewbox.split()[2])
    scale = (2 if view == "world" else 1) * pixels / width
    return {
        "id": view,
        "label": label,
        "viewbox": viewbox,
        "places": [
            {**place, "small": place["size"] * scale < 4 or place["css"] == "none"}
            for place in places
            if place["css"] != "none" or view != "world"
        ],
    }


def _surroundings(code: str) -> str:
    """The part of the map around a country: itself, and as much again on every side."""
    place = _shapes()["places"][code]
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
    places = _shapes()["places"]
    ends = ((places[host], places[code]) for host, code in pairs[:LINES])
    return "".join(f"M{a['x']} {a['y']}L{b['x']} {b['y']}" for a, b in ends)


def _words(on_map: CountryOnMap) -> str:
    parts = []
    if on_map.host:
        parts.append(ngettext("%d post there", "%d posts there", on_map.host) % on_map.host)
    if on_map.covered:
        parts.append(ngettext("covered by %d post", "covered by %d posts", on_map.covered) % on_map.covered)
    if on_map.agreed:
        parts.append(ngettext("%d MoU", "%d MoUs", on_map.agreed) % on_map.agreed)
    if on_map.other:
        parts.append(ngettext("%d other record", "%d other records", on_map.other) % on_map.other)
    return ", ".join(parts) or _t("nothing on this day")


def _sentence(counts: dict[str, CountryOnMap], pairs: list[tuple[str, str]]) -> str:
    hosts = sum(1 for on_map in counts.values() if on_map.host)
    covered = sum(1 for on_map in counts.values() if on_map.covered and not on_map.host)
    words = ngettext("Posts in %d country", "Posts in %d countries", hosts) % hosts
    if covered:
        words += ngettext(", %d more covered from elsewhere", ", %d more covered from elsewhere", covered) % covered
    words += "."
    if len(pairs) > LINES:
        drawn = _t("Of the %(all)d lines of coverage the %(drawn)d with most posts are drawn.")
        words += " " + drawn % {"all": len(pairs), "drawn": LINES}
    return words


def stage_bar(kind: type[Instrument], counts: dict[str, int], url) -> list[dict]:
    """A bar of stages: parts in the order of the ladder. `url` gives the address behind a stage."""
    total = sum(counts.values()) or 1
    parts, start = [], 0.0
    for stage in kind.ladder.every_stage:
        if not (count := counts.get(stage)):
            continue
        mark = StageMark(kind, stage)
        width = count * 100 / total
        css = "ended" if mark.is_end else f"step-{mark.level}" if mark.level else "possible"
        parts.append(
            {
                "label": mark.label,
                "count": count,
                "url": url(stage),
                "css": css,
                "x": f"{start:.2f}%",
                "width": f"{width:.2f}%",
                "wide": width > 6,  # room for the number
            }
        )
        start += width
    return parts
