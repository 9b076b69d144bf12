"""Commitments: which were kept, by which document, how many days after the promise; and which are open."""

import shutil
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.register.actions import load as loading
from cooperation.register.domain.clock import Clock
from cooperation.register.exports import EXPORTS
from cooperation.register.models import Commitment, Instrument
from tests.contracts.kind import LETTER_DAY, WORD, milestone
from tests.contracts.outlets import api_keys, csv_keys, csv_rows, get, page_keys, read
from tests.factories import PlacementFactory, SourceFactory

pytestmark = pytest.mark.django_db

PAGE, API = "/commitments/", "/api/v1/commitments"
CLOCKS = ("2021-11-30", "2021-12-02", "2021-12-10", "2022-03-01", "2026-01-01", "2026-11-23")


def promise(record, source, **values) -> Commitment:
    made = record.commitments.create(**{"what_nl": WORD, "made_in": source, **values})
    return Commitment.objects.get(pk=made.pk)


@pytest.mark.parametrize(
    "question",
    [
        *("", LETTER_DAY, "state=kept&sort=-due", "stateNot=kept", "madeIn=brief-2021-12-02", "source=kst-22112-3292"),
        *("dueFrom=2021-12-01&dueUntil=2021-12-31", "resource=eu-proposals&sort=state", "q=prüm", "country=SR"),
    ],
)
def test_page_api_and_export_agree(client, question):
    exported = csv_keys(client, PAGE, question)
    assert exported
    assert page_keys(client, PAGE, question) == exported
    assert api_keys(client, API, question) == exported
    assert api_keys(client, API, f"{question}&pageSize=3&cursor=") == (
        exported if "sort" in question else sorted(exported)
    )


@pytest.mark.parametrize("valid_on", CLOCKS)
@pytest.mark.parametrize("known_on", CLOCKS)
@pytest.mark.sql
def test_the_database_says_of_the_state_what_the_record_says(valid_on, known_on):
    clock = Clock(date.fromisoformat(valid_on), date.fromisoformat(known_on))
    for made in Commitment.objects.on(clock).with_related():
        assert made.state == made.state_on(clock), made


def test_which_were_kept_by_which_document_how_many_days_after_the_promise(client):
    rows = get(client, f"{API}?madeIn=brief-2021-12-02&state=kept&pageSize=200").json()["results"]
    kept = {row["key"]: row for row in rows}
    fiche = kept["prum-ii-verordening.2"]
    assert (fiche["fulfilledBy"], fiche["daysSincePromise"], fiche["instrument"]) == (
        "kst-22112-3292",
        64,
        "prum-ii-verordening",
    )
    assert kept["lidmaatschap-micronesie.1"]["daysSincePromise"] == -9
    assert kept["schengengrenscode-herziening.1"]["daysLate"] == 6
    # Without a day of its own the outcome has that of the milestone that kept it.
    assert kept["ga-89-istanbul-2021.1"]["fulfilledByMilestone"] == "opened"
    assert all(row["fulfilledBy"] for row in rows)
    page = read(client, f"{PAGE}?madeIn=brief-2021-12-02&state=kept")
    assert f"<strong>{len(rows)} commitments</strong>" in page
    assert "6 days late" in page


def test_which_are_open(client):
    rows = get(client, f"{API}?madeIn=brief-2021-12-02&state=open,overdue&pageSize=200").json()["results"]
    keys = {row["key"] for row in rows}
    assert "suriname-eu-track.1" in keys
    assert {row["key"] for row in rows if row["state"] == "overdue"} == {
        "rst.1",
        "subversive-crime-money-2022-2025.1",
    }


def test_on_the_day_of_the_letter_the_promises_are_open(client):
    rows = get(client, f"{API}?{LETTER_DAY}&resource=eu-proposals&pageSize=200").json()["results"]
    assert {row["state"] for row in rows} == {"open"}
    assert all(row["outcomeEn"] is None and row["daysSincePromise"] is None for row in rows)
    asked = f"{LETTER_DAY}&resource=eu-proposals&headers=keys&columns=outcome,outcomeDate,fulfilledBy,daysSincePromise"
    _header, *exported = csv_rows(client, PAGE, asked)
    assert {"".join(row) for row in exported} == {""}
    assert "21 commitments" not in read(client, f"{PAGE}?validOn=2021-12-01&knownOn=2021-12-01")


@pytest.mark.slow
def test_each_has_a_permanent_address(client):
    row = get(client, f"{API}?q=prüm").json()["results"][0]
    assert get(client, row["url"].removeprefix("http://testserver")).json() == row
    keys = api_keys(client, API, "pageSize=200")
    Instrument.objects.filter(key="prum-ii-verordening").update(summary_en="changed")
    loading.load()
    assert api_keys(client, API, "pageSize=200") == keys


def test_a_number_is_not_given_twice():
    record, source = PlacementFactory(), SourceFactory()
    first, second = promise(record, source), promise(record, source)
    assert (first.number, second.number) == (1, 2)
    first.what_nl = "changed"
    first.save()
    assert (first.number, promise(record, source).number) == (1, 3)


@pytest.mark.slow
def test_a_number_stays_when_the_files_put_another_promise_before_it(tmp_path):
    """The number is part of the address, so an import moves none."""
    for file in loading.data_files():
        shutil.copy(file.path, tmp_path)
    key, path = "suriname-training", tmp_path / "initiatives.yaml"
    (old,) = Commitment.objects.filter(instrument__key=key)
    before, record = path.read_text("utf-8").split(f"- key: {key}\n")
    new = "  commitments:\n    - what_nl: nieuw\n      made_in: brief-2021-12-02\n"
    record = record.replace("  commitments:\n", new, 1)
    path.write_text(f"{before}- key: {key}\n{record}", "utf-8")
    loading.load(tmp_path)
    numbers = dict(Commitment.objects.filter(instrument__key=key).values_list("what_nl", "number"))
    assert numbers == {old.what_nl: old.number, "nieuw": old.number + 1}


def test_what_came_of_it_is_told_by_no_document_that_was_not_out_yet(client):
    """The proposal came on 8 December; the register knows it from the paper of 4 February."""
    for day, state, document, count in (
        ("2022-02-03", "overdue", None, 0),
        ("2022-02-04", "kept", "kst-22112-3292", 2),
    ):
        clock = f"validOn={day}&knownOn={day}"
        row = get(client, f"{API}/prum-ii-verordening.1?{clock}").json()
        assert (row["state"], row["fulfilledBy"]) == (state, document)
        assert get(client, f"{API}?source=kst-22112-3292&{clock}").json()["count"] == count


def test_a_document_without_more_keeps_a_promise_from_the_day_it_is_out():
    record, source = PlacementFactory(), SourceFactory(published="2020-01-01")
    made = promise(record, source, fulfilled_by=SourceFactory(published="2020-03-01"))
    assert [made.state_on(Clock.on(day, day)) for day in _days("2020-02-29", "2020-03-01")] == ["open", "kept"]
    assert made.days_since_promise == 60
    assert promise(record, source, outcome_nl="a remark").state_on(Clock.on()) == "open"


def test_an_event_that_was_cancelled_keeps_no_promise():
    record, source = PlacementFactory(), SourceFactory()
    event = milestone(record, "ended", "2020-05-05", source, key="off", state="cancelled")
    event.save()
    made = promise(record, source, fulfilled_by_milestone=event)
    clock = Clock.on()
    assert made.state_on(clock) == "open"
    assert Commitment.objects.on(clock).get(pk=made.pk).state == "open"


def test_every_fault_is_named(client):
    query = "state=done&madeIn=nonesuch&dueFrom=2021-02-30&contry=BR&sort=colour"
    faults = get(client, f"{API}?{query}", status=400).json()["invalidParams"]
    assert {fault["name"] for fault in faults} == {"state", "madeIn", "dueFrom", "contry", "sort"}
    read(client, f"{PAGE}?{query}", status=400)
    (fault,) = get(client, f"{API}?dueFrom=2021-01-02&dueUntil=2021-01-01", status=400).json()["invalidParams"]
    assert (fault["name"], fault["code"]) == ("dueUntil", "order")


def test_what_is_hidden_is_not_there(client):
    outlets = [PAGE, f"{PAGE}?q={WORD}", f"{API}?pageSize=200", f"{API}?q={WORD}"]
    outlets += [f"{PAGE}?format={name}" for name in EXPORTS]
    before = [read(client, path) for path in outlets]
    record = PlacementFactory(key="test-hidden", title_nl=WORD, title_en=WORD, internal=True)
    promise(record, SourceFactory(key="test-own"))
    assert [read(client, path) for path in outlets] == before
    get(client, f"{API}/test-hidden.1", status=404)
    get(client, f"{API}?madeIn=test-own", status=400)
    Instrument.objects.filter(pk=record.pk).update(classification="public")
    after = [read(client, path) for path in outlets]
    assert [path for path, old, new in zip(outlets, before, after, strict=True) if old == new] == []


@pytest.mark.slow
def test_as_many_queries_for_many_as_for_one(client):
    paths = [f"{PAGE}?q={WORD}", f"{API}?q={WORD}&pageSize=200", f"{PAGE}?q={WORD}&format=csv"]

    def count() -> list[int]:
        counted = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                read(client, path)
            counted.append(len(queries))
        return counted

    def more() -> None:
        record = PlacementFactory(title_nl=WORD)
        source = SourceFactory()
        promise(record, source, fulfilled_by=source, fulfilled_by_milestone=record.milestones.get())

    more()
    one = count()
    for _number in range(15):
        more()
    assert count() == one


def _days(*days):
    return map(date.fromisoformat, days)
