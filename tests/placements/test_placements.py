"""Placements keep every contract; and what is special to them."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from cooperation.register.lists.facets import facets
from cooperation.register.models import StageSpan
from placements import pages
from placements.kind import PLACEMENTS
from tests.contracts import KernelContract
from tests.contracts.kind import WORD
from tests.contracts.outlets import api_keys, csv_rows, get, read
from tests.factories import CountryRoleFactory, MilestoneFactory, PlacementFactory


class TestPlacements(KernelContract):
    kind = PLACEMENTS
    factory = PlacementFactory
    key = "maocn-directeur-2021"
    milestone = "observed"
    own_keys = {"notSeenSince": "2025-01-01", "endingBy": "2099-01-01", "succeeded": "false"}
    filled = {
        "city": "Wellington",
        "posts": 77,
        "term_years": 3,
        "coverage_region": "Oceania",
        "sending_unit": "Unit 17",
    }
    filled_instead = {"duration_weeks": 12}
    shown = {"term_years": "3 years", "duration_weeks": "12 weeks"}


def keys(client, question: str) -> set[str]:
    return set(api_keys(client, "/api/v1/placements", question))


@pytest.mark.django_db
class TestCountryMeansHostOrCovered:
    @pytest.fixture(autouse=True)
    def posts(self):
        self.host = PlacementFactory(hosts=["NZ"])
        self.covers = PlacementFactory(hosts=["AU"])
        CountryRoleFactory(instrument=self.covers, country_id="NZ", role="covered", reason_en="flies over")
        self.partner = PlacementFactory(hosts=["AU"])
        CountryRoleFactory(instrument=self.partner, country_id="NZ", role="partner")

    def test_by_default_both_and_no_other_role(self, client):
        assert keys(client, "country=NZ") == {self.host.key, self.covers.key}
        assert keys(client, "region=australia-and-new-zealand&country=nz") == {self.host.key, self.covers.key}

    @pytest.mark.parametrize(("role", "name"), [("host", "host"), ("covered", "covers"), ("partner", "partner")])
    def test_one_role_is_one_more_key(self, client, role, name):
        assert keys(client, f"country=NZ&countryRole={role}") == {getattr(self, name).key}

    def test_statistics_count_a_post_in_each_of_its_countries(self, client):
        counts = get(client, "/api/v1/statistics/placements?groupBy=country&country=NZ").json()
        groups = {group["value"]: group["count"] for group in counts["groups"]}
        assert groups["NZ"] == counts["total"] == 2
        assert groups["AU"] == 1

    def test_the_country_page_says_why_each_is_here(self, client):
        page = read(client, "/countries/NZ/?validOn=2020-01-01")
        assert "sits here" in page
        assert "covers it from elsewhere: flies over" in page
        assert re.search(rf"{self.partner.title_en}.*?partner", page, re.DOTALL)

    @pytest.mark.parametrize(
        ("day", "why", "sentence"),
        [
            ("2020-01-01", "sits here", "1 post sits in New Zealand on this day: 1 active."),
            ("2021-12-31", "sat here, not confirmed since", "1 post sits in New Zealand on this day: 1 unconfirmed."),
            ("2022-01-02", "no source after 1 January 2020", "Of 1 post there no source speaks after 1 January 2020."),
        ],
    )
    def test_the_country_page_says_what_is_known_and_when_a_source_last_spoke(self, client, day, why, sentence):
        page = read(client, f"/countries/NZ/?validOn={day}")
        assert why in page
        assert sentence in page
        assert ("The register knows no post that sits in New Zealand" in page) == (day == "2022-01-02")

    def test_a_mission_that_ended_was_here(self, client):
        PlacementFactory(hosts=["FJ"], kind="mission", milestones=[("started", "2001"), ("ended", "2002")])
        page = read(client, "/countries/FJ/?validOn=2021-12-02")
        assert "was here until 2002" in page
        assert "sits here" not in page
        assert "1 post was there until 2002." in page

    def test_the_map_shows_a_post_where_one_is(self, client):
        """Its table opens lists of what it counts, also where the question names stages."""
        for query in ("", "&stage=active", "&stage=unconfirmed,not_known"):
            for day in ("2020-01-01", "2021-06-01", "2022-06-01"):
                page = read(client, f"/placements/?view=map&country=NZ&validOn={day}{query}")
                for url, number in re.findall(r'<a href="(\?[^"]+)"><b>(\d+)', page):
                    listed = read(client, f"/placements/{unescape(url)}")
                    assert f"<strong>{number} placement" in listed, (day, query, url)

    def test_a_role_holds_from_its_first_to_its_last_day(self, client):
        post = PlacementFactory(milestones=[("observed", "2020-01-01"), ("observed", "2021-12-31")])
        CountryRoleFactory(instrument=post, country_id="FJ", role="covered", since="2020-06-01", until="2021-06")
        days = {"2020-05-31": False, "2020-06-01": True, "2021-06-30": True, "2021-07-01": False}
        for day, there in days.items():
            assert (post.key in keys(client, f"country=FJ&validOn={day}")) == there, day


@pytest.mark.django_db
class TestPostsInStatistics:
    def test_known_numbers_are_added_and_the_others_counted(self, client):
        for posts in (2, 5, None):
            PlacementFactory(posts=posts, hosts=["NZ"])
        counts = get(client, "/api/v1/statistics/placements?groupBy=country&country=NZ").json()
        (group,) = counts["groups"]
        assert (group["count"], group["posts"], group["postsUnknown"]) == (3, 7, 1)

    def test_eu_proposals_have_none(self, client):
        counts = get(client, "/api/v1/statistics/eu-proposals?groupBy=kind").json()
        assert all("posts" not in group for group in counts["groups"])


@pytest.mark.django_db
class TestDatesOfAPost:
    @pytest.mark.parametrize(
        ("start", "question", "certain"),
        [
            ("2021-06", "startFrom=2021-06-01&startUntil=2021-06-30", True),
            ("2021-06", "startFrom=2021-06-30&startUntil=2021-12-31", False),
            ("2021-06", "startFrom=2021-06-01", True),
            ("2021-06", "startUntil=2021-06-01", False),
            ("2021-06", "startFrom=2021-07-01", None),
            ("2021-06", "startUntil=2021-05-31", None),
            ("../2021-06", "startUntil=2021-06-30", True),
            ("../2021-06", "startFrom=2001-01-01", False),
        ],
    )
    def test_a_vague_start_matches_where_it_may_lie_and_says_whether_it_does(self, client, start, question, certain):
        post = PlacementFactory(milestones=[("started", start)])
        rows = get(client, f"/api/v1/placements?{question}&fields=key,matchCertain&pageSize=200").json()["results"]
        found = {row["key"]: row["matchCertain"] for row in rows}
        assert found.get(post.key) == certain
        if certain is not None:
            (title,) = row_heads_with(client, post, question)
            assert ("possibly in these days" in title) == (not certain)

    def test_the_latest_word_on_the_planned_end_counts_in_every_outlet(self, client):
        post = PlacementFactory(title_nl=WORD, milestones=[("started", "2020-01-01")])
        for number, (day, known) in enumerate([("2029-01-01", "2020-01-01"), ("2027-05-01", "2021-01-01")]):
            values = {"kind": "planned_end", "date": day, "known_from": known, "state": "expected"}
            MilestoneFactory(instrument=post, key=f"plan-{number}", **values)
        answer = get(client, f"/api/v1/placements/{post.key}").json()
        assert answer["plannedEnd"]["edtf"] == "2027-05-01"
        _header, (exported,) = csv_rows(client, "/placements/", f"q={WORD}&columns=plannedEnd&beside=none")
        assert exported == "2027-05-01"
        page = read(client, f"/placements/?q={WORD}&columns=plannedEnd")
        assert "1 May 2027" in page
        before = get(client, f"/api/v1/placements/{post.key}?knownOn=2020-12-31&validOn=2020-12-31").json()
        assert before["plannedEnd"]["edtf"] == "2029-01-01"


def row_heads_with(client, post, question: str) -> list[str]:
    """The head of the row of a post on the page, with all that stands in it."""
    page = read(client, f"/placements/?{question}&q={post.title_nl.split()[-1]}&pageSize=200")
    heads = re.findall(r'role="rowheader">(.*?)</th>', page, re.DOTALL)
    return [head for head in heads if f"/placements/{post.key}/" in head]


@pytest.mark.django_db
def test_the_page_counts_each_stage_and_shows_the_rule_beside_the_badge(client):
    page = read(client, "/placements/?country=AL&validOn=2021-12-02&knownOn=2021-12-02")
    assert re.search(r"1 placement</strong> \(Country: Albania\) on .*2 December 2021.*: 1 active", page)
    unknown = read(client, "/placements/kmar-filo-wenen/?validOn=2021-12-02&knownOn=2021-12-02")
    assert "No source for more than 2 years" in unknown


@pytest.mark.django_db
def test_the_page_counts_the_countries_of_as_many_as_it_can(client, monkeypatch):
    page = "/placements/?validOn=2021-12-02&knownOn=2021-12-02"
    assert "Posts in 11 countries, 2 more only covered from elsewhere." in read(client, page)
    monkeypatch.setattr(pages, "MOST_COUNTED", 57)  # and there are 58
    assert "Posts in 11" not in read(client, page)


@pytest.mark.django_db
def test_not_seen_since_a_day(client):
    seen = {
        day: PlacementFactory(key=f"test-{day}", milestones=[("observed", day)])
        for day in ("2024-05-01", "2025-02-01", "2025-02")
    }
    ended = PlacementFactory(key="test-ended", milestones=[("observed", "2024-05-01"), ("ended", "2024-06-01")])
    found = keys(client, "notSeenSince=2025-02-10&validOn=2025-06-01&knownOn=2025-06-01")
    assert seen["2024-05-01"].key in found
    assert seen["2025-02-01"].key in found
    assert seen["2025-02"].key not in found, "it may have been seen later that month"
    assert ended.key not in found


@pytest.mark.django_db
def test_no_post_is_there_on_a_day_of_which_no_source_speaks(client):
    """What is known as “on or before” a day reaches back two years, and not to the beginning of time."""
    assert keys(client, "validOn=1950-01-01") == set()
    assert not StageSpan.objects.filter(instrument__resource="placements", valid__lower_inf=True).exists()
    post = PlacementFactory(milestones=[("observed", "../1999")])
    there = {"1997-12-30": None, "1997-12-31": False, "1999-12-30": False, "1999-12-31": True}
    for day, certain in there.items():
        rows = get(client, f"/api/v1/placements?validOn={day}&pageSize=200&fields=key,stage,stageCertain").json()
        found = {row["key"]: (row["stage"], row["stageCertain"]) for row in rows["results"]}
        assert found.get(post.key) == (certain if certain is None else ("active", certain)), day


@pytest.mark.django_db
def test_a_number_behind_a_country_counts_the_roles_of_the_day():
    """The post is found by the country in which it sits, and no longer by the one that it left."""
    post = PlacementFactory(hosts=["AL"])
    CountryRoleFactory(instrument=post, country_id="NZ", role="host", until="2015")
    question = PLACEMENTS.list_page.ask(QueryDict("country=AL,NZ&validOn=2021-12-02"), AnonymousUser(), has_form=True)
    alone = PLACEMENTS.list_page.ask(QueryDict("country=NZ&validOn=2021-12-02"), AnonymousUser())
    assert facets(question)["country"].get("NZ", 0) == alone.selection.count()
