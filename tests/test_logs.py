"""Logs: one line of JSON for a record, found by the id of its request, without what was asked and by whom."""

import io
import json
import logging

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from config.operations import server
from config.operations.logs import JsonLine
from config.operations.patience import ReaderHasGone
from config.settings import base

pytestmark = pytest.mark.django_db

LIST = "/placements/"


@pytest.fixture
def lines(monkeypatch):
    """What is written from here on, as in production."""
    written = io.StringIO()
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", written)
    monkeypatch.setattr(handler, "formatter", JsonLine())
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_production_writes_json_and_a_person_reads_lines(settings):
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"
    assert 'env("LOG_FORMAT", default="json")' in (settings.BASE_DIR / "config/settings/base.py").read_text()
    assert base.MIDDLEWARE[0] == "config.operations.access_log.AccessLog"


def test_a_request_is_one_line_without_the_question_and_the_name(client, lines):
    user = User.objects.create_user("a-telling-name")
    client.force_login(user)
    answer = client.get(LIST, {"q": "a-telling-word"})
    (line,) = lines()
    assert line.items() >= {
        ("level", "INFO"),
        ("logger", "access"),
        ("method", "GET"),
        ("path", LIST),
        ("status", 200),
        ("account", user.pk),
        ("bytes", len(answer.content)),
        ("request_id", answer["X-Request-ID"]),
    }
    assert line["time"].endswith("+00:00")
    assert 0 < line["ms"] < 60_000
    assert "telling" not in str(line)


def test_an_export_is_a_line_when_it_is_at_its_end(client, lines):
    answer = client.get(LIST, {"format": "csv"})
    assert lines() == []
    size = len(answer.getvalue())
    answer.close()
    (line,) = lines()
    assert (line["path"], line["bytes"]) == (LIST, size)


def test_what_asks_whether_all_is_well_writes_nothing(client, lines):
    assert client.get("/healthz").status_code == 200
    assert lines() == []


def test_a_path_and_a_method_break_no_line(client, lines):
    client.generic("FORGED\nLINE", "/no%0Aline/")
    (line,) = lines()
    assert (line["method"], line["path"], line["status"]) == ("other", "/no%0Aline/", 404)


@pytest.mark.parametrize(("given", "is_taken_over"), [("0123456789ab", True), ("short", False), ("no spaces", False)])
def test_an_id_that_has_the_shape_of_one_is_taken_over(client, given, is_taken_over):
    answer = client.get("/healthz", headers={"x-request-id": given})
    assert (answer["X-Request-ID"] == given) is is_taken_over
    assert len(answer["X-Request-ID"]) >= 8


@pytest.mark.parametrize(("proxy", "is_taken_over"), [(None, False), ("192.0.2.9", False), ("192.0.2.1", True)])
def test_only_a_proxy_that_is_named_gives_an_id(proxy, is_taken_over):
    served = server._without_ids_of_strangers(lambda environ, start_response: "HTTP_X_REQUEST_ID" in environ, proxy)
    assert served({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_REQUEST_ID": "0123456789"}, None) is is_taken_over


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


REFUSED = [
    ("/admin/register/theme/?citation__source__key=x", {}, 400),  # a look-up that the administration does not have
    ("/admin/register/theme/?q=%00", {}, 400),
    (LIST, {"host": "evil.example"}, 400),
    ("/placements/?validOn=yesterday", {}, 400),
    ("/api/v1/placements?nonsense=1", {}, 400),
    ("/nothing/", {}, 404),
]


@pytest.mark.parametrize(("address", "headers", "status"), REFUSED)
def test_a_refused_question_is_a_warning_without_traceback(boss, lines, settings, address, headers, status):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert boss.get(address, headers=headers).status_code == status
    *reasons, line = lines()
    assert (line["logger"], line["level"], line["status"]) == ("access", "WARNING", status)
    assert all(one["logger"].startswith("django.security.") and one["level"] == "WARNING" for one in reasons)
    assert len(reasons) <= 1
    assert not [one for one in lines() if "traceback" in one]


def test_a_form_of_another_site_is_a_warning_too(lines):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login/").status_code == 403
    assert [(one["logger"], one["level"]) for one in lines()] == [
        ("django.security.csrf", "WARNING"),
        ("access", "WARNING"),
    ]


def test_the_page_of_an_error_says_by_which_number_it_is_found(client, monkeypatch):
    def fail(*args):
        raise RuntimeError("the cause")

    monkeypatch.setattr("placements.kind.PLACEMENTS.list_page.get", fail)
    client.raise_request_exception = False
    answer = client.get(LIST)
    assert answer.status_code == 500
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.text


def test_a_database_that_does_not_answer_is_a_reason_without_traceback(client, lines, monkeypatch):
    def fail(*args):
        raise OperationalError("it is gone\nDETAIL: much more")

    monkeypatch.setattr("placements.kind.PLACEMENTS.viewset.question", fail)
    assert client.get("/api/v1/placements").status_code == 503
    reason, line = lines()
    assert (reason["logger"], reason["level"]) == ("config.operations.limits", "WARNING")
    assert reason["message"] == "answered 503: it is gone"
    assert (line["status"], "traceback" in reason) == (503, False)


def test_a_reader_who_hung_up_during_an_export_is_no_error(lines):
    try:
        raise OperationalError from ReaderHasGone()
    except OperationalError:
        logging.getLogger("waitress").exception("Exception while serving /placements/")
    (line,) = lines()
    assert (line["level"], "traceback" in line) == ("WARNING", False)


def test_an_error_of_ours_keeps_its_traceback_and_is_found_by_its_id(client, lines, monkeypatch):
    def fail(*args):
        raise RuntimeError("the cause")

    monkeypatch.setattr("placements.kind.PLACEMENTS.viewset.question", fail)
    client.raise_request_exception = False
    answer = client.get("/api/v1/placements")
    error, line = lines()
    assert (error["level"], error["logger"], line["status"]) == ("ERROR", "django.request", 500)
    assert "RuntimeError: the cause" in error["traceback"]
    assert error["request_id"] == line["request_id"] == answer["X-Request-ID"]
