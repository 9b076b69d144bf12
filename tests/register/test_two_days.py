"""Two days side by side: one form for both, and how many stand at each stage on each."""

import html
import re

import pytest
from django.http import QueryDict
from django.urls import resolve

from tests.contracts.outlets import read

pytestmark = pytest.mark.django_db

TWO_DAYS = "view=changes&against=2015-09-08&validOn=2021-12-02&knownOn=2021-12-02"


def counted(page: str) -> dict[str, list[str]]:
    """The cells of the table of stages, by what heads the row."""
    table = re.search(r'<table class="table counted" id="stages">(.*?)</table>', page, re.DOTALL)[1]
    return {
        head: re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)
        for head, cells in re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', table, re.DOTALL)
    }


def number(cell: str) -> int:
    return int(re.sub(r"<[^>]+>", "", cell))


@pytest.mark.parametrize("path", ["/placements/", "/eu/"])
def test_each_number_is_that_of_the_list_that_it_opens(client, path):
    rows = counted(read(client, f"{path}?{TWO_DAYS}"))
    together = rows.pop("Together")
    for place in (0, 1):
        assert number(together[place]) == sum(number(cells[place]) for cells in rows.values()) > 0
    links = [cell for cells in rows.values() for cell in cells if "<a " in cell]
    assert links
    for cell in links:
        query = html.unescape(re.search(r'href="\?([^"]+)"', cell)[1])
        assert resolve(path).func.view_class.ask(QueryDict(query), None).selection.count() == number(cell)


def test_both_days_as_bars_on_one_scale(client):
    page = read(client, f"/placements/?{TWO_DAYS}")
    bars = re.search(r'<table class="bars">.*?</table>', page, re.DOTALL)[0]
    assert re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', bars) == ["8 September 2015", "2 December 2021"]


def test_one_form_asks_for_both_days_and_keeps_the_filters(client):
    page = read(client, f"/placements/?{TWO_DAYS}&kind=mission")
    form = re.search(r'<form class="grouping[^"]*".*?</form>', page, re.DOTALL)[0]
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert given == {
        "view": "changes",
        "kind": "mission",
        "against": "2015-09-08",
        "againstKnownOn": "2021-12-02",
        "validOn": "2021-12-02",
        "knownOn": "2021-12-02",
    }


def test_stages_of_all_kinds_are_not_put_together(client):
    page = read(client, f"/search/?{TWO_DAYS}")
    assert 'id="stages"' not in page
    assert "First day" in page
