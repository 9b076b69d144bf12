"""The table of what was measured: each goal with what was found, and in words whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .load import Times
from .measure import BY_ITSELF, Size

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
SMALL, LARGE = 10_000, 1_000_000


@dataclass(frozen=True)
class Goal:
    question: str
    goal: str
    measured: str
    met: bool | None
    rows: int = LARGE  # the size for which it was set

    def words(self, rows: int) -> str:
        """What came of it, at a size."""
        if self.met is False and rows != self.rows:
            return f"not met here; set for {self.rows:,}"
        return {True: "met", False: "NOT met", None: "not measured"}[self.met]


def goals(size: Size) -> Iterator[Goal]:
    """The goals that one size can tell about."""
    times = size.times
    for name, most in (("list", 6), ("search", 8), ("counts", 0.1), ("counts-of-some", 1), ("detail", 5), ("csv", 1.3)):
        if name in times:
            yield _at_most(name, f"at most {most} × raw", _ratio(times[name], "register", "raw"), most)
    if "list" in times:
        ratio = _over(times["list"]["register"].a_second, times["list"]["plain"].a_second)
        yield _at_least("list", "at least 8 × the requests a second of plain", ratio, 8)
    if "pages" in times:
        goal = f"as the first page (within a quarter), at row {size.facts['depth']:,}"
        yield _at_most("pages", goal, _ratio(times["pages"], "register", "first"), 1.25)
    if "search" in times:
        yield _at_least("search", "at least 20 × faster than plain", _ratio(times["search"], "plain", "register"), 20)
    if "html" in times:
        goal = _at_most("html", "at most a third of plain", _ratio(times["html"], "register", "plain"), 1 / 3)
        yield replace(goal, rows=SMALL)
    if "csv" in times:
        first, grown = size.facts["first byte"] * 1000, size.facts["grown"]
        yield Goal("csv", "first byte under 50 ms", f"{first:.0f} ms", first < 50)
        yield Goal("csv", "memory grows by less than 16 MiB", f"{grown:.1f} MiB", grown < 16)
    if "unchanged" in times:
        ratio = _over(times["unchanged"]["unchanged"].a_second, times["unchanged"]["register"].a_second)
        yield _at_least("unchanged", "at least 5 × the requests a second of the full one", ratio, 5)
    elif size.facts.get("etag") == "none":
        yield Goal("unchanged", "at least 5 × the requests a second of the full one", "no ETag is given", False)
    if "memory" in size.facts:
        yield Goal("memory", "at most 220 MiB", f"{size.facts['memory']:.0f} MiB", size.facts["memory"] <= 220)


def growth(sizes: list[Size]) -> Iterator[Goal]:
    """The goals that compare the largest size with the smallest."""
    if len(sizes) < 2:
        return
    small, large = min(sizes, key=lambda size: size.rows), max(sizes, key=lambda size: size.rows)
    for name, most in (("list", 1.5), ("search", 3), ("html", 2)):
        if name in small.times and name in large.times:
            ratio = _over(large.times[name][BY_ITSELF].p50, small.times[name][BY_ITSELF].p50)
            goal = _at_most(name, f"at {large.rows:,} at most {most} × {small.rows:,}", ratio, most)
            fitting = (small.rows, large.rows) == (SMALL, LARGE)
            yield goal if fitting else replace(goal, met=None)


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


def _goal_rows(found: Iterator[Goal], rows: int) -> list[tuple[str, ...]]:
    return [(TITLES[goal.question], goal.goal, goal.measured, goal.words(rows)) for goal in found]


def told(size: Size, markdown: bool) -> str:
    title = f"{size.rows:,} placements"
    parts = [f"### {title}" if markdown else title]
    parts += [_table(_HEAD, list(_rows(size)), markdown), _table(_GOALS, _goal_rows(goals(size), size.rows), markdown)]
    parts += [f"✗ {fault}" for fault in size.faults]
    return "\n\n".join(part for part in parts if part)


def told_of_growth(sizes: list[Size], markdown: bool) -> str:
    rows = _goal_rows(growth(sizes), LARGE)
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
