"""Layouts: the ways in which a list page shows what it found, by the word that `view` has for each."""

from .base import Layout
from .board import BoardLayout
from .changes import ChangesLayout
from .chart import ChartLayout
from .map import MapLayout
from .pivot import PivotLayout
from .strip import StripLayout
from .table import TableLayout

LAYOUTS: dict[str, type[Layout]] = {
    "table": TableLayout,
    "board": BoardLayout,
    "map": MapLayout,
    "chart": ChartLayout,
    "strip": StripLayout,
    "pivot": PivotLayout,
    "changes": ChangesLayout,
}
