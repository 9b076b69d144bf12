"""The contract of the API as a document: valid, complete, and true of the answers."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from config.api import EVERYTHING, REFERENCE, SAVED
from config.kinds import KINDS
from cooperation.register.models import SavedView
from tests.contracts.outlets import get

INSTRUMENTS = {kind.resource: kind.viewset for kind in KINDS}

pytestmark = pytest.mark.django_db

KEBAB = r"[a-z]+(-[a-z]+)*"
CAMEL = re.compile(r"[a-z]+([A-Z][a-z]*)*$")
ERRORS = ("400", "404", "406", "500")


@pytest.fixture(scope="module")
def document(django_db_setup, django_db_blocker) -> dict:
    with django_db_blocker.unblock():
        return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def operations(document) -> list[tuple[str, dict]]:
    found = [(path, operation) for path, methods in document["paths"].items() for operation in methods.values()]
    assert len(found) > 10
    return found


def test_is_valid_openapi(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_is_what_is_served(client, document):
    served = get(client, "/api/v1/openapi.json").json()
    assert served["paths"].keys() == document["paths"].keys()
    assert served["info"]["license"]["identifier"] == "EUPL-1.2"
    assert {"name", "email", "url"} <= served["info"]["contact"].keys()


def test_has_every_list_record_and_count(document):
    for name in (*INSTRUMENTS, *EVERYTHING, *REFERENCE, *SAVED):
        assert f"/{name}" in document["paths"]
        assert any(re.fullmatch(rf"/{name}/{{\w+}}", path) for path in document["paths"])
    assert {f"/statistics/{name}" for name in INSTRUMENTS} <= document["paths"].keys()


def test_names_are_written_as_the_rules_ask(operations, document):
    for path, operation in operations:
        assert re.fullmatch(rf"(/({KEBAB}|{{[a-z]+}}))+", path), path
        assert not path.endswith("/")
        for parameter in operation.get("parameters", []):
            assert CAMEL.match(parameter["name"]), (path, parameter["name"])
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert CAMEL.match(field), (name, field)


def test_every_operation_says_what_it_takes_and_what_goes_wrong(operations):
    identifiers = [operation["operationId"] for _path, operation in operations]
    assert len(set(identifiers)) == len(identifiers)
    for path, operation in operations:
        assert operation["summary"], path
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert parameter["description"], (path, parameter["name"])
        for code, response in operation["responses"].items():
            assert "API-Version" in response["headers"], (path, code)
        for code in ERRORS:
            (content_type,) = operation["responses"][code]["content"]
            assert content_type == "application/problem+json"
            assert operation["responses"][code]["content"][content_type]["example"]["status"] == int(code)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_key_of_a_list_is_a_parameter(document, name):
    viewset = INSTRUMENTS[name]
    parameters = {parameter["name"] for parameter in document["paths"][f"/{name}"]["get"]["parameters"]}
    presentation = {"sort", "page", "pageSize", "cursor", "count", "fields", "expand", "format", "columns", "headers"}
    assert parameters >= viewset.filterset_class.base_filters.keys() | presentation | {"lang"}


@pytest.mark.parametrize("name", [*INSTRUMENTS, *EVERYTHING, *REFERENCE, *SAVED])
def test_real_answers_have_the_shape_that_is_promised(client, document, name):
    SavedView.objects.create(name="Test", resource="placements", query="country=AL,BR&sort=-start", shared=True)
    rows = get(client, f"/api/v1/{name}?pageSize=200").json()
    _check(document, f"/{name}", rows)
    record = rows["results"][0]
    path = next(path for path in document["paths"] if path.startswith(f"/{name}/"))
    address = record["url"].removeprefix("http://testserver")
    if name == "instruments":  # there `url` leads to all that the kind says
        address = f"/api/v1/instruments/{record['key']}"
    _check(document, path, get(client, address).json())
    if name in INSTRUMENTS:
        for group_by in ("country", "stage", "year"):
            counts = get(client, f"/api/v1/statistics/{name}?groupBy={group_by}").json()
            _check(document, f"/statistics/{name}", counts)


def test_a_real_problem_has_the_shape_that_is_promised(client, document):
    problem = get(client, "/api/v1/placements?contry=BR", status=400).json()
    _check(document, "/placements", problem, code="400")


def _check(document: dict, path: str, answer: dict, code: str = "200") -> None:
    """The answer fits its schema, and holds nothing that the schema does not name."""
    contents = document["paths"][path]["get"]["responses"][code]["content"]
    (content,) = (
        content for name, content in contents.items() if name in ("application/json", "application/problem+json")
    )
    schema = {**_closed(content["schema"]), "components": _closed(document["components"])}
    faults = {
        f"{re.sub(r'[0-9]+', '…', fault.json_path)}: {fault.message[:200]}"
        for fault in Draft202012Validator(schema).iter_errors(answer)
    }
    assert not faults


def _closed(schema):
    """The schema with every object closed: what it does not name may not be there."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") in ("object", ["object", "null"]):
        closed.setdefault("additionalProperties", False)
    return closed
