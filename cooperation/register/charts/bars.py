"""Bars and columns: how many there are of what, and how many were there in which year."""

from collections.abc import Callable
from typing import Any

from ..display.badges import MARKS
from ..lists.choices import kinds_in, stages_in
from ..models import Instrument

MOST_BARS = 100  # more of them nobody reads; all of them are in the API
MOST_YEARS = 60  # columns that a screen can hold; the latest
HEIGHT = 160  # of the columns, in pixels


def stage_bar(kind: type[Instrument], counts: dict[str, int], url: Callable[[str], str]) -> list[dict[str, Any]]:
    """A bar of stages: parts in the order of the ladder. `url` gives the address behind a stage."""
    parts = stage_parts(kind, counts, sum(counts.values()) or 1)
    return [part | {"url": url(part["stage"])} for part in parts]


def stage_parts(model: type[Instrument], counts: dict[str, int], whole: int) -> list[dict[str, Any]]:
    """How many are at which stage, as parts of a bar that is as long as `whole`."""
    parts, start = [], 0.0
    for stage, label in stages_in(model):
        if not (count := counts.get(stage)):
            continue
        width = count * 100 / whole
        parts.append(
            {
                "stage": stage,
                "label": str(label),
                "count": count,
                "css": _mark(model, stage),
                "x": f"{start:.2f}%",
                "width": f"{width:.2f}%",
                "wide": width > 6,  # room for the number
            }
        )
        start += width
    return parts


def _mark(model: type[Instrument], stage: str) -> str:
    """The mark of a stage, which is the same in every kind that has it."""
    return next(kind.ladder.marks[stage] for kind in kinds_in(model) if stage in kind.ladder.every_stage)


def bars(model: type[Instrument], groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A bar of stages for each group ({label, count, byStage, url}), all on one scale."""
    longest = max((group["count"] for group in groups), default=1)
    rows = []
    for group in groups[:MOST_BARS]:
        parts = stage_parts(model, group["byStage"], longest)
        words = ", ".join(f"{part['count']} {part['label']}" for part in parts)
        rows.append({**group, "parts": parts, "words": words})
    return rows


def legend(bars: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What the fills in these bars mean; stages of other names that are as far share one."""
    labels: dict[str, list[str]] = {}
    for bar in bars:
        for part in bar["parts"]:
            if part["label"] not in labels.setdefault(part["css"], []):
                labels[part["css"]].append(part["label"])
    return [{"css": css, "label": ", ".join(labels[css])} for css in MARKS if css in labels]


def columns(groups: list[dict[str, Any]]) -> dict[str, Any]:
    """A column for each year: what is certain below, what is only possible on top, a dot for how many started."""
    found = {int(group["value"]): group for group in groups}
    last = max(found)
    years = range(max(min(found), last - MOST_YEARS + 1), last + 1)
    most = max(group["certain"] + group["possible"] for group in found.values())
    step = _round_step(most)
    top = max(step, -(-most // step) * step)
    slot = 100 / len(years)
    drawn = []
    for place, year in enumerate(years):
        counts = found.get(year, {"certain": 0, "possible": 0, "started": 0})
        certain, possible = (counts[name] * HEIGHT / top for name in ("certain", "possible"))
        drawn.append(
            {
                "year": year,
                **{name: counts[name] for name in ("certain", "possible", "started")},
                "x": f"{place * slot + slot * 0.14:.2f}%",
                "width": f"{slot * 0.72:.2f}%",
                "middle": f"{(place + 0.5) * slot:.2f}%",
                "end": f"{(place + 0.86) * slot:.2f}%",
                "certain_y": f"{HEIGHT - certain:.1f}",
                "certain_height": f"{certain:.1f}",
                "possible_y": f"{HEIGHT - certain - possible:.1f}",
                "possible_height": f"{possible:.1f}",
                "started_y": f"{HEIGHT - counts['started'] * HEIGHT / top:.1f}",
            }
        )
    every = -(-len(years) // 8)
    return {
        "columns": drawn,
        "years": [column for column in drawn if (last - column["year"]) % every == 0],
        "grid": [{"label": n, "y": f"{HEIGHT - n * HEIGHT / top:.1f}"} for n in range(step, top + 1, step)],
        "height": HEIGHT,
        "cut": min(found) < years[0],
    }


def _round_step(most: int) -> int:
    """The distance between the lines behind columns: so round that there are at most five."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if most <= 5 * step:
                return step
        power *= 10
