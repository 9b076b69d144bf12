"""The table of what was measured: each goal with what was found, and in words whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass

from .load import Times
from .measure import BY_ITSELF, FIRST, Size

TITLES = {
    "list": "list: country, validOn, sort",
    "pages": "page after a deep cursor",
    "search": "search word and country",
    "counts": "counts by country on a day",
    "counts-of-some": "counts by country, with a filter",
    "detail": "detail",
    "html": "list page in HTML",
    "csv": "full CSV",
    "unchanged": "unchanged answer (ETag)",
    "memory": "two workers under load",
}
LARGE = 100_000


@dataclass(frozen=True)
class Goal:
    question: str
    goal: str
    measured: str
    met: bool

    def words(self) -> str:
        return "met" if self.met else "NOT met"


def goals(size: Size) -> Iterator[Goal]:
    """The goals that one size can tell about."""
    times = size.times
    for name, first, again in (("list", 3, 20), ("search", 10 if size.rows >= LARGE else None, None), ("html", 1, 10)):
        for face, least in ((FIRST, first), ("register", again)):
            if name in times and least:
                goal = f"{'first' if face == FIRST else 'again'} at least {least} × as fast as plain"
                yield _at_least(name, goal, _ratio(times[name], "plain", face), least)
    if "pages" in times:
        goal = f"as the first page (within a quarter), at row {size.facts['depth']:,}"
        yield _at_most("pages", goal, _ratio(times["pages"], FIRST, "first page"), 1.25)
    if "csv" in times:
        yield _at_most("csv", "at most 1.5 × raw", _ratio(times["csv"], "register", "raw"), 1.5)
        first, grown = size.facts["first byte"] * 1000, size.facts["grown"]
        yield Goal("csv", "first byte under 50 ms", f"{first:.0f} ms", first < 50)
        yield Goal("csv", "memory grows by less than 16 MiB", f"{grown:.1f} MiB", grown < 16)
    if "memory" in size.facts:
        yield Goal("memory", "at most 220 MiB", f"{size.facts['memory']:.0f} MiB", size.facts["memory"] <= 220)


def growth(sizes: list[Size]) -> Iterator[Goal]:
    """The goals that compare the largest size with the smallest: the first answer, made anew."""
    if len(sizes) < 2:
        return
    small, large = min(sizes, key=lambda size: size.rows), max(sizes, key=lambda size: size.rows)
    for name, most in (("list", 1.5), ("search", 3), ("html", 1.5)):
        if name in small.times and name in large.times:
            ratio = _over(large.times[name][BY_ITSELF].p50, small.times[name][BY_ITSELF].p50)
            yield _at_most(name, f"at {large.rows:,} at most {most} × {small.rows:,}", ratio, most)


def _ratio(times: dict[str, Times], one: str, other: str) -> float:
    return _over(times[one].p50, times[other].p50)


def _over(one: float, other: float) -> float:
    return one / other if other else float("nan")


def _at_most(name: str, goal: str, ratio: float, most: float) -> Goal:
    return Goal(name, goal, f"{ratio:.2f} ×", ratio <= most)


def _at_least(name: str, goal: str, ratio: float, least: float) -> Goal:
    return Goal(name, goal, f"{ratio:.1f} ×", ratio >= least)


# --- as text -------------------------------------------------------------------------------------------------------

_HEAD = ("Question", "Face", "p50 ms", "p95 ms", "req/s, 8 at once", "× raw", "× plain")
_GOALS = ("Question", "Goal", "Measured", "Goal is")


def _rows(size: Size) -> Iterator[tuple[str, ...]]:
    for name, times in size.times.items():
        for face, found in times.items():
            against = [
                f"{_over(found.p50, times[other].p50):.2f}" if other in times and other != face else ""
                for other in ("raw", "plain")
            ]
            a_second = f"{found.a_second:.1f}" if found.together else ""
            first = TITLES[name] if face == "register" else ""
            yield first, face, f"{found.p50 * 1000:.1f}", f"{found.p95 * 1000:.1f}", a_second, *against


def _goal_rows(found: Iterator[Goal]) -> list[tuple[str, ...]]:
    return [(TITLES[goal.question], goal.goal, goal.measured, goal.words()) for goal in found]


def told(size: Size, markdown: bool) -> str:
    title = f"{size.rows:,} placements"
    parts = [f"### {title}" if markdown else title]
    parts += [_table(_HEAD, list(_rows(size)), markdown), _table(_GOALS, _goal_rows(goals(size)), markdown)]
    parts += [f"✗ {fault}" for fault in size.faults]
    return "\n\n".join(part for part in parts if part)


def told_of_growth(sizes: list[Size], markdown: bool) -> str:
    rows = _goal_rows(growth(sizes))
    title = "From the smallest to the largest"
    return "\n\n".join([f"### {title}" if markdown else title, _table(_GOALS, rows, markdown)]) if rows else ""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]], markdown: bool) -> str:
    if not rows:
        return ""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    if markdown:
        lines = [head, tuple("-" * width for width in widths), *rows]
        return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)
    lines = [head, tuple("─" * width for width in widths), *rows]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
