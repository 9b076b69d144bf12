"""The contract of the API as a document: valid, complete, and true of the answers."""

import html
import json
import re

import pytest
from django.core.cache import cache as shared
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from redis.exceptions import ConnectionError as RedisConnectionError

from config.api import EVERYTHING, REFERENCE, SAVED
from config.kinds import KINDS
from cooperation.register.api import docs, openapi_document
from cooperation.register.api.openapi_document import resolved
from cooperation.register.models import RegisterVersion, SavedView
from tests.contracts.outlets import get
from tests.factories import PlacementFactory

INSTRUMENTS = {kind.resource: kind.viewset for kind in KINDS}

pytestmark = pytest.mark.django_db

KEBAB = r"[a-z]+(-[a-z]+)*"
CAMEL = re.compile(r"[a-z]+([A-Z][a-z]*)*$")
ERRORS = ("400", "404", "406", "500")


@pytest.fixture(scope="module")
def document(django_db_setup, django_db_blocker) -> dict:
    with django_db_blocker.unblock():
        return openapi_document.document("en")


@pytest.fixture
def operations(document) -> list[tuple[str, dict]]:
    """Each operation with its parameters and its answers, wherever in the document they stand."""
    found = [(path, operation) for path, methods in document["paths"].items() for operation in methods.values()]
    assert len(found) > 10
    return [
        (
            path,
            {
                **operation,
                "parameters": parameters(document, path),
                "responses": {code: resolved(document, part) for code, part in operation["responses"].items()},
            },
        )
        for path, operation in found
    ]


def parameters(document: dict, path: str) -> list[dict]:
    return [resolved(document, part) for part in document["paths"][path]["get"].get("parameters", [])]


@pytest.mark.slow
def test_is_valid_openapi(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_is_what_is_served(client, document):
    served = get(client, "/api/v1/openapi.json").json()
    assert served["paths"].keys() == document["paths"].keys()
    assert served["info"]["license"]["identifier"] == "EUPL-1.2"
    assert {"name", "email", "url"} <= served["info"]["contact"].keys()


def names_in(part, path: str = "") -> set[str]:
    """Every name in the document by the way there, and every value but its texts for people."""
    if isinstance(part, list):
        return {one for number, item in enumerate(part) for one in names_in(item, f"{path}/{number}")}
    if not isinstance(part, dict):
        return {f"{path}={part}"}
    texts = {"description", "summary", "example"}
    return {one for name, item in part.items() if name not in texts for one in names_in(item, f"{path}/{name}")}


def test_both_languages_have_the_same_names_and_types():
    dutch, english = openapi_document.document("nl"), openapi_document.document("en")
    assert names_in(dutch) == names_in(english)
    assert dutch["info"]["description"] != english["info"]["description"]
    # Generators of code name types by the titles of schemas: none is a label.
    assert not [name for name in names_in(english) if re.search(r"^/components/.*/title=", name)]


def test_it_is_made_once_and_is_the_same_for_every_reader(client, admin_client, monkeypatch):
    first, dutch = get(client, "/api/v1/openapi.json"), client.get("/api/v1/openapi.json?lang=nl")
    monkeypatch.setattr(openapi_document, "_build", lambda language: pytest.fail("built again"))
    with CaptureQueriesContext(connection) as queries:
        again = get(client, "/api/v1/openapi.json")
    assert len(queries) == 0
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert get(admin_client, "/api/v1/openapi.json").content == first.content
    assert client.get("/api/v1/openapi.json?lang=nl")["ETag"] == dutch["ETag"] != first["ETag"]
    assert len(first.content) < 500_000
    # Another process finds it in Redis.
    openapi_document.content.cache_clear()
    assert get(client, "/api/v1/openapi.json").content == first.content


def test_without_redis_it_is_built_here(client, monkeypatch):
    def gone(*arguments, **options):
        raise RedisConnectionError

    before = get(client, "/api/v1/openapi.json").content
    openapi_document.content.cache_clear()
    monkeypatch.setattr(shared, "get", gone)
    assert get(client, "/api/v1/openapi.json").content == before


def test_what_has_not_changed_is_not_sent_again(client):
    etag = get(client, "/api/v1/openapi.json")["ETag"]
    same = client.get("/api/v1/openapi.json", headers={"if-none-match": etag, "accept-language": "en"})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    other = client.get("/api/v1/openapi.json", headers={"if-match": '"another"'})
    assert (other.status_code, other["Content-Type"]) == (412, "application/problem+json")
    assert client.post("/api/v1/openapi.json", headers={"if-none-match": "*"}).status_code == 405


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
    given = {parameter["name"] for parameter in parameters(document, f"/{name}")}
    presentation = {"sort", "page", "pageSize", "cursor", "count", "fields", "expand", "format", "columns", "headers"}
    assert given >= viewset.filterset_class.base_filters.keys() | presentation | {"lang"}


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


# --- the pages about it --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pages_show_every_address_key_and_answer(client, language):
    document = openapi_document.document(language)
    first = text_of(client, "/api/docs/", language)
    for path, methods in document["paths"].items():
        operation = methods["get"]
        resource = operation["tags"][0]
        assert f'href="/api/docs/{resource}/#{operation["operationId"]}"' in first
        page = text_of(client, f"/api/docs/{resource}/", language)
        for part in (f"/api/v1{path}", operation["summary"], operation.get("description", "")):
            assert part in page, (path, part)
        for parameter in parameters(document, path):
            assert f"<code>{parameter['name']}</code>" in page, (path, parameter["name"])
            assert parameter.get("description", "") in page, (path, parameter["name"])


def text_of(client, path: str, language: str) -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert len(answer.content) <= 80_000, path
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_quick_start_gives_three_commands_with_what_the_api_answers(client, language):
    found = replies_on(client, "/api/docs/", language)
    assert len(found) == 3
    for address, answer in found:
        assert answer.get("count", answer.get("total")) > 0, address


@pytest.mark.parametrize("resource", [*INSTRUMENTS, *EVERYTHING, *REFERENCE, "gaps"])
def test_the_page_of_a_resource_has_real_replies(client, resource):
    found = dict(replies_on(client, f"/api/docs/{resource}/", "en"))
    first, *_more = found
    assert first.startswith(f"/api/v1/{resource}?")
    if resource != "gaps":
        assert found[first]["results"], "with a row"
        assert any(address.startswith(f"/api/v1/{resource}/") for address in found), "and with that record"
    for address, answer in found.items():
        assert get(client, address).json() == answer


def replies_on(client, path: str, language: str) -> list[tuple[str, dict]]:
    """The questions on a page with their replies, each as the address of a command."""
    page = text_of(client, path, language)
    commands = re.findall(r'<code>curl "http://testserver([^"]+)"</code>', page)
    answers = re.findall(r"<pre><code>(\{.*?)</code></pre>", page, re.DOTALL)
    return list(zip(commands, map(json.loads, answers), strict=True))


def test_what_is_hidden_is_in_no_reply(client, admin_client):
    paths = ["/api/docs/", "/api/docs/placements/", "/api/docs/milestones/"]
    before = [get(client, path).content for path in paths]
    record = PlacementFactory(key="a-hidden-post", internal=True, hosts=["AL"], milestones=[("started", "2019-01-01")])
    RegisterVersion.objects.update(number=F("number") + 1)
    assert [get(client, path).content for path in paths] == before
    assert b"a-hidden-post" not in get(admin_client, paths[1]).content, "they are those of a reader without an account"
    type(record).objects.filter(pk=record.pk).update(classification="public")
    RegisterVersion.objects.update(number=F("number") + 1)
    assert get(client, "/api/docs/milestones/").content != before[2], "made anew when the register has changed"


def test_each_page_has_an_index_of_all_of_them(client):
    for path in ("/api/docs/", "/api/docs/placements/"):
        index = text_of(client, path, "en").partition('class="docs__index')[2].partition("</nav>")[0]
        for resource in (*INSTRUMENTS, *EVERYTHING, *REFERENCE):
            assert f'href="/api/docs/{resource}/"' in index
        assert index.count("aria-current") == 1
    assert 'href="#placements_list"' in index


def test_a_page_is_made_once_for_whoever_brings_nothing(client, admin_client, monkeypatch):
    before = get(client, "/api/docs/placements/").content
    with monkeypatch.context() as patch:
        patch.setattr(docs, "document", lambda language: pytest.fail("made again"))
        with CaptureQueriesContext(connection) as queries:
            assert get(client, "/api/docs/placements/").content == before
    assert len(queries) == 1, "which version of the register it is"
    # The frame of others is theirs: the clock in its links, and who has signed in.
    clock = "validOn=2021-12-02&knownOn=2021-12-02"
    assert clock in html.unescape(get(client, f"/api/docs/placements/?{clock}").content.decode())
    assert "admin" in get(admin_client, "/api/docs/placements/").content.decode()
    assert get(client, "/api/docs/placements/").content == before
    assert client.get("/api/docs/no-such-resource/").status_code == 404


def _check(document: dict, path: str, answer: dict, code: str = "200") -> None:
    """The answer fits its schema, and holds nothing that the schema does not name."""
    contents = resolved(document, document["paths"][path]["get"]["responses"][code])["content"]
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
