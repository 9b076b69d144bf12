"""The first page, the countries and the briefing: numbers are those of the lists behind them, on every clock."""

import html
import re
from datetime import date

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from cooperation.register.charts import map as world_map
from cooperation.register.models import Commitment, Instrument
from tests.contracts.outlets import at, get, read
from tests.factories import (
    CountryRoleFactory,
    EUProposalFactory,
    InitiativeFactory,
    MemorandumFactory,
    MilestoneFactory,
    PlacementFactory,
    ProvisionFactory,
    SourceFactory,
    TreatyFactory,
)

pytestmark = pytest.mark.django_db

LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"
CLOCKS = [
    "",
    pytest.param(LETTER_DAY, marks=pytest.mark.slow),
    pytest.param("validOn=2024-03-01&knownOn=2022-07-01", marks=pytest.mark.slow),
]
NUMBER = re.compile(r'<a href="([^"]+)">(?:(?!</a>).)*?<b>(\d+)</b>', re.DOTALL)


def numbers(page: str) -> list[tuple[str, int]]:
    """The links with a number, and the number."""
    return [(html.unescape(address), int(number)) for address, number in NUMBER.findall(page)]


def listed(address: str, user=None) -> int:
    """How many records the list at an address has for a reader."""
    path, _mark, query = address.partition("?")
    return resolve(path).func.view_class.ask(QueryDict(query), user).selection.count()


@pytest.fixture
def insider(client):
    user = User.objects.create_user("insider")
    user.user_permissions.add(Permission.objects.get(codename="see_internal"))
    for number, factory in enumerate((PlacementFactory, EUProposalFactory, MemorandumFactory)):
        record = factory(key=f"test-{number}", classification="internal")
        CountryRoleFactory(instrument=record, country_id="NZ")
        MilestoneFactory(instrument=record, kind="other", date="2020-05-05", state="expected", key="still-to-come")
        record.disputes.create(field="general")
        record.commitments.create(what_nl="Belofte", made_in=SourceFactory(), due="2020-12-31")
    return client, user


@pytest.mark.slow
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("path", ["/", "/countries/", "/countries/BE/", "/countries/NL/"])
def test_each_number_opens_the_list_that_it_counts(client, path, clock):
    found = numbers(read(client, at(path, clock)))
    assert found
    assert [(address, n) for address, n in dict(found).items() if listed(address) != n] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/countries/"])
def test_each_number_is_the_reader_s(insider, path):
    client, user = insider
    outside = numbers(read(client, path))
    client.force_login(user)
    inside = numbers(read(client, path))
    assert [(address, n) for address, n in dict(inside).items() if listed(address, user) != n] == []
    assert outside != inside


def test_what_needs_attention_is_of_every_kind(client):
    before = dict(numbers(read(client, "/")))
    promised = {"what_nl": "Belofte", "made_in": SourceFactory()}
    for first, factory in (
        ("signed", TreatyFactory),
        ("announced", InitiativeFactory),
        ("signed", MemorandumFactory),
    ):
        record = factory(key=f"test-{factory.__name__.lower()}", milestones=[(first, "2020-01-01")])
        MilestoneFactory(instrument=record, kind="other", date="2020-05-05", state="expected", key="still-to-come")
        record.disputes.create(field="general")
        Commitment.objects.bulk_create(
            [
                Commitment(instrument=record, number=1, due="2020-12-31", **promised),
                Commitment(instrument=record, number=2, **promised),
            ]
        )
    after = dict(numbers(read(client, "/")))
    grown = {address: after[address] - before.get(address, 0) for address in after if "?" in address}
    assert grown["/commitments/?state=overdue"] == 3
    assert grown["/commitments/?state=open"] == 3
    assert grown["/timeline/?overdue=true&sort=date"] == 3
    assert grown["/search/?disputed=true"] == 3
    assert grown["/search/?stalled=true"] == 2  # what was signed and binds nobody is done


class TestTheMostUrgentByName:
    """Under each number of what needs attention stand three records, the most urgent first, each with its day."""

    NAMED = re.compile(r'<a class="clip" href="([^"]+)">([^<]+)</a><span class="meta">(.*?)</span></li>', re.DOTALL)

    def card(self, client, query: str, clock: str = "") -> list[tuple[str, str, str]]:
        page = read(client, at("/", clock))
        cards = re.findall(r'<li class="is-\w+">\s*(<a href.*?)</ul>', page, re.DOTALL)
        found = next(card for card in cards if query in card.split(">")[0])
        return self.NAMED.findall(found)

    def test_three_with_the_first_day_first(self, client):
        record = InitiativeFactory(key="test-urgent", title_en="Urgent")
        for place, year in enumerate((1952, 1950, 1953, 1951)):
            MilestoneFactory(instrument=record, kind="other", date=str(year), state="expected", key=f"day-{place}")
        cards = self.card(client, "overdue=true")
        assert [url for url, _name, _day in cards] == [
            f"/initiatives/test-urgent/#milestone-day-{place}" for place in (1, 3, 0)
        ]
        assert all(name == "Urgent" for _url, name, _day in cards)
        assert "Was expected" in cards[0][2]
        assert "1950" in cards[0][2]

    def test_what_stands_still_says_when_it_last_moved(self, client):
        InitiativeFactory(key="test-still", title_en="Stands still", milestones=[("announced", "1951-03-04")])
        url, name, day = self.card(client, "stalled=true")[0]
        assert (url, name) == ("/initiatives/test-still/", "Stands still")
        assert "Last moved" in day
        assert "4 Mar 1951" in day

    def test_a_promise_without_a_day_comes_after_those_with_one(self, client):
        record = InitiativeFactory(key="test-promise")
        for due in (None, "2099-01-01"):
            record.commitments.create(what_nl="Beloofd", what_en=f"Promised {due}", made_in=SourceFactory(), due=due)
        names = [name for _url, name, _day in self.card(client, "state=open")]
        assert names[0] == "Promised 2099-01-01"

    def test_what_is_hidden_is_named_to_nobody_else(self, insider):
        client, user = insider
        assert "Belofte" not in read(client, "/")
        client.force_login(user)
        assert "Belofte" in read(client, "/", language="nl")

    def test_in_the_language_of_the_reader(self, client):
        assert "expected in the next 90 days" in read(client, "/")
        assert "verwacht in de komende 90 dagen" in read(client, "/", language="nl")

    def test_what_is_none_is_told_in_one_line(self, client):
        Commitment.objects.all().delete()
        page = read(client, "/")
        assert "/commitments/?state=open" not in page
        assert re.search(r"None on this day: commitments overdue, commitments open\b", page)


class TestWhatMovedAndWhatComes:
    def test_by_days_and_not_by_number(self, client):
        record = InitiativeFactory(key="test-moves", title_en="Moves")
        for key, day, state in (
            ("lately", "2099-06-05", "occurred"),
            ("long-ago", "2099-05-20", "occurred"),
            ("soon", "2099-08-01", "expected"),
            ("later", "2099-12-24", "expected"),
        ):
            MilestoneFactory(instrument=record, kind="other", date=day, state=state, key=key, note_en=f"came {key}")
        page = read(client, at("/", "validOn=2099-06-30&knownOn=2099-06-30"))
        section = re.search(r'aria-labelledby="h-happened">(.*?)</section>', page, re.DOTALL)[1]
        moved, coming = section.split("<h3")[1:]
        lately, before = moved.split("Before that")
        soon, after = coming.split("After that")
        assert "came lately" in lately
        assert "came long-ago" in before
        assert "came soon" in soon
        assert "came later" in after
        assert "from=2099-05-31&amp;until=2099-06-30&amp;state=occurred" in moved

    def test_before_the_bars(self, client):
        page = read(client, "/")
        assert page.index('id="h-attention"') < page.index('id="h-happened"') < page.index('id="h-register"')


def test_the_home_page_asks_as_much_of_many_records_as_of_few(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            get(client, "/")
        return len(asked)

    queries()
    few = queries()
    for _ in range(5):
        post = PlacementFactory(hosts=["NZ"])
        CountryRoleFactory(instrument=post, country_id="AU", role="covered")
    assert queries() == few


def test_a_map_draws_the_lines_with_most_posts_and_says_so(client, monkeypatch):
    monkeypatch.setattr(world_map, "LINES", 1)
    for code, posts in (("AU", 2), ("FJ", 1)):
        for _ in range(posts):
            post = PlacementFactory(hosts=["NZ"])
            CountryRoleFactory(instrument=post, country_id=code, role="covered")
    page = read(client, "/?validOn=2020-01-01")
    assert re.search(r"Of the \d+ lines of coverage the 1 with most posts are drawn\.", page)
    assert {line.count("M") for line in re.findall(r'<path class="map__line" d="(M[^"h]+)"', page)} == {1}


@pytest.mark.parametrize("path", ["/", "/countries/", "/countries/AL/"])
def test_before_anything_was_known(client, path):
    text = read(client, at(path, "validOn=1900-01-01&knownOn=1900-01-01"))
    assert all(number == 0 for _address, number in numbers(text))


@pytest.mark.parametrize("path", ["/", "/countries/", "/countries/AL/", "/search/", "/timeline/", "/commitments/"])
def test_an_empty_register(client, path):
    Instrument.objects.update(classification="confidential")  # to this reader the same as none at all
    page = read(client, path)
    assert all(number == 0 for address, number in numbers(page) if "sources" not in address)


class TestTheBriefing:
    def test_a_country_with_nothing_says_what_to_try(self, client):
        page = read(client, "/countries/TV/?validOn=2021-12-02&knownOn=2021-12-02")
        assert "The register holds nothing about Tuvalu" in page
        assert 'href="/countries/TV/"' in page
        assert "/search/?region=polynesia" in page

    def test_everything_of_a_country_has_its_part(self, client):
        records = [
            (PlacementFactory(key="test-post"), "host"),
            (MemorandumFactory(key="test-mou"), "partner"),
            (treaty := TreatyFactory(key="test-treaty"), "party"),
            (ProvisionFactory(key="test-provision", treaty=treaty), "party"),
            (InitiativeFactory(key="test-initiative"), "beneficiary"),
            (EUProposalFactory(key="test-file"), "concerned"),
        ]
        for record, role in records:
            CountryRoleFactory(instrument=record, country_id="TV", role=role, reason_en="because")
        records[0][0].commitments.create(what_nl="Beloofd", what_en="Promised to Tuvalu", made_in=SourceFactory())
        page = read(client, "/countries/TV/")
        assert [record.key for record, _role in records if record.title_en not in page] == []
        assert "Promised to Tuvalu" in page
        assert "beneficiary: because" in page

    def test_many_provisions_are_counted_by_treaty(self, client):
        page = read(client, "/countries/LU/")
        assert ("/benelux/provisions/?country=LU&treaty=benelux-2018", 27) in numbers(page)

    def test_groups_have_their_days(self, client):
        assert "European Union" not in read(client, "/countries/HR/?validOn=2013-06-30")
        page = read(client, "/countries/HR/?validOn=2013-07-01")
        assert 'European Union from <time datetime="2013-07-01">1 Jul 2013</time>' in page

    def test_it_names_the_same_questions_in_the_api(self, client):
        page = read(client, f"/countries/AL/?{LETTER_DAY}")
        for name in ("instruments", "milestones", "commitments"):
            address = f"/api/v1/{name}?country=AL&{LETTER_DAY}"
            assert html.escape(address) in page
            get(client, address)

    def test_what_is_hidden_is_in_no_part_of_it(self, client):
        before = read(client, "/countries/TV/")
        hidden = PlacementFactory(classification="internal", hosts=["TV"])
        hidden.commitments.create(what_nl="Geheim", made_in=SourceFactory())
        hidden.figures.create(
            key="test-hidden",
            label_nl="Geheim",
            label_en="Geheim",
            value=1,
            unit="posts",
            date="2020",
            source=SourceFactory(),
            known_from=date(2020, 1, 1),
        ).countries.create(country_id="TV", role="concerned")
        assert read(client, "/countries/TV/") == before
        Instrument.objects.filter(pk=hidden.pk).update(classification="public")
        public = read(client, "/countries/TV/")
        assert public.count("Geheim") >= 2
