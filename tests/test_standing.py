"""What stands on a day (`domain.md`, rule 13): one definition for all kinds."""

import html
import re

import pytest

from cooperation.register.models import Instrument, kinds
from tests.contracts.outlets import get, read
from tests.factories import CountryRoleFactory, MemorandumFactory, PlacementFactory

pytestmark = pytest.mark.django_db


def test_an_end_and_what_is_not_known_do_not_stand(letter_day, anyone):
    """Record by record on the day of the letter, for each kind and for all of them together."""
    for model in [Instrument, *kinds().values()]:
        records = model.objects.visible_to(anyone).on(letter_day)
        stages = {record.pk: (record.concrete_class, record.stage) for record in records}
        ended = {pk for pk, (kind, stage) in stages.items() if stage in kind.ladder.end_stages}
        unknown = {pk for pk, (_kind, stage) in stages.items() if stage == "not_known"}
        standing = set(records.standing().values_list("pk", flat=True))
        assert standing == stages.keys() - ended - unknown
        assert standing == {record.pk for record in records if record.stands}


LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"


def test_the_key_asks_for_it_and_divides_every_list(client):
    for resource in ("instruments", *kinds()):
        path = f"/api/v1/{resource}?{LETTER_DAY}"
        whole, standing, others = (
            get(client, f"{path}{more}").json()["count"] for more in ("", "&standing=true", "&standing=false")
        )
        assert standing + others == whole > 0


@pytest.mark.parametrize("view", ["chart", "pivot"])
def test_charts_count_what_stands_and_tell_the_rest_apart(client, view):
    page = read(client, f"/placements/?view={view}&{LETTER_DAY}")
    rest = get(client, f"/api/v1/placements?standing=false&{LETTER_DAY}").json()["count"]
    url, number = re.search(r'Not counted: <a href="([^"]+)">(\d+)</a>', page).groups()
    assert int(number) == rest > 0
    assert f"{rest} more have ended, or nothing is known of them" in read(client, f"/placements/{html.unescape(url)}")
    assert "standing=true" in re.search(r"/api/v1/statistics/placements[^\"<]*", page)[0]


def test_a_chart_of_stages_that_were_asked_for_counts_them(client):
    rows = get(client, f"/api/v1/placements?stage=ended&{LETTER_DAY}").json()["count"]
    table = read(client, f"/placements/?view=chart&groupBy=kind&stage=ended&format=csv&headers=keys&{LETTER_DAY}")
    assert sum(int(line.split(",")[1].strip('"')) for line in table.splitlines()[1:]) == rows > 0


def test_two_days_are_compared_by_what_stands(client):
    """A post that is not known any more went, and one that was never there but in the past did not come."""
    seen, past = [("observed", "2015-01-01")], [("started", "1999"), ("ended", "2001")]
    gone, old = PlacementFactory(hosts=["TV"], milestones=seen), PlacementFactory(hosts=["TV"], milestones=past)
    asked = "country=TV&validOn=2021-12-02&against=2015-06-01"
    answer = get(client, f"/api/v1/changes/placements?{asked}").json()
    assert [(row["key"], row["change"]) for row in answer["results"]] == [(gone.key, "went")]
    assert (answer["totalThen"], answer["total"]) == (1, 0)
    page = re.sub(r"<[^>]+>", "", read(client, f"/placements/?view=changes&{asked}"))
    assert "0 came, 1 went, 0 changed. 1 stood then, 0 stand now." in page
    assert old.title_en not in page


def test_a_memorandum_that_expired_is_no_agreement_on_the_map(client):
    mou = MemorandumFactory(milestones=[("signed", "2010"), ("ended", "2012")])
    CountryRoleFactory(instrument=mou, country_id="TV", role="partner")
    for path in ("/countries/", "/mous/?view=map"):
        page = read(client, f"{path}{'&' if '?' in path else '?'}validOn=2021-12-02")
        (title,) = set(re.findall(r"<title>(Tuvalu: [^<]+)</title>", page))
        assert title == "Tuvalu: 1 ended or not known any more"
    assert "/mous/?country=TV" not in read(client, "/countries/?validOn=2021-12-02")


def test_a_planned_post_stands_and_is_not_there_yet():
    ladder = kinds()["placements"].ladder
    assert ladder.standing == ("planned", "active", "unconfirmed")
    assert ladder.present == ("active", "unconfirmed")
    assert ladder.active == ("active",)


def test_every_rung_of_another_kind_stands():
    ladder = kinds()["eu-proposals"].ladder
    assert ladder.standing == ladder.present == ladder.active == ladder.stages
    assert not ladder.end_stages & set(ladder.standing)
