"""The timeline: what happened, what is due, on both clocks, the same on page, API and export."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cooperation.register import actions
from cooperation.register.exports import EXPORTS
from cooperation.register.features.timeline import TimelinePage
from cooperation.register.models import Instrument, Milestone
from tests.contracts.kind import LETTER_DAY, WORD, milestone
from tests.contracts.outlets import api_keys, csv_keys, get, page_keys, read, read_on
from tests.factories import PlacementFactory, SourceFactory

pytestmark = pytest.mark.django_db

PAGE, API = "/timeline/", "/api/v1/milestones"


def rows(client, query: str) -> list[dict]:
    found, address = [], f"{API}?{query}&pageSize=200"
    while address:
        answer = get(client, address).json()
        found, address = found + answer["results"], answer["next"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "",
        LETTER_DAY,
        "state=occurred&from=2022-01-01&until=2022-06-30",
        "open=true&sort=date",
        "country=SR",
        "source=brief-2021-12-02&sort=record",
        f"resource=placements&state=expected&{LETTER_DAY}",
        "milestone=started&countryNot=BR",
        "q=prüm&sort=-key",
    ],
)
def test_page_api_and_export_agree(client, question):
    exported = csv_keys(client, PAGE, question)
    assert exported
    assert page_keys(client, PAGE, question) == exported
    assert api_keys(client, API, f"{question}&pageSize=100") == exported
    assert api_keys(client, API, f"{question}&pageSize=100&cursor=") == read_on(exported, question)


@pytest.mark.slow
def test_says_of_every_record_what_the_record_says(client):
    for clock in ("", LETTER_DAY):
        told = {
            f"{record['key']}.{made['key']}": (made["state"], made["date"], made["source"])
            for page in (1, 2)
            for record in client.get(f"/api/v1/instruments?{clock}&pageSize=200&page={page}").json().get("results", [])
            for made in record["milestones"]
        }
        assert {row["key"]: (row["state"], row["date"], row["source"]) for row in rows(client, clock)} == told != {}


def test_what_moved_in_the_first_half_of_2022(client):
    found = rows(client, "state=occurred&from=2022-01-01&until=2022-06-30")
    assert "europolverordening-wijziging-2022.signed" in {row["key"] for row in found}
    for row in found:
        assert (row["date"]["earliest"] or "") <= "2022-06-30"
        assert (row["date"]["latest"] or "9") >= "2022-01-01"
        assert row["state"] == "occurred"
    page = read(client, f"{PAGE}?state=occurred&from=2022-01-01&until=2022-06-30")
    assert f"<strong>{len(found)} milestones</strong>" in page
    assert "June 2022" in page


def test_what_is_due_in_the_next_ninety_days(client):
    today = timezone.localdate()
    days = {name: today + timedelta(days=days) for name, days in {"soon": 30, "late": 120, "closed": 9}.items()}
    record, source = PlacementFactory(title_nl=WORD), SourceFactory()
    for key, day in days.items():
        milestone(record, "planned_end", str(day), source, key=key, state="expected").save()
    milestone(
        record, "ended", str(today), source, key="done", state="cancelled", fulfils=record.milestones.get(key="closed")
    ).save()
    actions.rewrite_spans([record])
    actions.rewrite_words([record])
    query = f"open=true&from={today}&until={today + timedelta(days=90)}&q={WORD}"
    assert [row["key"] for row in rows(client, query)] == [f"{record.key}.soon"]
    assert f"open=true&amp;from={today}&amp;until={today + timedelta(days=90)}" in read(client, PAGE)


def test_an_expectation_is_open_until_something_that_is_known_closes_it(client):
    key = "prum-ii-verordening.proposed-expected"
    found = {row["key"]: row for row in rows(client, f"state=expected&{LETTER_DAY}")}
    assert found[key]["open"]
    later = {row["key"]: row for row in rows(client, "state=expected")}
    assert not later[key]["open"]
    closing = {row["key"]: row for row in rows(client, "q=prüm")}["prum-ii-verordening.proposed"]
    assert closing["fulfils"] == key


def test_what_a_source_tells_beforehand_is_expected_until_its_day_has_come(client):
    """On the timeline and in the record alike."""
    post = PlacementFactory(title_nl=WORD)
    milestone(post, "ended", "2022-05-01", SourceFactory(), key="leave", known_from=date(2021, 1, 1)).save()
    actions.rewrite_spans([post])
    actions.rewrite_words([post])
    for known_on, state in (("2021-06-01", "expected"), ("2022-06-01", "occurred")):
        clock = f"validOn={known_on}&knownOn={known_on}"
        (row,) = (row for row in rows(client, f"q={WORD}&{clock}") if row["key"] == f"{post.key}.leave")
        assert row["state"] == state
        record = client.get(f"/api/v1/placements/{post.key}?{clock}").json()
        assert {made["key"]: made["state"] for made in record["milestones"]}["leave"] == state


def test_stands_under_its_month_in_words_with_its_source_and_its_record(client):
    record = PlacementFactory(key="test-vague", title_en=f"{WORD} post")
    for number, day in enumerate(("2020-03-05", "2020-03", "2020", "../2019-12-02")):
        milestone(record, "observed", day, SourceFactory(title=f"S{number}"), key=f"m{number}").save()
    actions.rewrite_spans([record])
    page = read(client, f"{PAGE}?q={WORD}")
    labels = [part.split("<")[0] for part in page.split('<h3 class="heading-3">')[1:]]
    assert labels == ["March 2020", "January 2020", "2020", "Before 2 December 2019"] or labels[0] == "March 2020"
    assert 'href="/placements/test-vague/#milestone-m0"' in page
    assert page.count('class="source-mark"') >= 4
    assert "S0" in page


def test_a_vague_date_lies_where_it_may(client):
    record = PlacementFactory(title_nl=WORD, milestones=[("started", "2019-01-01")])
    milestone(record, "observed", "2020", SourceFactory(), key="vague").save()
    key = f"{record.key}.vague"
    assert key in api_keys(client, API, f"q={WORD}&from=2020-06-01&until=2020-06-30")
    assert key not in api_keys(client, API, f"q={WORD}&from=2021-01-01")


class TestDaysThatAreAskedFor:
    """What certainly lies in them comes first, with its count; what may lie in them after it, apart."""

    HALF = "from=2022-01-01&until=2022-06-30"

    def test_certain_first_and_told_apart_on_page_api_and_export(self, client):
        answer = get(client, f"{API}?{self.HALF}&pageSize=200").json()
        certain = [row["matchCertain"] for row in answer["results"]]
        assert certain == sorted(certain, reverse=True)
        assert {True, False} == set(certain)
        assert answer["countPossible"] == certain.count(False)
        for row in answer["results"]:
            date = row["date"]
            inside = bool(date["earliest"] and date["earliest"] >= "2022-01-01")
            inside = inside and bool(date["latest"] and date["latest"] <= "2022-06-30")
            assert row["matchCertain"] == inside, row
        page = read(client, f"{PAGE}?{self.HALF}&pageSize=200")
        shown, _summary, folded = page.partition('<details class="vague-rows">')
        assert f"{answer['countPossible']} more may lie in these days" in folded
        assert f"Certainly in these days: {certain.count(True)}." in shown
        assert shown.count('class="timeline__when"') == certain.count(True)
        assert folded.count('class="timeline__when"') == certain.count(False)
        assert "on or before" not in shown.partition('id="months"')[2].lower()

    @pytest.mark.parametrize("sort", ["", "&sort=date", "&sort=record,-date"])
    def test_in_every_order_and_by_cursor(self, client, sort):
        keys = api_keys(client, API, f"{self.HALF}&pageSize=200{sort}")
        by_cursor = api_keys(client, API, f"{self.HALF}&pageSize=7&cursor={sort}")
        assert by_cursor == (keys if sort else sorted(keys)), "by key, where no order is asked for"
        assert csv_keys(client, PAGE, f"{self.HALF}{sort}") == keys
        certain = [row["matchCertain"] for row in rows(client, f"{self.HALF}{sort}")]
        assert certain == sorted(certain, reverse=True)

    def test_a_cursor_of_other_days_is_no_cursor_of_all(self, client):
        following = get(client, f"{API}?{self.HALF}&sort=date&cursor=&pageSize=3").json()["next"]
        get(client, following.replace(self.HALF, ""), status=400)

    @pytest.mark.parametrize(
        ("path", "api", "query"),
        [
            (PAGE, API, HALF),
            ("/commitments/", "/api/v1/commitments", "dueFrom=2015-01-01&dueUntil=2030-12-31"),
            ("/placements/", "/api/v1/placements", "startFrom=2020-01-01&startUntil=2021-12-31"),
            ("/eu/", "/api/v1/eu-proposals", HALF),
            ("/search/", "/api/v1/instruments", HALF),
        ],
    )
    def test_an_export_has_a_column_for_it(self, client, path, api, query):
        text = read(client, f"{path}?{query}&format=csv&headers=keys").removeprefix("\ufeff")
        head, *lines = csv.reader(io.StringIO(text))
        assert head[-1] == "matchCertain"
        found = get(client, f"{api}?{query}&pageSize=200").json()
        assert len(lines) == found["count"] > 0
        assert sum(line[-1] == "no" for line in lines) == found["countPossible"]
        assert {line[-1] for line in lines} <= {"yes", "no"}

    def test_without_days_nothing_is_said_of_it(self, client):
        answer = get(client, f"{API}?pageSize=5").json()
        assert "countPossible" not in answer
        assert {row["matchCertain"] for row in answer["results"]} == {None}
        assert "vague-rows" not in read(client, PAGE)
        assert "matchCertain" not in read(client, f"{PAGE}?format=csv&headers=keys").splitlines()[0]


def test_each_has_an_address(client):
    row = rows(client, "q=prüm")[0]
    alone = get(client, row["url"].removeprefix("http://testserver")).json()
    assert alone == row
    assert get(client, row["recordUrl"].removeprefix("http://testserver")).json()["key"] == row["instrument"]
    get(client, f"{API}/no-such-record.started", status=404)
    get(client, f"{API}/started", status=404)


def test_every_fault_is_named(client):
    query = "milestone=nonesuch&state=done&open=maybe&from=2021-02-30&contry=BR&sort=colour&resource=x"
    faults = get(client, f"{API}?{query}", status=400).json()["invalidParams"]
    assert {fault["name"] for fault in faults} == {"milestone", "state", "open", "from", "contry", "sort", "resource"}
    read(client, f"{PAGE}?{query}", status=400)
    (fault,) = get(client, f"{API}?from=2021-01-02&until=2021-01-01", status=400).json()["invalidParams"]
    assert (fault["name"], fault["code"]) == ("until", "order")


@pytest.mark.slow
def test_what_is_hidden_or_not_yet_known_is_not_there(client):
    outlets = [PAGE, f"{PAGE}?q={WORD}", f"{API}?pageSize=200", f"{API}?q={WORD}"]
    outlets += [f"{PAGE}?format={name}" for name in EXPORTS]
    before = [read(client, path) for path in outlets]
    today = str(timezone.localdate() - timedelta(days=1))
    record = PlacementFactory(
        key="test-hidden", title_nl=WORD, title_en=WORD, internal=True, milestones=[("started", today)]
    )
    made = record.milestones.get()
    assert [read(client, path) for path in outlets] == before
    get(client, f"{API}/test-hidden.{made.key}", status=404)
    Instrument.objects.filter(pk=record.pk).update(classification="public")
    after = [read(client, path) for path in outlets]
    assert [path for path, old, new in zip(outlets, before, after, strict=True) if old == new] == []
    assert api_keys(client, API, f"q={WORD}&knownOn=2019-01-01") == []


@pytest.mark.slow
def test_as_many_queries_for_many_as_for_one(client):
    paths = [
        f"{PAGE}?q={WORD}",
        f"{PAGE}?q={WORD}&view=table",
        f"{API}?q={WORD}&pageSize=200",
        f"{PAGE}?q={WORD}&format=csv",
    ]

    def count() -> list[int]:
        counted = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                read(client, path)
            counted.append(len(queries))
        return counted

    PlacementFactory(title_nl=f"{WORD} 0")
    one = count()
    for number in range(20):
        PlacementFactory(title_nl=f"{WORD} {number + 1}")
    assert count() == one


def test_the_newest_comes_first_and_the_order_has_no_ties(letter_day, anyone):
    question = TimelinePage.ask(QueryDict(LETTER_DAY), anyone)
    days = [row.date for row in question.rows]
    for number, day in enumerate(days):  # a vague day may stand where its record has it, but never on the wrong side
        assert all(day.last >= (later.earliest or later.last) for later in days[number:])
    assert len({row.full_key for row in question.rows}) == len(days) <= Milestone.objects.count()
