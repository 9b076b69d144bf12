"""Where countries lie on the map: the table that `script/map` makes. It need not know every country of the register."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _map() -> dict[str, Any]:
    return json.loads((Path(__file__).parents[1] / "data" / "map.json").read_text("utf-8"))


def places() -> dict[str, dict[str, float]]:
    """What the map knows of each country by its code: its place and size on the drawing, and a point on the earth."""
    return _map()["places"]


def cut_outs() -> dict[str, str]:
    """The parts of the map that are shown, each as the box of its drawing."""
    return _map()["views"]
