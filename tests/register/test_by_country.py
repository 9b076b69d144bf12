"""The records of a country: in the order of their titles, each once, and by words in one index."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cooperation.register import actions
from cooperation.register.models import CountryRole
from placements.kind import PLACEMENTS
from tests.contracts.outlets import api_keys, csv_keys
from tests.factories import CountryRoleFactory, PlacementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

API, PAGE = "/api/v1/placements", "/placements/"
COUNTRY = "TV"  # no record of the data set has to do with it


@pytest.fixture
def posts():
    """Three posts in a country; one sits there and covers it too, in two spells that may both hold."""
    titles = {"test-c": ("Aardvark", ""), "test-a": ("Qwibeer", "Ant"), "test-b": ("Qwibeer", "Zebra")}
    found = [
        PlacementFactory(key=key, title_nl=dutch, title_en=english, hosts=[COUNTRY])
        for key, (dutch, english) in titles.items()
    ]
    twice = found[0]
    CountryRoleFactory(instrument=twice, country_id=COUNTRY, role="covered")
    CountryRoleFactory(instrument=twice, country_id=COUNTRY, role="covered", since="2019")
    return found


def ask(query: str, language: str = "nl"):
    with translation.override(language):
        question = PLACEMENTS.list_page.ask(QueryDict(query), AnonymousUser())
        return [record.key for record in question.rows]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_in_the_order_of_the_titles_and_each_once(posts, language):
    order = ["test-c", "test-a", "test-b"]  # what has no English title stands under its Dutch one
    assert ask(f"country={COUNTRY}", language) == order
    assert ask(f"country={COUNTRY}&countryRole=covered", language) == ["test-c"]


def test_every_outlet_and_every_page_gives_each_once(client, posts):
    order = ["test-c", "test-a", "test-b"]
    assert csv_keys(client, PAGE, f"country={COUNTRY}") == order
    for paging in ("pageSize=1", "pageSize=1&cursor="):
        assert api_keys(client, API, f"country={COUNTRY}&{paging}") == (sorted(order) if "cursor" in paging else order)
        assert api_keys(client, API, f"country={COUNTRY}&sort=-title&{paging}&lang=en") == order[::-1]


class TestWords:
    def test_words_and_a_country_are_asked_of_one_index(self, posts):
        with CaptureQueriesContext(connection) as queries:
            assert ask(f"q=qwibeer&country={COUNTRY}") == ["test-a", "test-b"]
        assert f"@{COUNTRY}" in queries[-1]["sql"]
        assert ask("q=qwibeer&country=AL") == []
        assert ask(f"q=qwibeer&country={COUNTRY},AL") == ["test-a", "test-b"]

    def test_a_country_that_comes_or_goes_is_found_and_lost(self, posts):
        part = CountryRole(instrument=posts[1], country_id="NR", role="covered")
        with actions.writing(part):
            part.save()
        assert ask("q=qwibeer&country=NR") == ["test-a"]
        with actions.writing(part):
            part.delete()
        assert ask("q=qwibeer&country=NR") == []

    def test_a_country_is_no_word(self, posts):
        assert ask(f"q=@{COUNTRY}") == ask(f"q={COUNTRY}") == []
