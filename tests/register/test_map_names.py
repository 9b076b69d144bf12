"""Names on the map: those of the countries with posts, none over another, and small countries large enough to hit."""

import re
from itertools import combinations

import pytest

from cooperation.register.charts.labels import LINE, TARGET, Place, labels
from cooperation.register.models import Country
from tests.contracts.outlets import read
from tests.factories import PlacementFactory

LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"
WIDE = (400,)


def at(x: float, y: float, size: float = 0.01, code: str = "XX", name: str = "Somewhere") -> Place:
    return Place(code, x, y, size, (name, code))


def boxes(found, width: int, height: float) -> list[tuple[float, float, float, float]]:
    """Of each name: left, top, right, bottom, in pixels."""
    drawn = []
    for label in found:
        x, y = float(label.x[:-1]) / 100 * width, float(label.y[:-1]) / 100 * width * height
        drawn.append((x + label.left, y + label.top, x - label.left, y - label.top))
    return drawn


def overlap(one, other) -> bool:
    slack = 1  # places are rounded
    return (
        one[0] + slack < other[2]
        and other[0] + slack < one[2]
        and one[1] + slack < other[3]
        and other[1] + slack < one[3]
    )


class TestWhereANameStands:
    def test_in_a_country_that_is_large_enough(self):
        (label,) = labels(WIDE, 0.5, (at(0.5, 0.25, size=0.3),), "")
        assert (label.x, label.y, label.from_x, label.height) == ("50.0%", "50.0%", "", LINE + 1)

    def test_beside_a_small_country_with_a_line_to_it(self):
        (label,) = labels(WIDE, 0.5, (at(0.5, 0.25),), "")
        assert (label.from_x, label.from_y) == ("50.0%", "50.0%")
        assert label.height >= TARGET

    def test_never_over_each_other_nor_outside_the_view(self):
        crowd = tuple(at(0.3 + 0.02 * n, 0.2 + 0.015 * (n % 5), code=f"C{n}", name=f"Country {n}") for n in range(20))
        found = labels(WIDE, 0.5, crowd, "")
        drawn = boxes(found, 400, 0.5)
        assert len(found) > 8
        assert not [pair for pair in combinations(drawn, 2) if overlap(*pair)]
        assert all(left >= -1 and top >= -1 and right <= 401 and bottom <= 201 for left, top, right, bottom in drawn)

    def test_the_first_has_the_first_choice_and_a_short_name_serves_where_there_is_no_room(self):
        first = at(0.5, 0.06, size=0.3, code="AA", name="A name as wide as the whole view, or nearly")
        second = at(0.93, 0.06, code="BB", name="Another name as wide as the whole view")
        found = labels(WIDE, 0.12, (first, second), "")
        assert [label.text for label in found] == ["A name as wide as the whole view, or nearly", "BB"]

    def test_more_names_on_a_wider_view(self):
        crowd = tuple(at(0.4 + 0.01 * n, 0.2, code=f"C{n}", name=f"Country number {n}") for n in range(20))
        found = labels((200, 800), 0.5, crowd, "")
        assert {label.shown_from for label in found} == {200, 800}
        assert not [pair for pair in combinations(boxes(found, 800, 0.5), 2) if overlap(*pair)]


@pytest.mark.django_db
class TestOnThePage:
    NAME = re.compile(r'<a href="(/countries/[A-Z]{2}/)[^"]*" tabindex="-1"><svg[^>]*><rect[^>]*/><text>([^<]+)</text>')

    def names(self, page: str, view: str) -> dict[str, str]:
        drawn = re.search(rf'<div class="map__view map__view--{view}">.*?</div>', page, re.DOTALL)[0]
        return dict(self.NAME.findall(drawn))

    @pytest.mark.parametrize("path", ["/?", "/countries/?", "/placements/?view=map&"])
    def test_countries_with_posts_by_name_and_number(self, client, path):
        page = read(client, path + LETTER_DAY)
        assert re.fullmatch(r"Brazil \d", self.names(page, "world")["/countries/BR/"])
        europe = self.names(page, "europe")
        assert re.fullmatch(r"Germany \d+", europe["/countries/DE/"])
        assert {"/countries/BE/", "/countries/NL/"} <= europe.keys()
        assert {f"/countries/{code}/" for code in ("AW", "CW", "SX", "BQ")} <= self.names(page, "caribbean").keys()

    def test_small_countries_too(self, client):
        for code in ("LU", "MT", "SG"):
            PlacementFactory(hosts=[code], milestones=[("started", "2026")])
        page = read(client, "/placements/?view=map")
        europe, world = self.names(page, "europe"), self.names(page, "world")
        assert europe["/countries/LU/"] in ("Luxembourg 1", "LU 1")
        assert europe["/countries/MT/"] in ("Malta 1", "MT 1")
        assert world["/countries/SG/"] in ("Singapore 1", "SG 1")

    def test_in_the_language_of_the_reader(self, client):
        name = Country.objects.get(pk="DE").name_nl
        assert self.names(read(client, f"/?{LETTER_DAY}", language="nl"), "europe")["/countries/DE/"].startswith(name)

    def test_the_legend_tells_what_is_certain(self, client):
        page = read(client, f"/placements/?view=map&{LETTER_DAY}")
        legend = re.findall(r'class="map__place map__place--([\w-]+)"[^>]*/></svg>([^<(]+)', page)
        assert [css for css, _label in legend] == ["host", "host-unconfirmed", "covered", "some"]
        assert [label.split(":")[0] for _css, label in legend[:2]] == ["certain", "possible"]

    def test_the_page_of_a_country_names_it_on_its_map(self, client):
        assert "/countries/MT/" in self.names(read(client, "/countries/MT/"), "around")
