"""On a past clock every number is of that day: a walk over the pages on a day when nothing was known, and on today."""

import html
import re

import pytest
from django.contrib.auth.models import Permission, User

from cooperation.register.models import Country, Instrument, Milestone, Organisation, Source, kinds
from cooperation.register.views.layouts import LAYOUTS
from tests.contracts.outlets import get, read
from tests.factories import PlacementFactory, SourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

THEN = "validOn=1900-01-01&knownOn=1900-01-01"
LISTS = {
    "/placements/": "placements",
    "/mous/": "mous",
    "/eu/": "eu-proposals",
    "/interpol/": "interpol-items",
    "/benelux/treaties/": "treaties",
    "/benelux/provisions/": "provisions",
    "/initiatives/": "initiatives",
    "/search/": "instruments",
    "/timeline/": "milestones",
    "/commitments/": "commitments",
    "/organisations/": "organisations",
    "/sources/": "sources",
}
PAGES = [
    *("/", "/countries/", "/countries/AL/", "/countries/NL/", "/placements/gaps/", "/benelux/"),
    *LISTS,
    *(f"/placements/?view={view}" for view in LAYOUTS if view != "board"),
    "/eu/?view=board",
]
# Numbers that a page has on every day: of its rules, of its own table of countries, of an empty list.
RULES = {"2", "3", "4", "6", "9", "12", "30", "90"}
DATES = re.compile(r"\d{1,2} (?:[A-Z][a-z]+) \d{4}|\d{4}-\d\d-\d\d|\b1(?:899|900|901)\b")


def at(path: str, clock: str = THEN) -> str:
    return f"{path}{'&' if '?' in path else '?'}{clock}"


def numbers_in(page: str) -> set[str]:
    """The numbers that a reader sees, without those of dates and of the filter."""
    main = page.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"<(script|svg|form|datalist|template)\b.*?</\1>", " ", main, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", main)).replace("\N{NO-BREAK SPACE}", " ")
    text = re.sub(r"https?://\S+|/api/\S+", " ", re.sub(r"\s+", " ", text))
    return set(re.findall(r"\b[1-9]\d*\b", DATES.sub(" ", text)))


@pytest.mark.parametrize("path", PAGES)
def test_where_nothing_was_known_no_number_of_today_is_left(client, path):
    assert numbers_in(read(client, at(path))) - RULES - {str(Country.objects.count())} == set()


@pytest.mark.parametrize(("path", "resource"), LISTS.items())
def test_page_and_api_count_the_same_on_any_day(client, path, resource):
    for clock in (THEN, "validOn=2021-12-02&knownOn=2021-12-02", ""):
        stands = "&standing=true" if resource in kinds() else ""
        count = get(client, f"/api/v1/{resource}?{clock}{stands}").json()["count"]
        assert (count == 0) == (clock == THEN)
        shown = re.search(r'<p class="sentence"[^>]*>\s*<strong>(\d+) ', read(client, f"{path}?{clock}"))
        assert int(shown[1]) == count if shown else count == 0


def test_nor_in_themes_or_statistics(client):
    assert get(client, f"/api/v1/themes?{THEN}").json()["count"] == 0
    assert get(client, f"/api/v1/statistics/placements?groupBy=country&{THEN}").json()["total"] == 0


def test_the_home_page_counts_the_sources_of_the_day(client):
    counts = []
    for clock in ("validOn=2010-01-01&knownOn=2010-01-01", "validOn=2021-12-02&knownOn=2021-12-02", ""):
        page = read(client, f"/?{clock}")
        (shown,) = re.findall(r'href="/sources/[^"]*"><b>(\d+)</b>', page)
        assert int(shown) == get(client, f"/api/v1/sources?{clock}").json()["count"]
        counts.append(int(shown))
    assert counts == sorted(set(counts)), "more from day to day"
    assert counts[-1] == Source.objects.visible_to(None).count()


class TestASource:
    """It counts from the day on which it was out; without a day of its own, from when something in it was known."""

    def there(self, client, source, day: str) -> bool:
        return f'href="/sources/{source.key}/' in read(client, f"/sources/?q={source.key}&validOn={day}&knownOn={day}")

    @pytest.mark.parametrize(("published", "day"), [("2015-03-01", "2015-03-01"), ("2015-03", "2015-03-01")])
    def test_from_the_first_day_it_can_have_been_out(self, client, published, day):
        source = SourceFactory(key="test-dated", published=published, shown=True)
        assert [self.there(client, source, one) for one in ("2015-02-28", day)] == [False, True]

    def test_without_a_day_when_something_in_it_was_known(self, client):
        source = SourceFactory(key="test-undated", published=None)
        post = PlacementFactory()
        Milestone.objects.filter(instrument=post).update(source=source, known_from="2015-03-01")
        assert [self.there(client, source, one) for one in ("2015-02-28", "2015-03-01")] == [False, True]

    def test_what_is_hidden_does_not_date_it(self, client):
        source = SourceFactory(key="test-undated", published=None, shown=True)
        post = PlacementFactory(classification="internal")
        Milestone.objects.filter(instrument=post).update(source=source, known_from="2015-03-01")
        assert not self.there(client, source, "2016-01-01")
        user = User.objects.create_user("reader")
        user.user_permissions.set(Permission.objects.filter(codename="see_internal"))
        client.force_login(user)
        assert self.there(client, source, "2016-01-01")

    def test_its_page_is_there_on_any_day(self, client):
        """What refers to it on a past clock is of today."""
        for path in ("/sources/brief-2021-12-02/", "/api/v1/sources/brief-2021-12-02", "/api/v1/organisations/politie"):
            read(client, at(path))


def test_an_organisation_counts_where_it_takes_part_in_something_of_the_day(client, letter_day, anyone):
    there = Instrument.objects.visible_to(anyone).on(letter_day)
    expected = {
        organisation.key
        for organisation in Organisation.objects.visible_to(anyone).counting_records(letter_day, anyone)
        if organisation.records
    }
    assert 0 < len(expected) <= there.count()
    days = "validOn=2021-12-02&knownOn=2021-12-02"
    rows = get(client, f"/api/v1/organisations?pageSize=200&{days}").json()["results"]
    assert {row["key"] for row in rows} == expected
