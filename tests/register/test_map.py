"""The map files: made by script/map/build.mjs, kept in the repository, relied on by every map of the register."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "cooperation" / "register" / "data"
SVG = ROOT / "static" / "map" / "world.svg"

# The register's own ground: too small for coarse maps, never to be lost when the map is made anew.
KINGDOM = {"NL", "AW", "CW", "SX", "BQ"}
NEIGHBOURHOOD = {
    "caribbean": {"AW", "CW", "SX", "BQ"},
    "europe": {"IS", "PT", "NL", "MT", "XK", "UA", "TR", "GE"},
}


def rectangle(text):
    x, y, width, height = map(float, text.split())
    assert width > 0
    assert height > 0
    return x, y, width, height


def inside(place, view):
    x, y, width, height = view
    return x <= place["x"] <= x + width and y <= place["y"] <= y + height


@pytest.fixture(scope="module")
def codes():
    """Those of today: what has ended (the Netherlands Antilles) is listed beside the map."""
    return {country["code"] for country in yaml.safe_load((DATA / "countries.yaml").read_text("utf-8"))} - {"AN"}


@pytest.fixture(scope="module")
def geography():
    return json.loads((DATA / "map.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def svg():
    return ElementTree.parse(SVG).getroot()


@pytest.fixture(scope="module")
def shapes(svg):
    return {path.get("id"): path for path in svg.iterfind(".//*[@id='land']/{*}path")}


def test_every_country_has_a_place(codes, geography):
    assert geography["places"].keys() == codes


def test_every_place_but_antarctica_lies_in_the_world_view(geography):
    world = rectangle(geography["views"]["world"])
    assert {code for code, place in geography["places"].items() if not inside(place, world)} == {"AQ"}


def test_views_lie_on_the_map(geography):
    assert geography["views"].keys() == {"world", "europe", "caribbean"}
    x, y, width, height = rectangle(geography["viewBox"])
    for view in geography["views"].values():
        left, top, wide, high = rectangle(view)
        assert x <= left
        assert y <= top
        assert left + wide <= x + width
        assert top + high <= y + height


@pytest.mark.parametrize("view", NEIGHBOURHOOD)
def test_enlarged_views_hold_their_countries(geography, view):
    area = rectangle(geography["views"][view])
    assert not [code for code in NEIGHBOURHOOD[view] if not inside(geography["places"][code], area)]


def test_what_has_no_shape_is_marked_small(codes, geography, shapes):
    assert {code for code, place in geography["places"].items() if place["small"]} >= codes - shapes.keys()


def test_svg_names_only_countries_and_the_land(codes, svg, shapes, geography):
    ids = [element.get("id") for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert set(ids) - {"land"} == shapes.keys() <= codes
    assert svg.get("viewBox") == geography["viewBox"]
    assert shapes.keys() >= KINGDOM


def test_shapes_leave_colour_to_the_page(shapes):
    for code, path in shapes.items():
        assert set(path.keys()) <= {"id", "d", "vector-effect"}, code
        # A lower-case m makes every pair after it relative; an upper-case one would not.
        assert re.fullmatch(r"(m[-\d. ]+z)+", path.get("d")), code


def test_svg_is_light():
    assert SVG.stat().st_size < 200_000
