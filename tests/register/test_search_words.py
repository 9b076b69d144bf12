"""Search knows the field: the register's own words, numbers, and one word in whatever spelling."""

from datetime import date

import pytest
from django.db.models import Q

from cooperation.register import actions
from cooperation.register.domain.clock import Clock
from cooperation.register.models import Group, GroupMembership, Instrument
from cooperation.register.search.highlight import marked
from cooperation.register.search.query import Words
from tests.contracts.kind import milestone
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


COMPOUND = ("informatie-uitwisseling", "informatieuitwisseling", "informatie uitwisseling", "informatie‑uitwisselingen")


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
