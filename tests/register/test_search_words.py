"""Search knows the field: the register's own words, numbers, and one word in whatever spelling."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.db.models import Q

from cooperation.register import actions
from cooperation.register.domain.clock import Clock
from cooperation.register.models import Group, GroupMembership, Instrument
from cooperation.register.search.highlight import marked
from cooperation.register.search.query import Words
from tests.contracts.kind import milestone
from tests.contracts.outlets import get, read
from tests.factories import EUProposalFactory, PlacementFactory, SourceFactory

pytestmark = pytest.mark.django_db

TODAY = Clock.on()


def keys(words: str, clock: Clock = TODAY) -> set[str]:
    found = Instrument.objects.visible_to(None).on(clock).matching(Words(words), clock)
    return set(found.values_list("key", flat=True))


def those(condition: Q, clock: Clock = TODAY) -> set[str]:
    return set(Instrument.objects.visible_to(None).on(clock).filter(condition).values_list("key", flat=True))


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        *(
            (words, Q(kind="liaison_officer"))
            for words in ("liaisonofficier", "liaisonofficieren", '"liaison officer"')
        ),
        *((words, Q(euproposal__package="schengen-2021-12")) for words in ("schengenpakket", "Schengen package")),
        *((words, Q(resource="mous")) for words in ("MoU", "MoU's", "mous")),
        *((words, Q(resource="eu-proposals", kind="directive")) for words in ("EU-richtlijn", "EU directives")),
        *((words, Q(themes__key="human-trafficking")) for words in ("mensenhandel", "human trafficking")),
        *((words, Q(countries__role="host")) for words in ("gastland", "host country")),
        *((words, Q(commitments__isnull=False)) for words in ("toezegging", "toezeggingen", "commitments")),
        *((words, Q(countries__country__region="south-america")) for words in ("Zuid-Amerika", "South America")),
    ],
)
def test_what_a_record_is_finds_it_in_both_languages(words, condition):
    assert those(condition)
    assert keys(words) >= those(condition)


@pytest.mark.parametrize("words", ["Westelijke Balkan", "western balkans", "balkan"])
def test_a_group_of_countries_finds_what_its_members_have(words):
    members = Instrument.objects.member_of(["western-balkans"], TODAY.valid_on)
    assert keys(words) >= those(Q(Instrument.objects.located(members, TODAY.valid_on)))


def test_a_group_finds_a_country_on_the_days_on_which_it_was_a_member():
    GroupMembership.objects.create(country_id="NZ", group=Group.BENELUX, since="2021-05-01", until="2022-06-30")
    milestones = [("observed", "2020-01-01"), ("observed", "2026-01-01")]
    record = PlacementFactory(title_nl="x", title_en="", hosts=["NZ"], milestones=milestones)
    found = [record.key in keys("benelux", Clock(date(year, 6, 1), date(year, 6, 1))) for year in (2020, 2021, 2022)]
    assert found == [False, True, True]
    assert record.key not in keys("benelux")


def test_what_happened_finds_a_record_from_the_day_on_which_it_was_known():
    record = EUProposalFactory(milestones=[("proposed", "2021-01-05")], title_nl="x", title_en="")
    later = {"known_from": date(2022, 1, 1)}
    milestone(record, "transposition_deadline", "2023-05-05", SourceFactory(), key="later", **later).save()
    actions.rewrite_words([record])
    for words in ("uiterste omzettingsdatum", "transposition deadline"):
        assert record.key in keys(words)
        assert record.key not in keys(words, Clock(date(2021, 12, 2), date(2021, 12, 31)))


COMPOUND = ("informatie-uitwisseling", "informatieuitwisseling", "informatie uitwisseling", "informatie‑uitwisseling")


@pytest.mark.parametrize("written", ["zzinformatie-uitwisseling", "zzinformatieuitwisseling"])
@pytest.mark.parametrize("asked", COMPOUND)
def test_a_compound_is_one_word_with_or_without_hyphen(written, asked):
    record = PlacementFactory(title_nl=f"De {written}sdienst", title_en="")
    assert record.key in keys(f"zz{asked}")
    assert "<mark>" in marked(record.title_nl, Words(f"zz{asked}"))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Zzprüm II", "zzprum 2"),
        ("Zzprüm 2", "zzprüm ii"),
        ("Zzprüm XIV", "zzprum 14"),
        ("Zzprüm met 12 woorden", "zzprum xii"),
        ("Zzinfor\N{SOFT HYPHEN}matie", "zzinformatie"),
        ("Zzınformatıe", "zzinformatie"),
        ("Zzconﬂict", "zzconflict"),
        ("Zzħamrun", "zzhamrun"),
        ("Het zzteam", "zzteam's"),
    ],
)
def test_it_is_found_however_it_is_spelled(title, words):
    record = PlacementFactory(title_nl=title, title_en="")
    Instrument.objects.filter(pk=record.pk).update(title_nl=title)  # as it may have been stored before
    actions.rewrite_words([record])
    assert record.key in keys(words)


def test_a_numeral_is_only_itself():
    record = PlacementFactory(title_nl="Zzprüm III", title_en="")
    assert record.key in keys("zzprum 3")
    assert record.key not in keys("zzprum 2") | keys("zzprum ii") | keys('"zzprum 3"')


# --- how words were read ---------------------------------------------------------------------------------------------


def test_another_country_is_only_shown_with_a_sentence(client):
    PlacementFactory(key="test-zambia", title_nl="Post", title_en="Post", hosts=["ZM"])
    page = read(client, "/search/?q=Gambia", language="en")
    assert "Nothing for <em>Gambia</em>. Shown instead: <strong>Zambia</strong>." in page
    assert 'href="?q=%22gambia%22"' in page
    assert "nothing for “Gambia”, looked for instead: Zambia" in page.split('class="citation"')[1]
    assert "Niets voor <em>Gambia</em>. In plaats daarvan getoond: <strong>Zambia</strong>." in read(
        client, "/search/?q=Gambia", language="nl"
    )
    for path in ("/api/v1/instruments", "/api/v1/placements", "/api/v1/milestones"):
        answer = get(client, f"{path}?q=Gambia").json()
        assert answer["corrected"] == [{"word": "Gambia", "shown": ["zambia"]}]
        assert answer["count"]
    statistics = get(client, "/api/v1/statistics/instruments?groupBy=kind&q=Gambia").json()
    assert statistics["corrected"][0]["word"] == "Gambia"
    itself = get(client, "/api/v1/instruments?q=%22gambia%22").json()
    assert (itself["count"], "corrected" in itself) == (0, False)
    PlacementFactory(key="test-gambia", title_nl="Post", title_en="Post", hosts=["GM"])
    answer = get(client, "/api/v1/instruments?q=Gambia&fields=key").json()
    assert ([row["key"] for row in answer["results"]], "corrected" in answer) == (["test-gambia"], False)


def test_a_record_that_one_may_not_see_decides_nothing():
    PlacementFactory(title_nl="Post", title_en="Post", hosts=["ZM"])
    PlacementFactory(title_nl="Post", title_en="Post", hosts=["GM"], internal=True)
    words = Words("gambia")
    words.condition(TODAY)
    assert [one.values for one in words.corrections] == [("zambia",)]
    seen = Words("gambia", ("public", "internal"))
    seen.condition(TODAY)
    assert seen.corrections == []


@pytest.mark.parametrize(
    ("country", "other", "words"),
    [
        *(("NE", "NG", words) for words in ("Niger", "niger")),
        ("ML", "SO", "Mali"),
        ("OM", "RO", "Oman"),
        ("IR", "RO", "Iran"),
        ("DM", "DO", "Dominica"),
        ("IN", "ID", "India"),
    ],
)
def test_the_name_of_a_country_is_not_part_of_another(country, other, words):
    own = PlacementFactory(title_nl="Post", title_en="Post", hosts=[country], city="Tirana" if other == "RO" else "")
    elsewhere = PlacementFactory(title_nl="Post", title_en="Post", hosts=[other], city="Tirana")
    assert own.key in keys(words)
    assert elsewhere.key not in keys(words)
    assert keys(words) >= keys(f'"{words}"')


def test_countries_are_listed_under_their_own_name(client):
    answer = get(client, "/api/v1/countries?q=gambia").json()
    assert ([row["code"] for row in answer["results"]], "corrected" in answer) == (["GM"], False)
    answer = get(client, "/api/v1/countries?q=gambiaa").json()
    assert {"GM"} <= {row["code"] for row in answer["results"]}
    assert answer["corrected"][0]["word"] == "gambiaa"


@pytest.mark.parametrize(
    ("words", "stages", "resource"),
    [
        ("verdragen van kracht", ["in_force"], "treaties"),
        ("treaties in force", ["in_force"], "treaties"),
        ("ondertekende MoU's", ["signed"], "mous"),
        ("signed MoUs", ["signed"], "mous"),
        ("lopende initiatieven", ["running"], "initiatives"),
        ("niet van kracht bepaling", ["not_in_force"], "provisions"),
        ("actieve liaisonofficieren", ["active"], "placements"),
    ],
)
def test_words_for_a_stage_find_what_stands_at_it_on_the_clock(client, words, stages, resource):
    for clock in (TODAY, Clock(date(2021, 12, 2), date(2021, 12, 2))):
        found = Instrument.objects.visible_to(None).on(clock).matching(Words(words), clock)
        assert {record.stage for record in found} <= {*stages}
    query = urlencode({"q": words, "validOn": "2021-12-02", "knownOn": "2021-12-02"})
    answer = get(client, f"/api/v1/instruments?{query}").json()
    assert [one["values"] for one in answer["understood"]] == [stages]
    assert resource in {row["resource"] for row in answer["results"]}
    assert "is read as the stage" in read(client, f"/search/?{query}", language="en")


def test_words_for_a_stage_are_words_where_nothing_stands_at_it(client):
    record = EUProposalFactory(
        title_nl="Zzvoorstel, aangenomen tekst", title_en="", milestones=[("proposed", "2021-01-05")]
    )
    assert keys("zzvoorstel aangenomen") == {record.key}
    assert keys('zzvoorstel "voorgesteld"') == {record.key}  # what happened
    assert "understood" not in get(client, "/api/v1/instruments?q=zzvoorstel+aangenomen").json()
    assert get(client, "/api/v1/instruments?q=zzvoorstel+voorgesteld").json()["understood"]
