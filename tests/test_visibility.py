"""One rule of visibility: who sees which classification, as a table. The contracts try it in every outlet."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.http import QueryDict

from cooperation.register.lists.facets import facets
from cooperation.register.models import (
    Citation,
    Country,
    CountryRole,
    Figure,
    Instrument,
    Organisation,
    OrganisationRole,
    Source,
    Theme,
)
from cooperation.register.models.queryset import clearance
from cooperation.register.search.query import Words
from placements.kind import PLACEMENTS
from tests.factories import PlacementFactory, SourceFactory

pytestmark = pytest.mark.django_db

SEES = {
    (): {"public"},
    ("see_internal",): {"public", "internal"},
    ("see_confidential",): {"public", "internal", "confidential"},
}
CLASSIFICATIONS = ("public", "internal", "confidential")


@pytest.fixture
def records() -> dict[str, Instrument]:
    return {name: PlacementFactory(classification=name, key=f"test-{name}") for name in CLASSIFICATIONS}


def reader(*permissions: str) -> User:
    user = User.objects.create_user("reader")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.mark.parametrize("permissions", SEES)
def test_who_sees_what(records, permissions):
    seen = Instrument.objects.visible_to(reader(*permissions)).filter(key__startswith="test-")
    assert {record.classification for record in seen if record.resource == "placements"} == SEES[permissions]


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_who_is_not_known_sees_what_is_public(records, user):
    assert {record.classification for record in Instrument.objects.visible_to(user)} == {"public"}


def test_a_user_who_is_no_longer_active_sees_what_is_public(records):
    user = reader("see_confidential")
    user.is_active = False
    user.save()
    assert not Instrument.objects.visible_to(user).exclude(classification="public").exists()


def test_a_new_record_is_not_public_until_somebody_says_so():
    assert Instrument(kind="x").classification == "internal"


@pytest.mark.parametrize("permissions", SEES)
def test_a_source_and_a_figure_are_seen_with_the_record(records, permissions):
    for name, record in records.items():
        source = SourceFactory(key=f"test-of-{name}")
        Citation.objects.create(instrument=record, source=source)
        figure = {"label_nl": name, "label_en": name, "value": 1, "unit": "posts", "date": "2020"}
        Figure.objects.create(
            key=f"test-of-{name}", instrument=record, source=source, known_from="2020-01-01", **figure
        )
    user = reader(*permissions)
    expected = {f"test-of-{name}" for name in SEES[permissions]}
    for model in (Source, Figure):
        seen = model.objects.visible_to(user).filter(key__startswith="test-of-")
        assert {record.key for record in seen} == expected


UNCLASSIFIED = {
    Source: {"title": "Test", "kind": "press", "publisher": "Tests", "reliability": "press"},
    Organisation: {"kind": "navy", "name_nl": "Test", "name_en": "Test"},
    Theme: {"name_nl": "Test", "name_en": "Test"},
}


@pytest.mark.parametrize("model", UNCLASSIFIED)
def test_what_nothing_uses_is_hidden_unless_it_is_shown(model):
    for key, shown in (("test-hidden", False), ("test-shown", True)):
        model.objects.create(key=key, shown=shown, **UNCLASSIFIED[model])

    def seen_by(user):
        return set(model.objects.visible_to(user).filter(key__startswith="test-").values_list("key", flat=True))

    assert seen_by(None) == {"test-shown"}
    assert seen_by(reader("see_confidential")) == {"test-hidden", "test-shown"}


def test_all_that_the_data_set_refers_to_is_seen():
    for model in UNCLASSIFIED:
        assert model.objects.visible_to(None).count() == model.objects.count()


def test_what_is_said_of_an_organisation_is_hidden_with_it():
    organisation = Organisation.objects.create(key="test-body", **UNCLASSIFIED[Organisation])
    source = SourceFactory()
    Citation.objects.create(organisation=organisation, source=source)
    number = {"label_nl": "x", "label_en": "x", "value": 1, "unit": "posts", "date": "2020", "known_from": "2020-01-01"}
    figure = Figure.objects.create(key="test-number", organisation=organisation, source=source, **number)

    def seen():
        return [one for one in (organisation, source, figure) if type(one).objects.visible_to(None).contains(one)]

    assert seen() == []
    OrganisationRole.objects.create(instrument=PlacementFactory(), organisation=organisation, role="host")
    assert seen() == [organisation, source, figure]


@pytest.mark.parametrize("permissions", SEES)
def test_words_of_records_that_one_may_see_decide_what_is_a_typing_error(permissions):
    for name in CLASSIFICATIONS:
        PlacementFactory(classification=name, title_nl=f"Lies{name}")
    levels = tuple(clearance(reader(*permissions)))
    known = {f"lies{name}" for name in CLASSIFICATIONS if f"lies{name}" in Words("lies", levels).meanings["lies"]}
    assert known == {f"lies{name}" for name in SEES[permissions]}


def test_a_word_of_a_hidden_record_is_still_a_typing_error_to_others():
    assert Words("lieson").meanings["lieson"] == ["liaison"]
    hidden = PlacementFactory(confidential=True, title_nl="Lieson")
    assert Words("lieson").meanings["lieson"] == ["liaison"]
    assert "lieson" in Words("lieson", ("public", "internal", "confidential")).meanings["lieson"]
    hidden.delete()
    for levels in (("public",), ("public", "internal", "confidential")):
        assert Words("lieson", levels).meanings["lieson"] == ["liaison"]


@pytest.mark.parametrize("permissions", SEES)
def test_a_number_behind_a_choice_counts_what_the_reader_may_see(permissions):
    country = Country.objects.get(code="NZ")
    for name in CLASSIFICATIONS:
        record = PlacementFactory(classification=name, kind="director")
        CountryRole.objects.create(instrument=record, country=country, role="host")
    question = PLACEMENTS.list_page.ask(QueryDict("country=NZ"), reader(*permissions), has_form=True)
    seen = len(SEES[permissions])
    counts = facets(question)
    assert counts["country"]["NZ"] == counts["kind"]["director"] == counts["countryRole"]["host"] == seen
    assert {sum(counts[key].values()) for key in ("stage", "certain", "disputed", "stalled", "inLetter")} == {seen}


def test_a_session_does_not_reach_the_api(client, records):
    client.force_login(reader("see_confidential"))
    assert client.get("/placements/test-confidential/").status_code == 200
    assert client.get("/api/v1/placements/test-confidential").status_code == 404
    assert client.get("/api/v1/placements/test-internal").status_code == 404
