"""What a record may hold (`actions/schema.py`, `actions/validate.py`): as a serializer, and as the database sees it."""

from itertools import product

import pytest
from django.db import models
from django.db.models import Value
from django.utils import translation

from cooperation.models.interpol import Vote
from cooperation.register.actions.load import data_files
from cooperation.register.actions.schema import schema_of
from cooperation.register.actions.validate import _checks, _constraints, _holds
from cooperation.register.models import Commitment, Figure, Milestone, Relation
from placements.models import Placement

POST = {
    "key": "post",
    "kind": "liaison_officer",
    "title_nl": "Post",
    "milestones": [{"key": "a", "kind": "started", "date": "2021", "state": "occurred", "source": "letter"}],
}
LETTER = {"keys": {}, "published": {"letter": None}}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_a_writing_api_is_told_every_error_by_path_without_asking_the_database():
    data = {**POST, "colour": "red", "posts": 0, "relations": [{"type": "amends", "to": "post"}]}
    schema = schema_of(Placement)(data=data, context=LETTER)
    assert not schema.is_valid()
    assert {path: str(message) for path, (message,) in schema.errors.items()} == {
        "colour": "is not a field of this record",
        "posts": "Ensure this value is greater than or equal to 1. (0)",
        "milestones[a].known_from": "is missing, and none of the sources has a date",
        "relations[1].to": "An instrument has no relation to itself.",
    }


def test_what_is_right_is_given_by_name_of_the_field_with_defaults():
    data = {**POST, "countries": [{"country": "AL", "role": "host", "from": "2021"}], "country": "AL"}
    data["milestones"] = [{**POST["milestones"][0], "known_from": "2021-01-01"}]
    schema = schema_of(Placement)(data=data)
    assert schema.is_valid(), schema.errors
    values = schema.validated_data
    assert (values["classification"], values["title_en"], values["posts"], values["themes"]) == ("public", "", None, [])
    assert str(values["countries"][0]["since"]) == "2021"


def test_a_wrong_field_hides_no_other_and_brings_no_second_error():
    milestone = {**POST["milestones"][0], "state": "perhaps", "fulfils": "b", "known_from": "2021"}
    relation = {"type": "amends", "to": 7}
    schema = schema_of(Placement)(data={**POST, "milestones": [milestone], "relations": [relation]})
    assert not schema.is_valid()
    assert schema.errors.keys() == {
        "milestones[a].state",
        "milestones[a].known_from",
        "milestones[a].fulfils",
        "relations[1].to",
    }


# Promises that only the database can check: by its own regular expressions, or on days that it derives itself.
ONLY_THE_DATABASE = {"instrument_no_state_secret", "group_membership_ends_after_start"}
# These hold by the way in which a record is written down: under one record, about one subject.
BY_FORM = {"citation_about_one_record", "dispute_about_one_record", "figure_about_one_thing"}


def tables(schema):
    yield schema
    for table in schema.tables.values():
        yield from tables(table)


@pytest.mark.parametrize("model", [file.model for file in data_files()], ids=lambda model: model.__name__)
def test_every_check_of_the_models_is_made_before_the_database_is_asked(model):
    for table in tables(schema_of(model)()):
        names = frozenset({*table.names, "id", table.Meta.model._meta.pk.name, table.Meta.owner})
        checked = {each.name for each in _checks(table.Meta.model, names)}
        declared = {each.name for each in _constraints(table.Meta.model) if isinstance(each, models.CheckConstraint)}
        assert declared - checked <= ONLY_THE_DATABASE | BY_FORM


CONDITIONS = [
    pytest.param(model, constraint.condition, id=constraint.name)
    for model in (Figure, Relation, Milestone, Commitment, Placement, Vote)
    for constraint in model._meta.constraints
    if isinstance(constraint, models.CheckConstraint)
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "condition"), CONDITIONS)
def test_a_condition_says_in_python_what_it_says_in_the_database(model, condition):
    fields = {name: model._meta.get_field(name) for name in sorted(condition.referenced_base_fields)}
    types = {name: models.IntegerField() if field.is_relation else field for name, field in fields.items()}
    numbers = (models.IntegerField, models.AutoField)
    some = {
        name: (None, 1, 2) if isinstance(each, numbers) else (None, "", "expected", "2021")
        for name, each in types.items()
    }
    for values in product(*some.values()):
        given = dict(zip(fields, values, strict=True))
        told = {name: Value(value, models.CharField() if value == "" else types[name]) for name, value in given.items()}
        assert (_holds(condition, given) is not False) == condition.check(told), given
