"""Gaps: what is missing in the network, held against plain loops over the rows and against the lists it names."""

import re
from collections import Counter
from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.register import actions
from cooperation.register.api.openapi_document import resolved
from cooperation.register.domain.clock import Clock, months_after
from cooperation.register.models import (
    Country,
    CountryRole,
    Figure,
    GroupMembership,
    Instrument,
    Organisation,
    Relation,
    StageSpan,
)
from mous.models import Memorandum
from placements import network
from placements.models import Placement
from tests.contracts.outlets import api_keys, get, read
from tests.factories import (
    CountryRoleFactory,
    MemorandumFactory,
    MilestoneFactory,
    PlacementFactory,
)

pytestmark = pytest.mark.django_db

API, PAGE = "/api/v1/gaps", "/placements/gaps/"
BALKANS = "group=western-balkans"
PRESENT = ("active", "unconfirmed")
LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"
BEFORE = "validOn=2015-09-08&knownOn=2015-09-08"


def ask(client, query: str = "") -> dict:
    return get(client, f"{API}?{query}").json()


def clock_in(query: str) -> Clock:
    days = dict(re.findall(r"(validOn|knownOn)=([\d-]+)", query))
    return Clock(date.fromisoformat(days["validOn"]), date.fromisoformat(days["knownOn"]))


# --- the same once more in plain loops -------------------------------------------------------------------------------


def stages_on(clock: Clock, resource: str) -> dict[int, tuple[str, bool]]:
    """The stage of every public record of a kind on a clock, one span at a time."""

    def holds(days, day):
        return (days.lower is None or days.lower <= day) and (days.upper is None or day < days.upper)

    spans = StageSpan.objects.filter(instrument__resource=resource, instrument__classification="public")
    return {
        span.instrument_id: (span.stage, span.certain)
        for span in spans
        if holds(span.valid, clock.valid_on) and holds(span.known, clock.known_on)
    }


def members(group: str, day: date) -> set[str]:
    return {
        part.country_id
        for part in GroupMembership.objects.filter(group=group)
        if not ((part.since and part.since.first > day) or (part.until and part.until.last < day))
    }


def posts_in(country: str, role: str, clock: Clock) -> Counter:
    """The posts of a country in a role by stage and certainty."""
    stages = stages_on(clock, "placements")
    held = {
        part.instrument_id
        for part in CountryRole.objects.filter(country=country, role=role)
        if part.holds_on(clock.valid_on)
    }
    return Counter(stages[pk] for pk in held if pk in stages)


def present(counts: Counter) -> int:
    return sum(counts[stage, certain] for stage in ("active", "unconfirmed") for certain in (True, False))


def what_is_there(host: Counter, covered: Counter) -> str:
    """What a country has by its posts: the definition in plain words, the strongest first."""
    if present(host) or present(covered):
        return "post" if present(host) else "covered"
    stages = {stage for counts in (host, covered) for stage, _certain in counts}
    return next((stage for stage in ("planned", "not_known", "ended") if stage in stages), "none")


class TestCountries:
    @pytest.mark.parametrize("days", [LETTER_DAY, BEFORE, "validOn=2015-09-08&knownOn=2026-11-23"])
    @pytest.mark.parametrize("group", ["western-balkans", "latin-america", "eu"])
    def test_as_counted_one_by_one(self, client, group, days):
        clock = clock_in(days)
        found = ask(client, f"group={group}&{days}")["countries"]
        assert {row["country"] for row in found["results"]} == members(group, clock.valid_on) != set()
        expected = Counter()
        for row in found["results"]:
            host, covered = (posts_in(row["country"], role, clock) for role in ("host", "covered"))
            has = what_is_there(host, covered)
            expected[has] += 1
            assert row["has"] == has
            if has in ("post", "covered"):
                assert row["certain"] == ((host if has == "post" else covered)["active", True] > 0)
            assert bool(row["since"]) <= (has in ("not_known", "ended"))
            for role, counts in (("host", host), ("covered", covered)):
                by_stage = Counter()
                for (stage, _certain), number in counts.items():
                    by_stage[stage] += number
                assert row[role]["byStage"] == by_stage
                assert row[role]["activeCertain"] == counts["active", True]
        numbers = (found[name] for name in ("withPost", "onlyCovered", "planned", "notKnown", "ended", "noneOnRecord"))
        assert list(numbers) == [expected[has] for has in ("post", "covered", "planned", "not_known", "ended", "none")]
        assert found["count"] == expected.total()

    def test_every_link_opens_what_it_counts(self, client):
        for query in (f"{BALKANS}&{LETTER_DAY}", "validOn=2018-06-01&theme=drugs,border-control"):
            found = ask(client, query)["countries"]
            rows = [
                (part["url"], sum(part["byStage"].values()))
                for r in found["results"]
                for part in (r["host"], r["covered"])
            ]
            for url, number in [*rows, (found["present"]["url"], found["present"]["count"])]:
                if number:
                    assert get(client, url).json()["count"] == number, url

    def test_the_page_says_it_and_opens_the_same_lists(self, client):
        query = f"{BALKANS}&{LETTER_DAY}"
        found = ask(client, query)["countries"]
        page = read(client, f"{PAGE}?{query}")
        text = re.sub(r"<[^>]+>", "", page)
        assert f"Western Balkans on 2 December 2021: {found['count']} countries." in text
        covered = f", {found['onlyCovered']} more only covered from elsewhere" if found["onlyCovered"] else ""
        assert f"A post in {found['withPost']}{covered}." in text
        assert "nobody" not in text
        assert "Liaison officer, Albania (2021)" in text
        follow(client, page)

    def test_a_group_has_the_members_of_the_day(self, client):
        codes = {row["country"] for row in ask(client, "group=eu&validOn=2000-01-01")["countries"]["results"]}
        assert "NL" in codes
        assert "HR" not in codes

    def test_what_was_not_yet_known_does_not_count(self, client):
        def albania(known_on):
            found = ask(client, f"{BALKANS}&validOn=2021-12-02&knownOn={known_on}")["countries"]["results"]
            return next(row["has"] for row in found if row["country"] == "AL")

        assert (albania("2021-12-01"), albania("2021-12-02")) == ("not_known", "post")

    ASKED = "region=australia-and-new-zealand&validOn=2024-06-01&knownOn=2024-06-01"

    def new_zealand(self, client) -> dict:
        (row,) = (row for row in ask(client, self.ASKED)["countries"]["results"] if row["country"] == "NZ")
        return row

    def test_an_unconfirmed_post_is_a_post_and_a_planned_one_is_not(self, client):
        PlacementFactory(hosts=["NZ"], milestones=[("announced", "2024-05-01")])
        assert self.new_zealand(client)["has"] == "planned"
        PlacementFactory(hosts=["NZ"], milestones=[("observed", "2024-01-01")])
        row = self.new_zealand(client)
        assert (row["has"], row["certain"]) == ("post", False)
        assert row["host"]["byStage"] == {"planned": 1, "unconfirmed": 1}

    @pytest.mark.parametrize(
        ("role", "milestones", "has", "words", "is_gone"),
        [
            ("host", [("observed", "2017-04")], "not_known", "no source after April 2017", False),
            ("host", [("observed", "../2017-04")], "not_known", "no source after April 2017", False),
            ("covered", [("observed", "2017-04")], "not_known", "no source after April 2017", False),
            ("host", [("observed", "1999"), ("ended", "2002")], "ended", "was here until 2002", True),
            ("host", [("ended", "2002/2004")], "ended", "was here, ended between 2002 and 2004", True),
            ("covered", [("ended", "2002")], "ended", "was covered until 2002", True),
            ("host", [("observed", "2023-01-01"), ("ended", "2024")], "ended", "was here until 2024", False),
            ("host", [("announced", "2017-04-01")], "not_known", "was planned; no source since", False),
        ],
    )
    def test_silence_is_told_and_only_a_known_end_is_marked(self, client, role, milestones, has, words, is_gone):
        post = PlacementFactory(hosts=["NZ" if role == "host" else "AU"], milestones=milestones)
        if role == "covered":
            CountryRoleFactory(instrument=post, country_id="NZ", role="covered")
        row = self.new_zealand(client)
        assert row["has"] == has
        page = read(client, f"{PAGE}?{self.ASKED}")
        row_of_it = page.partition('href="/countries/NZ/')[2].partition("</tr>")[0]
        assert words in row_of_it
        assert ("mark--late" in row_of_it) == is_gone

    def test_what_was_last_said_of_several_is_the_latest(self, client):
        for milestones in (
            [("observed", "2012")],
            [("observed", "2019-03-01")],
            [("observed", "2021"), ("ended", "2022")],
        ):
            PlacementFactory(hosts=["NZ"], milestones=milestones)
        row = self.new_zealand(client)
        assert (row["has"], row["since"]["edtf"]) == ("not_known", "2019-03-01")

    def test_cover_is_less_than_a_post_and_a_vague_post_only_possible(self, client):
        covers = PlacementFactory(hosts=["AU"], milestones=[("observed", "2024-01-01"), ("observed", "2024-12-31")])
        CountryRoleFactory(instrument=covers, country_id="NZ", role="covered")
        PlacementFactory(hosts=["NF"], milestones=[("observed", "2024"), ("observed", "2025")])
        asked = "region=australia-and-new-zealand&validOn=2024-06-01"
        rows = {row["country"]: row for row in ask(client, asked)["countries"]["results"]}
        assert (rows["AU"]["has"], rows["NZ"]["has"]) == ("post", "covered")
        assert (rows["NF"]["has"], rows["NF"]["certain"]) == ("post", False)

    def test_only_posts_about_a_theme(self, client):
        query = "validOn=2021-12-02&theme=drugs"
        clock = Clock(date(2021, 12, 2), Clock.on().known_on)
        about = set(Placement.objects.filter(themes__key="drugs").values_list("pk", flat=True))
        there = {pk for pk, (stage, _c) in stages_on(clock, "placements").items() if stage in PRESENT} & about
        parts = CountryRole.objects.filter(instrument__in=there, role="host")
        hosts = {part.country_id for part in parts if part.holds_on(clock.valid_on)}
        found = ask(client, query)["countries"]["results"]
        assert {row["country"] for row in found if row["has"] == "post"} == hosts


def follow(client, page: str) -> None:
    """Every number on the page that opens a list of placements is the number of that list."""
    links = re.findall(r'<a href="(/placements/\?[^"]+)">(?:<b>)?(\d+)', page)
    assert links
    for url, number in links:
        listed = get(client, f"/api/v1{unescape(url).replace('/placements/', '/placements', 1)}").json()["count"]
        assert listed == int(number), url


class TestEnds:
    NOW = "validOn=2024-06-01&knownOn=2024-06-01"

    def post(self, key: str, end: str = "", start: str = "2023-01-01", sender: str = "politie", **values) -> Placement:
        """A post in New Zealand with a start, and a planned end."""
        post = PlacementFactory(key=key, **{"hosts": ["NZ"], "milestones": [("started", start)], **values})
        if sender:
            post.organisations.create(organisation=Organisation.objects.get(key=sender), role="sender")
        if end:
            plan = {"kind": "planned_end", "date": end, "state": "expected"}
            MilestoneFactory(instrument=post, key="plan", **plan)
        actions.rewrite_spans([post])
        return post

    def ends(self, client, more: str = "") -> tuple[dict, dict]:
        found = ask(client, f"region=australia-and-new-zealand&{self.NOW}{more}")["plannedEnds"]
        return tuple(
            {post["key"]: post["successor"] for post in found[name]["results"]}
            for name in ("withoutSuccessor", "withSuccessor")
        )

    @pytest.mark.parametrize(
        ("end", "months", "there"),
        [
            ("2024-05-31", 12, False),
            ("2024-06-01", 12, True),
            ("2025-06-01", 12, True),
            ("2025-06-02", 12, False),
            ("2025-06-02", 13, True),
            ("2025", 12, True),
            ("2029-06-01", 60, True),
        ],
    )
    def test_within_so_many_months(self, client, end, months, there):
        self.post("test-ends", end)
        without, _with = self.ends(client, f"&withinMonths={months}")
        assert ("test-ends" in without) == there

    def test_by_the_latest_word_on_it(self, client):
        post = self.post("test-ends", "2024-12-31")
        later = {"kind": "planned_end", "date": "2027-12-31", "state": "expected", "known_from": "2024-02-01"}
        MilestoneFactory(instrument=post, key="plan-2", **later)
        actions.rewrite_spans([post])
        assert "test-ends" not in self.ends(client)[0]

    @pytest.mark.parametrize(
        ("other", "follows"),
        [
            ({"start": "2025-01-15", "milestones": [("planned_start", "2025-01-15")]}, True),
            ({"start": "2024-05-01"}, False),
            ({"start": "2024-05-01", "end": "2026-01-01"}, True),
            ({"start": "2024-05-01", "end": "2024-12-31"}, False),
            ({"milestones": [("announced", "2024-05-01")]}, True),
            ({"milestones": [("announced", "2024-05-01")], "hosts": ["AU"]}, False),
            ({"milestones": [("announced", "2024-05-01")], "kind": "mission"}, False),
            ({"milestones": [("announced", "2024-05-01")], "sender": "kmar"}, False),
            ({"milestones": [("announced", "2024-05-01")], "sender": ""}, False),
            ({"end": "2026-01-01", "milestones": [("started", "2023-01-01"), ("ended", "2024-01-01")]}, False),
        ],
    )
    def test_another_post_follows_it_up(self, client, other, follows):
        self.post("test-ends", "2024-12-31")
        self.post("test-other", **other)
        without, followed = self.ends(client)
        assert followed.get("test-ends") == ("test-other" if follows else None)
        assert ("test-ends" in without) != follows

    def test_starting_around_the_end(self, client):
        self.post("test-ends", "2024-08-31")
        self.post("test-other", start="2024-05-15")
        assert self.ends(client)[1]["test-ends"] == "test-other"

    @pytest.mark.parametrize("relation", ["replaces", "follows_from", "related_to"])
    def test_the_register_says_so(self, client, relation):
        old = self.post("test-ends", "2024-12-31")
        new = self.post("test-other", hosts=["AU"], sender="", kind="mission", start="2024-01-01")
        Relation.objects.create(instrument=new, type=relation, to=old)
        assert ("test-ends" in self.ends(client)[1]) == (relation != "related_to")

    def test_a_successor_that_one_may_not_see_is_none(self, client):
        self.post("test-ends", "2024-12-31")
        self.post("test-other", milestones=[("announced", "2024-05-01")], classification="internal")
        assert "test-ends" in self.ends(client)[0]
        user = User.objects.create_user("reader")
        user.user_permissions.set(Permission.objects.filter(codename="see_internal"))
        client.force_login(user)
        assert "/placements/test-other/" in read(client, f"{PAGE}?region=australia-and-new-zealand&{self.NOW}")

    @pytest.mark.slow
    def test_lists_and_page_say_the_same(self, client):
        self.post("test-ends", "2024-12-31")
        self.post("test-alone", "2024-12-31", hosts=["AU"])
        self.post("test-other", milestones=[("announced", "2024-05-01")])
        for name in ("withoutSuccessor", "withSuccessor"):
            part = ask(client, self.NOW)["plannedEnds"][name]
            rows = get(client, f"{part['url']}&pageSize=200").json()
            assert rows["count"] == part["count"] == len(part["results"]) > 0
            assert [row["key"] for row in rows["results"]] == [row["key"] for row in part["results"]]
        page = read(client, f"{PAGE}?{self.NOW}")
        assert "/placements/test-other/" in page
        follow(client, page)

    def test_too_many_to_tell_are_counted_and_not_searched(self, client, monkeypatch):
        monkeypatch.setattr("placements.gaps.reading.MOST", 1)
        for number in range(2):
            self.post(f"test-{number}", "2024-12-31")
        query = f"region=australia-and-new-zealand&{self.NOW}"
        found = ask(client, query)["plannedEnds"]
        assert (found["count"], found["withoutSuccessor"]["count"], found["withSuccessor"]["count"]) == (2, None, None)
        assert "too many to tell" in read(client, f"{PAGE}?{query}")

    def test_a_day_before_that_of_the_clock_ends_nothing(self, client):
        assert api_keys(client, "/api/v1/placements", f"endingBy=2024-05-31&{self.NOW}") == []


class TestUnconfirmed:
    def test_is_the_list_of_what_was_not_seen_since(self, client):
        days = "validOn=2025-06-15&knownOn=2025-06-15"
        for months, since in ((12, "2024-06-15"), (3, "2025-03-15"), (24, "2023-06-15")):
            found = ask(client, f"unconfirmedMonths={months}&{days}")["unconfirmed"]
            assert found["since"] == since
            listed = api_keys(client, "/api/v1/placements", f"notSeenSince={since}&pageSize=200&{days}")
            assert {post["key"] for post in found["results"]} == set(listed)
            assert found["count"] == len(listed)


class TestCountsOfTheSources:
    def test_every_figure_of_the_network_is_there_compared_or_not(self, client):
        found = {row["figure"]: row for row in ask(client)["networkCounts"]}
        assert found.keys() == set(
            Figure.objects.filter(instrument=None, organisation=None).values_list("key", flat=True)
        )
        assert found.keys() == network.MEANINGS.keys()
        for key, row in found.items():
            assert bool(row["counts"]) == bool(row["asKnownNow"]) == bool(network.MEANINGS[key].counts)
            assert row["why"]

    def test_the_register_counts_what_its_lists_hold(self, client):
        compared = [row for row in ask(client)["networkCounts"] if row["counts"]]
        assert compared
        for row in compared:
            figure = Figure.objects.get(key=row["figure"])
            for tally in (row["asKnownNow"], row["asKnownThen"]):
                assert tally["count"] == self.listed(client, tally["url"], row["counts"], tally)
                low = figure.value if figure.value is not None else figure.min
                assert tally["difference"] == tally["count"] - low
                for part in tally["parts"]:
                    assert part["count"] == self.listed(client, part["url"], row["counts"], part)
            assert row["asKnownThen"]["knownOn"] <= row["asKnownNow"]["knownOn"]

    @staticmethod
    def listed(client, url: str, counts: str, tally: dict) -> int:
        rows = get(client, f"{url}&pageSize=200").json()["results"]
        assert len(rows) == tally.get("records", len(rows))
        if counts == "posts":
            return sum(row["posts"] or 1 for row in rows)
        hosts = {part["country"] for row in rows for part in row["countries"] if part["role"] == "host"}
        return len(hosts) if counts == "countries" else len(rows)

    def test_a_number_of_posts_that_is_not_known_makes_it_the_least(self, client):
        asked = "validOn=2017-11-30&knownOn=2020-06-01"
        before = self.liaisons(client, asked)
        for posts in (3, None):
            post = PlacementFactory(posts=posts, milestones=[("observed", "2017-01-01"), ("observed", "2018-01-01")])
            post.organisations.create(organisation=Organisation.objects.get(key="kmar"), role="sender")
        after = self.liaisons(client, asked)
        assert after["count"] == before["count"] + 4
        assert after["atLeast"]
        assert after["difference"] == before["difference"] + 4

    @staticmethod
    def liaisons(client, asked: str) -> dict:
        rows = ask(client, asked)["networkCounts"]
        return next(row["asKnownNow"] for row in rows if row["figure"] == "netwerk-2017")

    def test_a_figure_without_a_meaning_is_shown_as_not_comparable(self, client):
        source = Figure.objects.first().source
        values = {"label_nl": "Nieuw", "label_en": "Something new", "unit": "posts", "date": "2024"}
        Figure.objects.create(key="test-new", value=7, source=source, known_from="2024-01-01", **values)
        page = read(client, PAGE)
        assert "Something new" in page.partition("Not comparable")[2]
        (row,) = (row for row in ask(client)["networkCounts"] if row["figure"] == "test-new")
        assert row["counts"] is None

    def test_figures_that_were_not_known_yet_are_absent(self, client):
        assert {row["figure"] for row in ask(client, LETTER_DAY)["networkCounts"]} == set(
            Figure.objects.filter(instrument=None, organisation=None, known_from__lte="2021-12-02").values_list(
                "key", flat=True
            )
        )

    def test_the_list_says_what_sources_count_beside_what_the_register_knows(self, client):
        (row,) = (row for row in ask(client)["networkCounts"] if row["figure"] == "netwerk-2017")
        known = row["asKnownNow"]["count"]
        words = re.compile(
            r"Liaison officers of police and Marechaussee: a source counts 40 posts \(.*?2017.*?\)\. "
            rf'The register knows <a href="(/placements/[^"]+)">{known}</a> of them on that day\.'
        )
        for query in ("", "organisation=politie,kmar"):
            (url,) = words.findall(read(client, f"/placements/?{query}"))
            rows = get(client, f"/api/v1{unescape(url).replace('/?', '?')}&pageSize=200").json()["results"]
            assert sum(row["posts"] or 1 for row in rows) == known
        for query in ("country=AL", "validOn=2017-01-01", "knownOn=2017-01-01"):
            assert "a source counts 40" not in read(client, f"/placements/?{query}")

    def test_the_page_of_a_country_says_it_of_a_figure_that_names_it(self, client):
        figures = read(client, "/countries/ML/").partition('id="figures"')[2]
        assert re.search(r"Countries with Dutch police in missions.*?The register knows <a [^>]+>\d+</a>", figures)

    def test_numbers_on_the_page_open_their_lists(self, client):
        follow(client, read(client, PAGE).partition('id="counts"')[2])


class TestAgreedWhereNoPostIsKnown:
    QUESTION = "group=latin-america&kind=mou,letter_of_intent"

    @pytest.mark.parametrize("days", [LETTER_DAY, "validOn=2026-11-23&knownOn=2026-11-23", "validOn=2025-03-01"])
    @pytest.mark.parametrize("theme", ["", "drugs"])
    def test_which_cover_drugs_but_sit_in_a_country_without_a_post(self, client, theme, days):
        query = f"{self.QUESTION}&{days}" + (f"&theme={theme}" if theme else "")
        known_on = clock_in(days).known_on if "knownOn" in days else Clock.on().known_on
        clock = Clock(date.fromisoformat(days[8:18]), known_on)
        there = stages_on(clock, "mous")
        rows = Memorandum.objects.filter(pk__in=there, kind__in=("mou", "letter_of_intent"))
        rows = rows.filter(themes__key=theme) if theme else rows
        group = members("latin-america", clock.valid_on)
        expected = set()
        for row in rows:
            codes = {part.country_id for part in row.countries.all() if part.holds_on(clock.valid_on)}
            if codes & group and any(not present(posts_in(code, "host", clock)) for code in codes):
                expected.add(row.key)
        found = api_keys(client, "/api/v1/mous", f"{query}&countryWithout=placements&pageSize=200")
        assert set(found) == expected

    def test_a_post_that_is_there_takes_it_off_the_list(self, client):
        mou = MemorandumFactory(milestones=[("signed", "2020-01-01")])
        CountryRoleFactory(instrument=mou, country_id="NZ", role="partner")

        def listed(more=""):
            days = "validOn=2021-06-01&knownOn=2022-01-01"
            return mou.key in api_keys(client, "/api/v1/mous", f"countryWithout=placements&country=NZ&{days}{more}")

        assert listed()
        seen = [("observed", "2021-01-01"), ("observed", "2021-12-01")]
        covers = PlacementFactory(hosts=["AU"], milestones=seen)
        CountryRoleFactory(instrument=covers, country_id="NZ", role="covered")
        hidden = PlacementFactory(hosts=["NZ"], milestones=seen, classification="internal")
        assert listed(), "who covers a country does not sit there, and a hidden post is absent"
        assert listed("&countryRole=partner")
        assert not listed("&countryRole=party")
        Instrument.objects.filter(pk=hidden.pk).update(classification="public")
        assert not listed()

    def test_the_page_counts_and_opens_it(self, client):
        for row in ask(client, f"group=latin-america&theme=drugs&{LETTER_DAY}")["agreedWithoutPost"]:
            assert get(client, row["url"]).json()["count"] == row["count"] > 0


class TestTheQuestion:
    @pytest.mark.parametrize(
        ("key", "code"),
        [
            ("unknown=1", "unknown"),
            ("q=words", "unknown"),
            ("group=nowhere", "invalid_choice"),
            ("region=nowhere", "invalid_choice"),
            ("theme=nothing", "invalid_choice"),
            ("withinMonths=0", "min_value"),
            ("withinMonths=61", "max_value"),
            ("unconfirmedMonths=x", "invalid"),
            ("withinMonths=3&withinMonths=4", "repeated"),
            ("validOn=2021-02-30", "invalid"),
            ("cursor=x", "invalid"),
            ("format=csv", "invalid_choice"),
        ],
    )
    def test_a_fault_is_named_on_page_and_api(self, client, key, code):
        answer = client.get(f"{API}?{key}", headers={"accept-language": "en"})
        assert (answer.status_code, answer["content-type"]) == (400, "application/problem+json")
        (fault,) = answer.json()["invalidParams"]
        assert (fault["name"], fault["code"]) == (key.partition("=")[0], code)
        page = client.get(f"{PAGE}?{key}", headers={"accept-language": "en"})
        assert page.status_code == 400
        assert fault["reason"] in unescape(page.content.decode()) or code == "invalid_choice"

    def test_all_faults_at_once(self, client):
        faults = client.get(f"{API}?a=1&b=2&withinMonths=0").json()["invalidParams"]
        assert [fault["name"] for fault in faults] == ["a", "b", "withinMonths"]

    def test_a_form_that_was_sent_empty_asks_for_everything(self, client):
        empty = "group=&region=&theme=&kind=&organisation=&withinMonths=&unconfirmedMonths=&validOn=&knownOn="
        assert ask(client, empty) == ask(client)

    def test_the_page_names_the_api_that_answers_the_same_question(self, client):
        query = f"{BALKANS}&withinMonths=24&{LETTER_DAY}"
        assert f"/api/v1/gaps?{query}" in unescape(read(client, f"{PAGE}?{query}"))

    @pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "9999-12-31"])
    def test_where_nothing_is_known_no_post_is_on_record(self, client, day):
        found = ask(client, f"validOn={day}&knownOn=1900-01-01&withinMonths=60&unconfirmedMonths=60")
        assert found["countries"]["noneOnRecord"] == found["countries"]["count"] == Country.objects.count()
        assert found["plannedEnds"]["withoutSuccessor"]["count"] == found["unconfirmed"]["count"] == 0
        assert found["networkCounts"] == found["agreedWithoutPost"] == []
        page = read(client, f"{PAGE}?validOn={day}&knownOn=1900-01-01")
        assert "The register knows no planned end" in page
        assert "no source is known that counts" in page

    @pytest.mark.slow
    def test_the_same_number_of_queries_for_one_post_as_for_a_hundred(self, client):
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                read(client, f"{PAGE}?region=australia-and-new-zealand&validOn=2024-06-01&knownOn=2024-06-01")
            return len(captured)

        ends = TestEnds()
        for number in range(2):
            ends.post(f"test-{number}", "2024-12-31")
            PlacementFactory(hosts=["NZ"], milestones=[("observed", "2023-01-01")])
        few = queries()
        for number in range(2, 30):
            ends.post(f"test-{number}", "2024-12-31")
            PlacementFactory(hosts=["NZ"], milestones=[("observed", "2023-01-01")])
        assert queries() == few

    @pytest.mark.slow
    def test_what_one_may_not_see_changes_nothing(self, client):
        days = "validOn=2024-06-01&knownOn=2024-06-01"
        outlets = [f"{PAGE}?{days}", f"{API}?{days}", f"/api/v1/mous?countryWithout=placements&{days}"]
        outlets += [f"{PAGE}?region=australia-and-new-zealand&{days}"]
        mou = MemorandumFactory(milestones=[("signed", "2020-01-01")])
        CountryRoleFactory(instrument=mou, country_id="NZ", role="partner")
        before = [read(client, outlet) for outlet in outlets]
        ends, seen = TestEnds(), [("observed", "2024-01-01"), ("observed", "2024-06-01")]
        posts = [
            ends.post("test-hidden-1", "2024-12-31", classification="internal"),
            PlacementFactory(hosts=["NZ"], milestones=[("observed", "2023-01-01")], classification="confidential"),
            PlacementFactory(hosts=["NZ"], milestones=seen, classification="internal"),
        ]
        assert [read(client, outlet) for outlet in outlets] == before
        Instrument.objects.filter(pk__in=[post.pk for post in posts]).update(classification="public")
        assert not {read(client, outlet) for outlet in outlets} & set(before)

    @pytest.mark.slow
    def test_the_answer_is_what_the_contract_says(self, client):
        from jsonschema import Draft202012Validator

        document = get(client, "/api/v1/openapi.json").json()
        operation = document["paths"]["/gaps"]["get"]
        keys = {resolved(document, parameter)["name"] for parameter in operation["parameters"]}
        assert {"group", "region", "theme", "withinMonths", "unconfirmedMonths", "validOn", "knownOn"} <= keys
        shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**shape, "components": document["components"]})
        for query in (f"{BALKANS}&{LETTER_DAY}", ""):
            assert [error.message for error in validator.iter_errors(ask(client, query))] == []


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2021-12-02", 12, "2022-12-02"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-11-30", 3, "2025-02-28"),
        ("9999-06-01", 12, "9999-12-31"),
    ],
)
def test_months_after(day, months, expected):
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_the_way_to_gaps(client):
    for path in ("/placements/", "/countries/"):
        assert f"{PAGE}?validOn=2021-12-02" in read(client, f"{path}?{LETTER_DAY}")
