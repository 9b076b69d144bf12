"""Countries that have ended, and those that the map does not have."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.contracts.outlets import get, read
from tests.factories import PlacementFactory

pytestmark = pytest.mark.django_db


def members(client, group: str, day: str) -> set[str]:
    rows = get(client, f"/api/v1/countries?group={group}&validOn={day}&pageSize=200").json()["results"]
    return {row["code"] for row in rows}


@pytest.mark.parametrize(
    ("group", "day", "codes"),
    [
        ("kingdom", "1960-01-01", {"NL", "AN", "SR"}),
        ("kingdom", "2009-01-01", {"NL", "AN", "AW"}),
        ("kingdom", "2010-10-09", {"NL", "AN", "AW"}),
        ("kingdom", "2010-10-10", {"NL", "AW", "CW", "SX", "BQ"}),
        ("benelux", "2009-01-01", {"NL", "BE", "LU"}),
    ],
)
def test_a_group_has_the_members_of_the_day(client, group, day, codes):
    assert members(client, group, day) == codes


def test_the_union_with_and_without_the_united_kingdom(client):
    assert len(members(client, "eu", "2020-01-31")) == 28
    assert members(client, "eu", "2020-01-31") - members(client, "eu", "2020-02-01") == {"GB"}


def test_the_page_of_a_country_says_until_when_it_was_a_member(client):
    assert "European Union until" in " ".join(read(client, "/countries/GB/").split())
    page = " ".join(read(client, "/countries/AN/").split())
    assert "Kingdom of the Netherlands until" in page
    assert '<time datetime="2010-10-09">' in page
    assert "Kingdom of the Netherlands from" in read(client, "/countries/AN/?validOn=2009-01-01")


@pytest.fixture
def post():
    return PlacementFactory(
        title_nl="zzantillen", title_en="zzantillen", hosts=["AN"], milestones=[("started", "2026")]
    )


@pytest.mark.parametrize("path", ["/", "/countries/", "/placements/?view=map", "/countries/AN/", "/placements/gaps/"])
def test_a_country_that_the_map_does_not_have_ends_no_page(client, post, path):
    page = read(client, path)
    if path in ("/", "/countries/", "/placements/?view=map"):
        assert "Not on this map:" in page
        assert "Netherlands Antilles: 1 post there" in page


def document(client, path: str) -> dict:
    return json.loads(b"".join(get(client, path).streaming_content))


def test_a_country_without_a_point_is_in_the_geojson(client, post):
    told = document(client, "/placements/?q=zzantillen&format=geojson")
    assert [(one["properties"]["countryCode"], one["geometry"]) for one in told["features"]] == [("AN", None)]
    told = document(client, "/placements/?q=zzantillen&view=map&format=geojson")
    assert [one["geometry"] for one in told["features"]] == [None]


@pytest.mark.slow
def test_loading_warns_of_countries_that_the_map_does_not_have(post):
    errors = StringIO()
    call_command("load_data", dry_run=True, verbosity=0, stderr=errors)
    assert "the map does not have AN" in errors.getvalue()
