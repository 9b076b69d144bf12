"""In which order milestones stand: by their days, the ladder, and what one says of another. Everywhere the same."""

from datetime import date
from itertools import pairwise

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cooperation.register.domain.edtf import EDTF
from cooperation.register.domain.order import Dated, place_of, places
from cooperation.register.models import Milestone
from tests.contracts.outlets import api_keys, csv_keys, get
from tests.factories import MilestoneFactory, PlacementFactory
from tests.register.test_stages import LADDERS, dates

PLACEMENT, EU, INTERPOL = (LADDERS[key] for key in ("placement", "eu-proposal", "interpol-item"))


def in_order(ladder, *milestones: str) -> list[str]:
    """These milestones ("2005 ended"), each with a key of its own, as they stand."""
    made = [
        Dated(f"{day} {kind}", kind, EDTF(day), after)
        for day, kind, *after in (text.split(" ", 2) for text in milestones)
    ]
    found = places(ladder, made)
    return sorted(found, key=found.__getitem__)


@pytest.mark.parametrize(
    ("ladder", "milestones"),
    [
        (PLACEMENT, ["2005 started", "2005 ended"]),
        (PLACEMENT, ["2005-03-01 started", "2005 ended"]),
        (PLACEMENT, ["2004 announced", "2005-03-01 started", "2005-11 observed", "2005 ended"]),
        (PLACEMENT, ["2017 started", "../2021-12-02 observed", "2023 observed"]),
        (INTERPOL, ["2021-11-23 opened", "2021-11-25 elected", "2021-11-25 closed"]),
        (INTERPOL, ["2021-11 agenda", "2021-11-25 resolution_adopted", "2021-11-25 closed", "2021-11-25 meeting"]),
        (EU, ["2022-05-24 signed", "2022-05 published", "2022-05/2022-07 entry_into_force", "2022 repealed"]),
        (EU, ["2021-12-08 proposed", "2021-12-08 opinion", "2021-12-08 withdrawn"]),
        # What the dates say goes before the ladder.
        (EU, ["2021-03-01 council_adopted", "2021-04 ep_adopted"]),
        (PLACEMENT, ["2004 ended", "2005 started"]),
    ],
)
def test_the_ladder_decides_what_dates_leave_open(ladder, milestones):
    assert in_order(ladder, *milestones) == milestones
    assert in_order(ladder, *reversed(milestones)) == milestones


def test_what_fulfils_or_corrects_comes_after():
    day = EDTF("2021-12-08")
    made = [Dated("came", "proposed", day, after=("expected",)), Dated("expected", "proposed", day)]
    found = places(EU, made)
    assert found["expected"] < found["came"]
    later = [Dated("came", "proposed", EDTF("2021-11-01"), after=("expected",)), Dated("expected", "proposed", day)]
    found = places(EU, later)
    assert found["came"] < found["expected"]  # it came before the day on which it was expected


def test_nothing_stands_behind_what_was_cancelled():
    plan = Dated("plan", "started", EDTF("2005-06-01"), stands=False)
    end = Dated("end", "ended", EDTF("2005"))
    assert places(PLACEMENT, [plan, end])["end"] == place_of(end.date)


DAYS = st.dates(date(2020, 1, 1), date(2023, 12, 31))


@given(st.lists(st.tuples(st.sampled_from([*EU.milestones, *EU.ends, "opinion"]), dates(DAYS)), max_size=8))
def test_days_that_cannot_overlap_are_never_turned_round(given):
    made = [Dated(number, kind, day) for number, (kind, day) in enumerate(given)]
    found = places(EU, made)
    for one in made:
        for other in made:
            if (one.date.latest or date.max) < (other.date.earliest or other.date.latest):
                assert found[one.key] < found[other.key]


# --- in the register -------------------------------------------------------------------------------------------------


def keys(record: str) -> list[str]:
    return [f"{record}.{key}" for key in Milestone.objects.filter(instrument__key=record).values_list("key", flat=True)]


@pytest.mark.django_db
@pytest.mark.parametrize("record", ["missie-uniiic", "ga-89-istanbul-2021", "richtlijn-informatie-uitwisseling"])
def test_timeline_record_and_export_agree(client, record):
    stored = keys(record)
    resource = Milestone.objects.filter(instrument__key=record).values_list("instrument__resource", flat=True)[0]
    told = get(client, f"/api/v1/{resource}/{record}").json()["milestones"]
    assert [f"{record}.{milestone['key']}" for milestone in told] == stored
    page = get(client, reverse(f"{resource}-detail", args=[record]))
    at = [page.content.decode().index(f'id="milestone-{key.split(".")[1]}"') for key in stored]
    assert at == sorted(at)
    rows = csv_keys(client, "/timeline/", f"resource={resource}&sort=date")
    assert [key for key in rows if key.startswith(f"{record}.")] == stored
    assert api_keys(client, "/api/v1/milestones", f"resource={resource}&sort=date&pageSize=200") == rows


@pytest.mark.django_db
def test_elected_stands_before_closed_and_started_before_ended():
    assembly = keys("ga-89-istanbul-2021")
    closed = assembly.index("ga-89-istanbul-2021.closed")
    assert all(assembly.index(key) < closed for key in assembly if "elected" in key or "resolution" in key)
    mission = list(Milestone.objects.filter(instrument__key="missie-uniiic").values_list("kind", flat=True))
    assert mission[-1] == "ended"


@pytest.mark.django_db
def test_a_place_comes_with_every_write():
    """By the date alone at first, and by the ladder once what follows from it is written."""
    post = PlacementFactory(milestones=[("ended", "2005"), ("started", "2005"), ("observed", "2005-03-01")])
    made = list(post.milestones.all())
    assert [milestone.kind for milestone in made] == ["started", "observed", "ended"]
    assert all(one.place <= other.place for one, other in pairwise(made))
    late = MilestoneFactory(instrument=post, kind="observed", date="2006")
    assert late.place == place_of(EDTF("2006"))
