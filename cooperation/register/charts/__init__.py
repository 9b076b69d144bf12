"""Charts as SVG: laid out here, drawn by templates."""

from .bars import MOST_BARS, bars, columns, legend, stage_bar
from .map import CountryOnMap, World, world
from .strip import Strip, strip, strip_sentence

__all__ = [
    "MOST_BARS",
    "CountryOnMap",
    "Strip",
    "World",
    "bars",
    "columns",
    "legend",
    "stage_bar",
    "strip",
    "strip_sentence",
    "world",
]
