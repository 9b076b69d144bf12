"""Charts as SVG: laid out here, drawn by templates."""

from .bars import MOST_BARS, bars, columns, legend, stage_bar
from .map import POST_RULE, CountryOnMap, World, posts_in_words, world
from .strip import Strip, strip, strip_sentence

__all__ = [
    "MOST_BARS",
    "POST_RULE",
    "CountryOnMap",
    "Strip",
    "World",
    "bars",
    "columns",
    "legend",
    "posts_in_words",
    "stage_bar",
    "strip",
    "strip_sentence",
    "world",
]
