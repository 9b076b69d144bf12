"""The promises that PostgreSQL keeps: each refuses what it should by whatever path it comes, in words for people."""

import importlib
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import translation
from psycopg2.extras import DateRange

from cooperation.register.models import (
    Citation,
    Commitment,
    Country,
    CountryRole,
    Dispute,
    Figure,
    GroupMembership,
    Instrument,
    Milestone,
    Organisation,
    OrganisationCountry,
    OrganisationRole,
    RegisterVersion,
    Relation,
    SavedView,
    StageSpan,
)
from cooperation.register.models.words import EarlierWords
from tests.factories import (
    EUProposalFactory,
    InitiativeFactory,
    InterpolItemFactory,
    PlacementFactory,
    ProvisionFactory,
    SourceFactory,
    TreatyFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

SECRET = "Stg. Geheim: een tekst"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


# --- records that keep every promise ----------------------------------------------------------------------------------


def proposal(**fields):
    return EUProposalFactory(**fields)


def instrument() -> Instrument:
    return Instrument.objects.get(pk=proposal().pk)


def organisation(**fields) -> Organisation:
    return Organisation.objects.create(key="test-body", kind="ministry", name_nl="Proef", name_en="Test", **fields)


def saved_view() -> SavedView:
    return SavedView.objects.create(key="a-view-0a1b2c3d", name="A view", resource="placements", shared=True)


def milestone(**fields) -> Milestone:
    """One of two milestones of a record: the first is expected."""
    record = proposal(milestones=[("announced", "2020"), ("proposed", "2021")])
    first, second = record.milestones.order_by("date_days")
    Milestone.objects.filter(pk=first.pk).update(state="expected")
    Milestone.objects.filter(pk=second.pk).update(fulfils=first, **fields)
    return Milestone.objects.get(pk=second.pk)


def another_milestone() -> Milestone:
    return proposal().milestones.get()


def commitment(**fields) -> Commitment:
    given = {"what_nl": "Toezegging", "made_in": SourceFactory(), "outcome_nl": "Gedaan", "outcome_date": "2021"}
    return Commitment.objects.create(instrument=proposal(), **given | fields)


def relation(**fields) -> Relation:
    return Relation.objects.create(instrument=proposal(), type="amends", to=proposal(), **fields)


def figure() -> Figure:
    given = {"label_nl": "Cijfer", "label_en": "Figure", "unit": "posts", "known_from": date(2021, 1, 1)}
    return Figure.objects.create(key="test-figure", value=1, date="2021", source=SourceFactory(), **given)


def span(**fields) -> StageSpan:
    given = {"valid": DateRange(date(2030, 1, 1)), "known": DateRange(date(2030, 1, 1))}
    record = proposal()
    record.spans.all().delete()
    return StageSpan.objects.create(instrument=record, stage="proposed", certain=True, **given | fields)


def dispute() -> Dispute:
    return Dispute.objects.create(instrument=proposal(), field="general")


def citation() -> Citation:
    return Citation.objects.create(instrument=proposal(), source=SourceFactory())


def country_role(**fields) -> CountryRole:
    return CountryRole.objects.create(instrument=proposal(), **{"country_id": "AL", "role": "partner"} | fields)


def member(**fields) -> GroupMembership:
    return GroupMembership.objects.create(**{"country_id": "AQ", "group": "eu", "since": "2020"} | fields)


def organisation_country() -> OrganisationCountry:
    return OrganisationCountry.objects.create(organisation=organisation(), country_id="AL", role="partner")


# --- and how each promise is broken: (a record that keeps it, the values that do not) ---------------------------------


def with_twin(record: models.Model, *differing: str, **fields):
    """A record beside another like it, and the values that would make them the same."""
    values = {name: getattr(record, name) for name in differing}
    copy = type(record).objects.get(pk=record.pk)
    copy.pk, copy._state.adding = None, True
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save()
    return copy, values


BROKEN = {
    "citation_about_one_record": lambda: (citation(), {"instrument_id": None}),
    "commitment_number_once_per_instrument": lambda: with_twin(commitment(), "number", number=2),
    "commitment_outcome_in_words": lambda: (commitment(), {"outcome_nl": "", "outcome_en": ""}),
    "country_code_is_alpha_2": lambda: (Country.objects.create(code="ZZ", region="polynesia"), {"code": "zz"}),
    "country_region_is_known": lambda: (Country.objects.get(code="AQ"), {"region": "atlantis"}),
    "country_role_once": lambda: with_twin(country_role(), "since", since="2020"),
    "country_role_role_is_known": lambda: (country_role(), {"role": "friend"}),
    "dispute_about_one_record": lambda: (dispute(), {"organisation_id": organisation().pk}),
    "figure_about_one_thing": lambda: (
        figure(),
        {"instrument_id": proposal().pk, "organisation_id": organisation().pk},
    ),
    "figure_bounds_in_order": lambda: (figure(), {"value": None, "min": 2, "max": 1}),
    "figure_of_a_day_or_a_period": lambda: (figure(), {"period": "2021"}),
    "figure_value_or_bounds": lambda: (figure(), {"min": 1}),
    "group_membership_ends_after_start": lambda: (member(), {"until": "2019"}),
    "group_membership_group_is_known": lambda: (member(), {"group": "nato"}),
    "group_membership_once_at_a_time": lambda: with_twin(member(until="2021"), "since", since="2022", until=None),
    "initiative_track_is_known": lambda: (InitiativeFactory(), {"track": "moon"}),
    "instrument_classification_is_known": lambda: (instrument(), {"classification": "secret"}),
    "instrument_no_state_secret": lambda: (instrument(), {"title_en": SECRET}),
    "milestone_does_not_replace_itself": lambda: (record := milestone(), {"replaces_id": record.pk}),
    "milestone_fulfils_by_occurring": lambda: (milestone(), {"state": "expected"}),
    "milestone_key_once_per_instrument": lambda: with_twin(another_milestone(), "key", key="twin"),
    "milestone_state_is_known": lambda: (another_milestone(), {"state": "perhaps"}),
    "organisation_country_role_is_known": lambda: (organisation_country(), {"role": "friend"}),
    "organisation_kind_is_known": lambda: (organisation(), {"kind": "club"}),
    "organisation_not_part_of_itself": lambda: (record := organisation(), {"part_of_id": record.pk}),
    "organisation_role_once": lambda: with_twin(
        OrganisationRole.objects.create(instrument=proposal(), organisation=organisation(), role="lead"),
        "since",
        since="2020",
    ),
    "placement_has_a_post": lambda: (PlacementFactory(posts=1), {"posts": 0}),
    "placement_term_in_one_unit": lambda: (PlacementFactory(term_years=1), {"duration_weeks": 6}),
    "provision_comparison_is_known": lambda: (ProvisionFactory(), {"compared_to_predecessor": "better"}),
    "provision_not_before_itself": lambda: (record := ProvisionFactory(), {"predecessor_id": record.pk}),
    "provision_subject_is_known": lambda: (ProvisionFactory(), {"subject": "weather"}),
    "relation_not_to_itself": lambda: (record := relation(), {"to_id": record.instrument_id}),
    "relation_once": lambda: with_twin(relation(), "type", type="repeals"),
    "relation_to_one_thing": lambda: (relation(), {"to_text": "an act"}),
    "relation_type_is_known": lambda: (relation(), {"type": "likes"}),
    "saved_view_has_a_name": lambda: (saved_view(), {"name": ""}),
    "saved_view_key_cannot_be_guessed": lambda: (saved_view(), {"key": "a-view"}),
    "saved_view_private_to_someone": lambda: (saved_view(), {"shared": False}),
    "source_kind_is_known": lambda: (SourceFactory(), {"kind": "rumour"}),
    "source_reliability_is_known": lambda: (SourceFactory(), {"reliability": "fair"}),
    "source_url_is_a_web_address": lambda: (SourceFactory(), {"url": "ftp://example.org/"}),
    "treaty_not_under_itself": lambda: (record := TreatyFactory(), {"under_treaty_id": record.pk}),
    "vote_says_something": lambda: (
        InterpolItemFactory().votes.create(subject="Admission", in_favour=1),
        {"in_favour": None},
    ),
    "stage_span_not_empty": lambda: (span(), {"valid": DateRange(empty=True)}),
    "stage_span_one_stage_at_a_time": lambda: with_twin(
        span(), "valid", valid=DateRange(date(2020, 1, 1), date(2021, 1, 1))
    ),
}
# Promises that Django cannot say: a reference to a milestone of another record. They are kept when a transaction ends.
BEYOND_DJANGO = {
    "commitment_fulfilled_in_same_record": lambda: (
        commitment(),
        {"fulfilled_by_milestone_id": another_milestone().pk},
    ),
    "milestone_fulfils_same_record": lambda: (milestone(), {"fulfils_id": another_milestone().pk}),
    "milestone_replaces_same_record": lambda: (milestone(), {"replaces_id": another_milestone().pk}),
}
# Not a promise of its own: what the three above hang on to. A key by itself makes it impossible to break.
CARRIERS = {"milestone_of_instrument"}


# Tables that no person, form or file writes to.
WRITTEN_BY_ITSELF = {RegisterVersion, EarlierWords}


def own_constraints() -> dict[str, models.BaseConstraint]:
    apps_of_ours = ("cooperation", "placements", "mous")
    own = [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in apps_of_ours and model not in WRITTEN_BY_ITSELF
    ]
    return {constraint.name: constraint for model in own for constraint in model._meta.constraints}


def test_every_promise_has_an_example_that_breaks_it():
    from_migrations = importlib.import_module("cooperation.register.migrations.0001_initial").WITHIN_ONE_RECORD
    promised = {*own_constraints(), *from_migrations} - CARRIERS
    examples = {*BROKEN, *BEYOND_DJANGO}
    assert promised - examples == set(), "promises without an example that breaks them"
    assert examples - promised == set(), "examples of promises that are not there"


@pytest.mark.parametrize("name", BROKEN)
def test_django_says_it_in_words_for_people(name):
    record, values = BROKEN[name]()
    record.validate_constraints()
    for field, value in values.items():
        setattr(record, field, value)
    if "code" in values:
        record._state.adding = True  # a primary key: another value is another record
    with pytest.raises(ValidationError) as error:
        record.validate_constraints()
    assert own_constraints()[name].get_violation_error_message() in error.value.messages
    assert "Constraint" not in "".join(error.value.messages), "the words that Django makes up are for no one"


@pytest.mark.parametrize("path", ["update", "sql"])
@pytest.mark.parametrize("name", [*BROKEN, *BEYOND_DJANGO])
def test_the_database_refuses_it(name, path):
    record, values = {**BROKEN, **BEYOND_DJANGO}[name]()
    with pytest.raises(IntegrityError) as error:
        write(record, values, path)
    assert error.value.__cause__.diag.constraint_name == name


@transaction.atomic
def write(record: models.Model, values: dict, path: str) -> None:
    """Past every form and every `save()`, and to the end of the transaction."""
    if path == "update":
        type(record).objects.filter(pk=record.pk).update(**values)
    else:
        raw_update(record, values)
    connection.check_constraints()


def raw_update(record: models.Model, values: dict) -> None:
    """By hand, at a prompt of the database."""
    fields = {field.attname: field for field in record._meta.concrete_fields}
    model = fields[next(iter(values))].model
    columns = {fields[name].column: fields[name].get_db_prep_save(value, connection) for name, value in values.items()}
    settings = ", ".join(f'"{column}" = %s' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" = %s',
            [*columns.values(), record.pk],
        )


def test_no_milestone_without_a_source():
    record = another_milestone()
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(pk=record.pk).update(source=None)
    record.source = None
    with pytest.raises(ValidationError) as error:
        record.full_clean()
    assert "source" in error.value.message_dict
