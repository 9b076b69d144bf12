"""EU files as a board, their packages, what is expected and how many stand still."""

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cooperation.models import EUProposal
from cooperation.register.domain.clock import Clock
from cooperation.register.domain.edtf import EDTF
from cooperation.register.models import Instrument, Milestone, StageSpan
from cooperation.register.views.layouts.board import days_in_words, due
from tests.contracts.outlets import api_keys, get, page_keys, read
from tests.factories import EUProposalFactory, MilestoneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


PAGE, API = "/eu/", "/api/v1/eu-proposals"
PACKAGE = "package=schengen-2021-12"
TODAY = "validOn=2026-11-24&knownOn=2026-11-24"
AFTERWARDS = "validOn=2022-02-05&knownOn=2022-02-05"
COLUMN = re.compile(r'<section class="board__column".*?</section>|<details class="board__ended">.*?</details>', re.S)
TITLE = re.compile(r'class="card__title" href="/eu/([a-z0-9-]+)/')


def board(client, query: str = TODAY) -> dict[str, list[str]]:
    """The keys on the board by the words of their stage."""
    page = html.unescape(read(client, f"{PAGE}?view=board&{query}"))
    columns = {}
    for column in COLUMN.findall(page):
        stage = re.search(r"</svg>\s*<span>([^<]+)</span>", column)[1]
        columns[stage] = TITLE.findall(column)
    return columns


def card(client, key: str, query: str = TODAY) -> str:
    page = read(client, f"{PAGE}?view=board&{query}")
    found = next(part for part in page.split('<li class="card">') if f'href="/eu/{key}/' in part)
    return plain(found.split("</li>")[0])


def section(client, name: str, query: str = f"view=board&{TODAY}") -> str:
    """A section of the page as it stands, empty where there is none."""
    page = read(client, f"{PAGE}?{query}")
    return (
        page.split(f'<section class="section" id="{name}"')[1].split("</section>")[0] if f'id="{name}"' in page else ""
    )


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


class TestTheBoard:
    @pytest.mark.parametrize("query", [TODAY, AFTERWARDS, f"package=schengen-2021-12&{TODAY}", f"stalled=true&{TODAY}"])
    def test_holds_every_file_of_the_question_under_its_stage(self, client, query):
        columns = board(client, query)
        shown = [key for keys in columns.values() for key in keys]
        assert sorted(shown) == sorted(api_keys(client, API, query))
        for stage, keys in columns.items():
            assert sorted(keys) == sorted(api_keys(client, API, f"stage={stage.replace(' ', '_')}&{query}"))

    def test_stages_in_the_order_of_the_ladder_and_ends_folded(self, client):
        order = [stage.replace("_", " ") for stage in EUProposal.ladder.every_stage]
        columns = list(board(client))
        assert columns == [stage for stage in order if stage in columns]
        assert columns[-2:] == ["expired", "repealed"]
        page = read(client, f"{PAGE}?view=board&{TODAY}")
        assert page.count('<details class="board__ended">') == 2
        assert "at this stage: announced." in plain(page)

    def test_a_card_says_what_happened_last_and_what_comes(self, client):
        text = card(client, "richtlijn-informatie-uitwisseling")
        assert "EU directive" in text
        assert "disputed" in text
        assert "In 200 days : Transposition deadline, 12 Jun 2027" in text
        assert "Package: Schengen package of December 2021" in text
        assert "BNC fiche: kst-22112-3293" in text

    def test_a_day_that_has_passed(self, client):
        words = plain(section(client, "deadlines"))
        assert "29 Jan 2026 299 days ago no word since" in re.sub(r" \d+ (?=299)", " ", words)

    def test_a_stalled_file_says_so(self, client):
        (key, *_rest) = api_keys(client, API, f"stalled=true&{TODAY}")
        assert "stalled" in card(client, key)

    def test_shows_more_rows_than_a_page_of_the_table_and_says_how_many(self, client):
        for _number in range(5):
            EUProposalFactory()
        total = get(client, f"{API}?pageSize=1").json()["count"]
        assert total > 25
        assert f"1 to {total} of {total}." in plain(read(client, f"{PAGE}?view=board"))
        assert "1 to 10 of" in plain(read(client, f"{PAGE}?view=board&pageSize=10"))

    def test_switching_keeps_the_question(self, client):
        page = html.unescape(read(client, f"{PAGE}?kind=directive&page=1&{TODAY}"))
        assert re.search(rf'href="\?kind=directive&{TODAY}&view=board"', page)
        page = html.unescape(read(client, f"{PAGE}?view=board&kind=directive&{TODAY}"))
        assert '<input type="hidden" name="view" value="board">' in page
        assert f"/api/v1/eu-proposals?kind=directive&{TODAY}" in page

    def test_nothing_to_show(self, client):
        page = read(client, f"{PAGE}?view=board&q=zzzzzz")
        assert "Nothing in the register fits this question" in page
        StageSpan.objects.all().delete()
        assert "0 EU proposals" in plain(read(client, f"{PAGE}?view=board"))


class TestTheKey:
    def test_an_unknown_view_is_an_error(self, client):
        assert "is not one of: table, board" in html.unescape(read(client, f"{PAGE}?view=strip", status=400))
        get(client, "/initiatives/?view=board", status=400)
        get(client, f"{PAGE}?view=strip&format=csv", status=400)

    def test_the_table_is_a_view_too(self, client):
        assert page_keys(client, PAGE, f"view=table&{TODAY}") == page_keys(client, PAGE, TODAY)

    def test_is_without_effect_in_the_api_and_an_export(self, client):
        query = f"fields=key&pageSize=7&{TODAY}"
        rows = get(client, f"{API}?{query}").json()["results"]
        for view in ("board", "table", "map"):
            assert get(client, f"{API}?{query}&view={view}").json()["results"] == rows
        assert len(get(client, f"{API}?fields=key&view=board&{TODAY}").json()["results"]) == 25
        assert read(client, f"{PAGE}?format=csv&view=board&{TODAY}") == read(client, f"{PAGE}?format=csv&{TODAY}")


class TestProgress:
    """What is expected, the packages and how many stand still: of the rows of the question."""

    def test_the_schengen_package_is_one(self, client):
        text = section(client, "packages", f"{PACKAGE}&{TODAY}")
        keys = re.findall(r'class="row" href="/eu/([a-z0-9-]+)/', text)
        assert sorted(keys) == sorted(api_keys(client, API, f"package=schengen-2021-12&{TODAY}"))
        assert len(keys) == 4
        assert "4 proposals" in text
        words = plain(text)
        for fact in (
            "2021/0411(COD)",
            "kst-22112-3293",
            "Directive (EU) 2023/977",
            "Transposition deadline: in 200 days",
        ):
            assert fact in words
        link = html.unescape(re.search(r'<h3[^>]*><a href="([^"]+)"', text)[1])
        assert len(page_keys(client, PAGE, link.removeprefix("?"))) == 4

    def test_an_act_has_its_number_only_once_it_is_known(self, client):
        text = section(client, "packages", f"{PACKAGE}&{AFTERWARDS}")
        assert "2021/0411(COD)" in text
        assert "CELEX:32023L0977" not in text
        assert "CELEX:32023L0977" in section(client, "packages", f"{PACKAGE}&{TODAY}")

    def test_what_is_expected_by_day(self, client):
        text = section(client, "deadlines")
        expected = Milestone.objects.still_expected_on(date(2026, 11, 24)).filter(instrument__resource="eu-proposals")
        assert text.count("<tr") - 1 == expected.count()
        words = plain(text)
        assert "in 37 days" in words
        assert "1657 days ago" in words
        assert "no exact day" in words
        assert words.index("1657 days ago") < words.index("in 37 days") < words.index("in 200 days")

    @pytest.mark.parametrize("query", [TODAY, f"view=board&{TODAY}"])
    @pytest.mark.parametrize("asked", ["stalled=true", PACKAGE])
    def test_a_number_opens_its_list(self, client, query, asked):
        above = html.unescape(read(client, f"{PAGE}?{query}")).split('<ul class="anchors">')[1].split("</ul>")[0]
        links = dict(re.findall(r'href="\?([^"#]+)">[^<]+</a> <span class="none">(\d+)', above))
        link = next(link for link in links if asked in link)
        assert len(page_keys(client, PAGE, link)) == int(links[link])
        assert sorted(page_keys(client, PAGE, link)) == sorted(api_keys(client, API, f"{asked}&{TODAY}"))

    def test_the_list_of_stalled_files_has_the_rule(self, client):
        rule = "A next step is due, none is planned on a day to come, and nothing happened for 9 months."
        assert rule in plain(read(client, f"{PAGE}?stalled=true&{TODAY}"))
        assert rule not in plain(read(client, f"{PAGE}?{TODAY}"))

    def test_of_the_rows_of_the_question(self, client):
        assert section(client, "packages", f"view=board&{PACKAGE}&kind=directive&{TODAY}").count('class="row"') == 1
        assert section(client, "deadlines", f"view=board&kind=directive&{TODAY}")
        for query in ("kind=directive", "page=2"):
            assert 'class="anchors"' not in read(client, f"{PAGE}?{query}&{TODAY}")


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "in 1 day"), (40, "in 40 days"), (-1, "1 day ago"), (-12, "12 days ago")],
)
def test_days_in_words(days, words):
    assert days_in_words(days) == words


@pytest.mark.parametrize(
    ("day", "days", "is_late"),
    [
        ("2026-12-01", "in 7 days", False),
        ("2026-11", "", False),
        ("2026-10", "", True),
        ("2026-11-23", "1 day ago", True),
    ],
)
def test_days_are_counted_where_the_day_is_exact(day, days, is_late):
    file = EUProposalFactory()
    milestone = MilestoneFactory(instrument=file, kind="applies_from", date=EDTF(day), state="expected")
    milestone.said = "expected"
    found = due(milestone, Clock(date(2026, 11, 24), date(2026, 11, 24)))
    assert (found["days"], found["is_late"]) == (days, is_late)


@pytest.mark.parametrize("query", ["view=board", PACKAGE])
def test_a_hidden_file_changes_nothing(client, query):
    before = read(client, f"{PAGE}?{query}")
    hidden = EUProposalFactory(
        key="test-hidden",
        classification="internal",
        package="schengen-2021-12",
        milestones=[("proposed", "2022-01-01")],
    )
    MilestoneFactory(instrument=hidden, kind="applies_from", date="2024-01-01", state="expected")
    assert read(client, f"{PAGE}?{query}") == before
    Instrument.objects.filter(pk=hidden.pk).update(classification="public")
    assert "/eu/test-hidden/" in section(client, "packages" if query == PACKAGE else "deadlines", query)


@pytest.mark.parametrize("query", ["", "view=board", PACKAGE])
def test_as_many_queries_for_many_files_as_for_few(client, query):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client, f"{PAGE}?{query}")
        return len(captured)

    def add() -> None:
        file = EUProposalFactory(package="schengen-2021-12")
        MilestoneFactory(instrument=file, kind="applies_from", date="2027-01-01", state="expected")

    add()
    few = queries()
    for _number in range(4):
        add()
    assert queries() == few
