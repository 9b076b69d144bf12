"""Where the names of countries stand on a map: in the country, or beside it with a line, and never over each other.

A view is drawn on many widths, and its names are as large on each: so places are percentages of the view, and a name is
shown from the width on for which it was found to have room.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import hypot

from django.utils.html import format_html
from django.utils.safestring import SafeString

LETTER = 6.2  # pixels that a letter takes on average, in the size that the style sheet gives to names
MARGIN = 8  # pixels that a name keeps free at its sides
LINE = 15  # pixels of height of a name in its country, where the country itself can be hit
TARGET = 24  # pixels of height of a name beside its country, which is what one hits (WCAG 2.5.8)
DOT = 8  # pixels between the points of a line that are held against other names
DISTANCES = (20, 32, 46, 62, 80)  # pixels from a country to the middle of its name, nearest first
DIRECTIONS = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.7), (-0.8, -0.7), (0.8, 0.7), (-0.8, 0.7))


@dataclass(frozen=True)
class Place:
    """A country in a view: the point for its name and its size as parts of the width, and what it can be called."""

    code: str
    x: float
    y: float
    size: float
    names: tuple[str, ...]  # the best first; a shorter one where that finds no room


@dataclass(frozen=True)
class Label:
    """A name with its middle in percentages of the view, its box in pixels around that, and its line to the country.

    `shown_from` is the width of the view from which on there is room for it.
    """

    code: str
    text: str
    x: str
    y: str
    left: int
    top: int
    shown_from: int
    from_x: str = ""
    from_y: str = ""

    @property
    def width(self) -> int:
        return -2 * self.left

    @property
    def height(self) -> int:
        return -2 * self.top

    @cached_property
    def line(self) -> SafeString:
        """The line from the country to its name, where that stands beside it."""
        if not self.from_x:
            return SafeString()
        drawn = '<line x1="{}" y1="{}" x2="{}" y2="{}"/>'
        return format_html(drawn, self.from_x, self.from_y, self.x, self.y)

    @cached_property
    def name(self) -> SafeString:
        """The name, on what one can hit."""
        css = "map__beside" if self.from_x else ""
        drawn = '<svg x="{}" y="{}"><rect class="{}" x="{}" y="{}" width="{}" height="{}"/><text>{}</text></svg>'
        return format_html(drawn, self.x, self.y, css, self.left, self.top, self.width, self.height, self.text)


@dataclass(frozen=True)
class Box:
    """A rectangle by its middle and half its sides, in pixels."""

    x: float
    y: float
    half_width: float
    half_height: float

    def meets(self, other: "Box") -> bool:
        return (
            abs(self.x - other.x) < self.half_width + other.half_width
            and abs(self.y - other.y) < self.half_height + other.half_height
        )

    def lies_in(self, other: "Box") -> bool:
        return (
            abs(self.x - other.x) + self.half_width <= other.half_width
            and abs(self.y - other.y) + self.half_height <= other.half_height
        )

    def moved(self, factor: float) -> "Box":
        """The same on a view of another width: its middle moves, its size stays."""
        return Box(self.x * factor, self.y * factor, self.half_width, self.half_height)

    def line_to(self, other: "Box") -> "list[Box]":
        """The line between their middles, as far as it lies outside the other, as a row of dots."""
        number = max(1, int(hypot(other.x - self.x, other.y - self.y) / DOT))
        steps = (step / number for step in range(1, number))
        dots = [Box(self.x + (other.x - self.x) * s, self.y + (other.y - self.y) * s, 1, 1) for s in steps]
        return [dot for dot in dots if not dot.meets(other)]


@lru_cache(200)
def labels(widths: tuple[int, ...], height: float, places: tuple[Place, ...], heading: str) -> tuple[Label, ...]:
    """A name for each of these places that finds room, in this order of importance.

    `widths` are those for which room is sought, the smallest first, `height` is a part of the width; `heading` stands
    in the first corner. Names that fit on the smallest have the first choice; what finds no room there may on a wider
    one.
    """
    found: dict[str, Label] = {}
    names: list[Box] = []
    lines: list[Box] = []
    for number, width in enumerate(widths):
        if number:
            factor = width / widths[number - 1]
            names, lines = [box.moved(factor) for box in names], [box.moved(factor) for box in lines]
        view = Box(width / 2, width * height / 2, width / 2, width * height / 2)
        corner = Box(0, 0, len(heading) * LETTER * 1.1 + 2 * MARGIN, TARGET) if heading else Box(0, 0, 0, 0)
        points = {place.code: Box(place.x * width, place.y * width, 4, 4) for place in places}
        for place in places:
            if place.code in found:
                continue
            own = points[place.code]
            taken = [corner, *names, *lines, *(point for code, point in points.items() if code != place.code)]
            for text, box in _candidates(place, own, width):
                line = own.line_to(box)
                if (
                    box.lies_in(view)
                    and not any(box.meets(other) for other in taken)
                    and not any(dot.meets(other) for dot in line for other in names)
                ):
                    names.append(box)
                    lines += line
                    found[place.code] = _label(place, text, box, own, view, width)
                    break
    return tuple(found[place.code] for place in places if place.code in found)


def _candidates(place: Place, own: Box, width: int) -> Iterator[tuple[str, Box]]:
    """Where its names could stand, the best first: in it where it is large enough to hit, else around it."""
    is_large = place.size * width >= TARGET
    half_height = (LINE if is_large else TARGET) / 2
    for text in place.names:
        half_width = max(len(text) * LETTER + MARGIN, TARGET) / 2
        if is_large:
            for across, down in ((0, 0), (0, 9), (0, -9), (12, 0), (-12, 0)):
                yield text, Box(own.x + across, own.y + down, half_width, half_height)
        for distance in DISTANCES:
            for across, down in DIRECTIONS:
                # Beside a country a name begins where the line ends; above and below the line ends in its middle.
                x = own.x + across * (distance + half_width - 10)
                yield text, Box(x, own.y + down * distance, half_width, half_height)


def _label(place: Place, text: str, box: Box, own: Box, view: Box, width: int) -> Label:
    high, wide = 2 * view.half_height, 2 * view.half_width
    away = hypot(box.x - own.x, box.y - own.y) > LINE
    return Label(
        place.code,
        text,
        x=f"{box.x / wide:.1%}",
        y=f"{box.y / high:.1%}",
        left=-round(box.half_width),
        top=-round(box.half_height),
        shown_from=width,
        from_x=f"{own.x / wide:.1%}" if away else "",
        from_y=f"{own.y / high:.1%}" if away else "",
    )
