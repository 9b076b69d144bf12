"""Interpol items keep every contract; and what is special to them."""

import pytest

from cooperation.kind import INTERPOL_ITEMS
from tests.contracts import DeclaredKind
from tests.contracts.outlets import get, read
from tests.factories import InterpolItemFactory


class TestInterpolItems(DeclaredKind):
    kind = INTERPOL_ITEMS
    factory = InterpolItemFactory
    key = "lidmaatschap-micronesie"
    milestone = "agenda"
    filled = {
        "session": "189",
        "body": "Assembly of Tests",
        "place": "Testburg",
        "members_before": 8121,
        "members_after": 8122,
        "outcome_nl": "Proefuitkomst",
        "outcome_en": "Outcome of a test",
    }
    shown = {"outcome_nl": "Outcome of a test"}  # in the reader's language


@pytest.mark.django_db
def test_on_a_past_clock_the_outcome_shows_once_it_was_decided(client):
    milestones = [("agenda", "2020-01-01"), ("resolution_adopted", "2021-11-25")]
    item = InterpolItemFactory(milestones=milestones, outcome_en="Carried", members_after=195)
    item.votes.create(subject="Admission", in_favour=68)
    for day, told in (("2021-11-24", False), ("2021-11-25", True)):
        clock = f"validOn={day}&knownOn={day}"
        answer = get(client, f"/api/v1/interpol-items/{item.key}?{clock}").json()
        assert (answer["outcomeEn"], answer["membersAfter"], len(answer["votes"])) == (
            ("Carried", 195, 1) if told else (None, None, 0)
        )
        page = read(client, f"/interpol/{item.key}/?{clock}")
        assert {"Carried" in page, "Admission: 68 for" in page} == {told}


@pytest.mark.django_db
def test_votes_say_what_is_known_and_nothing_else(client):
    item = InterpolItemFactory()
    item.votes.create(subject="Admission", in_favour=68, against=51, abstain=16, other="two thirds needed")
    item.votes.create(subject="Rule", other="simple majority")
    page = read(client, f"/interpol/{item.key}/?lang=en")
    assert "Admission: 68 for, 51 against, 16 abstained, two thirds needed" in page
    assert "Rule: simple majority" in page
    votes = get(client, f"/api/v1/interpol-items/{item.key}").json()["votes"]
    assert votes == [
        {"subject": "Admission", "for": 68, "against": 51, "abstain": 16, "other": "two thirds needed"},
        {"subject": "Rule", "for": None, "against": None, "abstain": None, "other": "simple majority"},
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "label"), [("nl", "Uitkomst"), ("en", "Outcome")])
def test_a_dispute_about_a_field_in_two_languages_is_named_in_the_reader_s(client, language, label):
    page = get(client, "/interpol/verkiezing-uitvoerend-comite-2021/", language=language).content.decode()
    disputes = [heading.split("</svg>")[-1].strip() for heading in page.split("</h3>")]
    assert label in disputes
