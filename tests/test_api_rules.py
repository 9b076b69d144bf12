"""What the Dutch API Design Rules ask of every answer, on every path of the document."""

import re
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from cooperation.register.api.openapi_document import document
from cooperation.register.domain.clock import Clock
from cooperation.register.models import SavedView
from tests.contracts.outlets import get, text_of

pytestmark = pytest.mark.django_db

KEYS = {
    "countries": "AL",
    "eu-proposals": "prum-ii-verordening",
    "placements": "maocn-directeur-2021",
    "organisations": "politie",
    "sources": "brief-2021-12-02",
    "themes": "drugs",
    "instruments": "prum-ii-verordening",
    "milestones": "prum-ii-verordening.proposed",
    "commitments": "prum-ii-verordening.1",
    "views": "test-view-00000000",
}


@pytest.fixture(autouse=True)
def shared_view(db) -> SavedView:
    return SavedView.objects.create(key=KEYS["views"], name="Test", resource="placements", shared=True)


@pytest.fixture(scope="module")
def paths(django_db_setup, django_db_blocker) -> list[str]:
    """Every path of the document with its blanks filled in, and the document itself."""
    from cooperation.register.models import Figure, kinds

    with django_db_blocker.unblock():
        of_kinds = {name: kind.objects.on(Clock.on()).order_by("key")[0].key for name, kind in kinds().items()}
        keys = {**of_kinds, **KEYS, "figures": Figure.objects.all()[0].key}
        found = []
        for path in document("en")["paths"]:
            resource = path.strip("/").split("/")[0]
            query = "?groupBy=kind" if resource == "statistics" else ""
            found.append(f"/api/v1{re.sub(r'{.*}', keys.get(resource, ''), path)}{query}")
    return [*found, "/api/v1/openapi.json"]


def check_headers(answer, path: str) -> None:
    assert answer["API-Version"] == settings.API_VERSION, path
    assert answer["Cache-Control"] == "no-cache", path
    assert answer["X-Content-Type-Options"] == "nosniff", path
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], path
    assert not answer.cookies, path
    is_open = path == "/api/v1/openapi.json"
    assert answer.get("Access-Control-Allow-Origin") == ("*" if is_open else None), path


def check_problem(answer, path: str, code: int) -> None:
    assert answer.status_code == code, (path, answer.status_code)
    assert answer["Content-Type"] == "application/problem+json", path
    problem = answer.json()
    assert problem["status"] == code
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == path
    check_headers(answer, path)


@pytest.mark.slow
def test_an_answer_has_its_headers(client, paths):
    """That it writes nothing: `test_reading_never_writes`."""
    for path in paths:
        answer = get(client, path)
        text_of(answer)
        check_headers(answer, path)


def test_an_unknown_key_is_a_problem(client, paths):
    for path in paths[:-1]:
        wrong = f"{path}{'&' if '?' in path else '?'}contry=BR"
        answer = client.get(wrong)
        check_problem(answer, wrong, 400)
        assert [fault["name"] for fault in answer.json()["invalidParams"]] == ["contry"]


def test_an_address_with_a_slash_is_not_there_and_leads_nowhere(client, paths):
    for path in paths:
        wrong = path.partition("?")[0] + "/"
        answer = client.get(wrong)
        check_problem(answer, wrong, 404)
        assert not answer.has_header("Location")
    check_problem(client.get("/api/v1/nothing"), "/api/v1/nothing", 404)
    check_problem(client.get("/api/v1/placements/no-such-record"), "/api/v1/placements/no-such-record", 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written_yet(client, paths, method):
    for path in paths:
        answer = getattr(client, method)(path)
        check_problem(answer, path, 405)
        assert "GET" in answer["Allow"]
        assert method.upper() not in answer["Allow"]


def test_an_answer_in_another_form_is_a_problem(client, paths):
    for path in paths[:-1]:
        check_problem(client.get(path, headers={"accept": "application/xml"}), path, 406)


def test_a_client_that_asks_for_problems_too_gets_its_answer(client):
    get(client, "/api/v1/placements")
    for accept in ("application/json", "application/json, application/problem+json;q=0.5", "*/*"):
        answer = client.get("/api/v1/placements", headers={"accept": accept})
        assert answer["Content-Type"].startswith("application/json"), accept


def test_head_answers_as_get_without_a_body(client):
    answer = client.head("/api/v1/placements")
    assert answer.status_code == 200
    assert answer.content == b""
    check_headers(answer, "/api/v1/placements")


@pytest.mark.slow
def test_preconditions_come_after_the_request_was_judged(client, paths):
    """What is missing or wrong stays so, whatever a request says of versions; and 412 is a problem as any other."""
    any_version, another = {"if-none-match": "*"}, {"if-match": '"another"'}
    for headers in (any_version, another):
        for path, code in {"no-such-record": 404, "maocn-directeur-2021?contry=BR": 400, "?contry=BR": 400}.items():
            path = f"/api/v1/placements/{path}".replace("/?", "?")
            check_problem(client.get(path, headers=headers), path, code)
    for path in paths:
        for headers in (any_version, another):
            check_problem(client.post(path, headers=headers), path, 405)
        assert client.get(path, headers=any_version).status_code == 304, path
        check_problem(client.get(path, headers=another), path, 412)
        same = {"if-match": client.get(path)["ETag"]}
        assert client.get(path, headers=same).status_code == 200, path


@pytest.mark.parametrize(
    "moment", ["2021-12-02T10:00:00%2B01:00", "2021-12-02T10:00:00+01:00", "2021-12-02T09:00:00Z", "2021-12-02"]
)
def test_a_moment_has_an_offset(client, moment):
    assert get(client, f"/api/v1/placements?changedSince={moment}").json()["count"] > 0


def test_changed_since_is_a_moment_and_not_a_day(client):
    from placements.models import Placement

    record = Placement.objects.get(key="maocn-directeur-2021")
    moment = record.updated_at.isoformat().replace("+00:00", "Z")
    keys = [row["key"] for row in get(client, f"/api/v1/placements?changedSince={moment}&fields=key").json()["results"]]
    assert record.key not in keys


@pytest.mark.parametrize("language", ["nl", "en"])
def test_messages_speak_the_language_that_was_asked_and_keep_no_cookie(client, language):
    answer = client.get(f"/api/v1/placements?contry=BR&lang={language}")
    reasons = {"nl": "Deze sleutel is hier niet bekend.", "en": "This key is not known here."}
    assert answer.json()["invalidParams"][0]["reason"] == reasons[language]
    assert answer["Content-Language"] == language
    assert not answer.cookies


def test_over_plain_http_the_api_refuses_and_does_not_redirect(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    check_problem(client.get("/api/v1/placements"), "/api/v1/placements", 403)


def test_an_error_of_ours_says_nothing_of_the_inside(client, monkeypatch):
    from placements.kind import PLACEMENTS

    def fail(*args):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(PLACEMENTS.viewset, "question", fail)
    client.raise_request_exception = False
    answer = client.get("/api/v1/placements")
    check_problem(answer, "/api/v1/placements", 500)
    assert "secret" not in answer.content.decode()


def test_today_is_that_of_the_netherlands_on_page_and_api(client, monkeypatch):
    late_in_london = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late_in_london)
    assert client.get("/api/v1/placements?pageSize=1").json()["validOn"] == "2026-11-25"
    assert client.get("/placements/").context["clock"].valid_on == date(2026, 11, 25)
