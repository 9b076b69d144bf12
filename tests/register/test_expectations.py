"""Words about the past: what was expected and did not come is said so, and a file stalls only where a step is due."""

from datetime import date

import pytest
from django.urls import reverse

from cooperation.register.domain.clock import Clock
from cooperation.register.models import Instrument
from tests.contracts.outlets import csv_rows, get, read
from tests.factories import EUProposalFactory, InterpolItemFactory, MemorandumFactory, MilestoneFactory

pytestmark = pytest.mark.django_db

TODAY = "validOn=2026-11-30&knownOn=2026-11-30"
DAY = Clock(date(2026, 11, 30), date(2026, 11, 30))


def stalled(key: str) -> bool:
    records = Instrument.objects.on(DAY)
    return records.filter(records.stalled(DAY), key=key).exists()


@pytest.mark.parametrize(
    ("key", "is_stalled"),
    [
        ("jit-eob-gegevensbescherming", False),  # a directive of 2022: after its adoption the rest comes by law
        ("besluit-2021-1313-interpol-grenzen", False),
        ("ga-94-hongkong-2026", False),  # an Assembly that meets this month
        ("bestuurshervorming-2021", False),  # decided
        ("csam-verordening", True),  # negotiated, and silent since November 2025
        ("europol-nieuw-zeeland", True),  # an agreement enters into force only when both sides say so
        ("mou-indonesie-2010", True),  # to be signed in 2010
    ],
)
def test_a_file_stalls_only_where_a_step_is_due(key, is_stalled):
    assert stalled(key) == is_stalled


def test_what_is_planned_on_a_day_to_come_does_not_stall():
    record = InterpolItemFactory(kind="general_assembly", milestones=[("announced", "2024-01-01")])
    assert stalled(record.key)
    plan = MilestoneFactory(instrument=record, kind="opened", date="2027-05", state="expected", known_from="2024-01-01")
    assert not stalled(record.key)
    plan.date = "2026-10"
    plan.save()
    assert stalled(record.key)


def test_the_day_that_has_passed_is_not_what_is_expected_next(client):
    """The second protocol was to open for signature on 12 May 2022: no source of the register says that it did."""
    then = "validOn=2022-05-01&knownOn=2026-11-30"
    for clock, expected, passed in ((TODAY, "", "2022-05-12"), (then, "2022-05-12", "")):
        rows = csv_rows(client, "/eu/", f"columns=key,expected,wasExpected&beside=none&{clock}")
        assert ["tweede-protocol-cybercrimeverdrag", expected, passed] in rows
    page = read(client, f"/eu/tweede-protocol-cybercrimeverdrag/?{TODAY}")
    assert "Was expected: " in page
    assert "no word since" in page
    assert "Expected: " not in page
    before = read(client, f"/eu/tweede-protocol-cybercrimeverdrag/?{then}")
    assert "Expected: " in before
    assert "no word since" not in before


def test_a_list_says_what_was_expected(client):
    record = EUProposalFactory(title_en="zzexpected", milestones=[("proposed", "2020-01-01")])
    MilestoneFactory(instrument=record, kind="council_adopted", date="2021-05", state="expected")
    row = read(client, f"/eu/?q=zzexpected&{TODAY}")
    assert "Was expected: adopted by the Council, no word since" in row
    dutch = read(client, f"/eu/?q=zzexpected&{TODAY}", language="nl")
    assert "Was verwacht: aangenomen door de Raad, sindsdien geen bericht" in dutch
    card = read(client, f"/eu/?view=board&q=zzexpected&{TODAY}")
    assert "no word since" in card


def test_a_clock_that_knows_what_came_does_not_call_it_expected(client):
    """On 1 January 2022 as known today, the agreement of 8 February 2024 is known to have come."""
    page = read(client, "/eu/prum-ii-verordening/?validOn=2022-01-01")
    ladder = page[page.index('<ol class="ladder"') : page.index("</ol>", page.index('<ol class="ladder"'))]
    assert "after the day of the clock" in ladder
    assert "expected" not in ladder
    assert "happened: 8 December 2021" in page


def test_no_word_is_missed_before_it_could_come(client):
    """Where what is known ends before the expected day, its day has not passed for the reader."""
    ahead = "validOn=2026-11-30&knownOn=2022-01-01"
    overdue = get(client, f"/api/v1/milestones?overdue=true&pageSize=200&{ahead}").json()["results"]
    assert all((row["date"]["latest"] or "9") < "2022-01-01" for row in overdue)
    today = get(client, f"/api/v1/milestones?overdue=true&pageSize=200&{TODAY}").json()["results"]
    assert "tweede-protocol-cybercrimeverdrag" in {row["instrument"] for row in today}


def test_what_ends_by_its_day_alone_needs_no_word(client):
    record = MemorandumFactory(milestones=[("signed", "2018-01-01")])
    MilestoneFactory(instrument=record, kind="expires", date="2023-01-01", state="expected")
    page = read(client, f"{reverse('mous-detail', args=[record.key])}?{TODAY}")
    assert "no word since" not in page
    assert "<b>Expires" in page
    overdue = get(client, f"/api/v1/milestones?overdue=true&pageSize=200&{TODAY}").json()["results"]
    assert record.key not in {row["instrument"] for row in overdue}


def test_the_sentence_of_the_timeline_tells_them_apart(client):
    record = EUProposalFactory(title_en="zzexpected", milestones=[("proposed", "2020-01-01")])
    MilestoneFactory(instrument=record, kind="council_adopted", date="2021-05", state="expected")
    MilestoneFactory(instrument=record, kind="applies_from", date="2027-05", state="expected")
    page = " ".join(read(client, f"/timeline/?q=zzexpected&{TODAY}").split())
    assert "1 occurred, 1 expected, 1 that was expected." in page
