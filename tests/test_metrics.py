"""`/metrics`: read by whom it is for, and right; with no label that a reader makes up."""

import re
import subprocess
import sys
from ipaddress import ip_network

import pytest
from django.core.cache import cache
from redis import RedisError

from config.operations import background, slots
from cooperation.register import tasks
from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditResult

pytestmark = pytest.mark.django_db

COUNTS = "from prometheus_client import Counter; Counter('register_of_a_test', 'of a test').inc()"


@pytest.fixture(autouse=True)
def for_this_machine(settings):
    settings.METRICS_ALLOWED = [ip_network("127.0.0.0/8")]


@pytest.fixture
def metrics(client):
    """The value of each line, by its name and labels."""

    def read() -> dict[str, float]:
        answer = client.get("/metrics", headers={"host": "10.0.0.5:8000"})
        assert answer.status_code == 200
        return {name: float(value) for name, value in re.findall(r"^(register_\S+) (\S+)$", answer.text, re.MULTILINE)}

    return read


@pytest.fixture
def rise(metrics):
    """By how much a counter rises while something is done."""

    def measure(name: str, do) -> float:
        before = metrics().get(name, 0)
        do()
        return metrics()[name] - before

    return measure


@pytest.mark.parametrize("networks", [[], ["192.0.2.0/24"], ["2001:db8::/32"]])
def test_for_anybody_else_there_is_nothing(client, settings, networks):
    settings.METRICS_ALLOWED = [ip_network(each) for each in networks]
    answer = client.get("/metrics")
    assert answer.status_code == 404
    assert "register_" not in answer.text


def test_requests_by_view_and_status(client, rise):
    view = 'register_requests_total{method="GET",status="%s",view="%s"}'
    assert rise(view % ("2xx", "placements-list"), lambda: client.get("/placements/?q=a-telling-word")) == 1
    assert rise(view % ("4xx", "placements-list"), lambda: client.get("/placements/?validOn=x")) == 1
    assert rise('register_request_seconds_count{view="placements-list"}', lambda: client.get("/placements/")) == 1


def test_processes_that_share_a_directory_add_up(metrics, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for _process in range(2):
        subprocess.run([sys.executable, "-c", COUNTS], check=True)
    assert metrics()["register_of_a_test_total"] == 2


def test_no_reader_makes_a_label(client, metrics):
    client.get("/placements/?q=a-telling-word")
    client.get("/a-telling-path/")
    client.generic("TELLING", "/placements/")
    names = str(metrics().keys()).lower()
    assert "telling" not in names
    assert 'method="other"' in names


def test_what_is_put_off_is_counted(client, rise, settings, monkeypatch):
    settings.DEAR_ANSWERS = 0
    monkeypatch.setattr(slots, "WAIT", 0)
    assert rise("register_dear_answers_refused_total", lambda: client.get("/placements/?format=csv")) == 1


def test_what_is_throttled_is_counted(client, rise, settings):
    settings.THROTTLES = {"address": "0/minute"}
    assert rise('register_throttled_requests_total{by="address"}', lambda: client.get("/marks/")) == 1


def test_answers_of_the_cache(client, rise, settings):
    settings.ANSWER_CACHE = True
    client.get("/placements/?country=AL")
    found = 'register_answer_cache_total{found="yes"}'
    assert rise(found, lambda: client.get("/placements/?country=AL")) == 1


def test_lines_of_the_audit_log(rise):
    name = 'register_audit_lines_total{action="sign_in",result="refused"}'
    assert rise(name, lambda: audit.log(AuditAction.SIGN_IN, result=AuditResult.REFUSED)) == 1


def test_the_last_check_and_the_signs_of_life(metrics):
    background.note(background.WORKER)
    tasks.check_spans()
    found = metrics()
    assert found["register_last_check_differing"] == 0
    assert found['register_part_works{part="worker"}'] == found['register_part_works{part="database"}'] == 1
    for at in ("register_last_check_timestamp_seconds", 'register_last_sign_of_life_timestamp_seconds{part="worker"}'):
        assert abs(found[at] - background.time.time()) < 60


def test_a_task_that_waits_is_counted(rise):
    redis = cache._cache.get_client()
    try:
        assert rise("register_tasks_waiting", lambda: redis.lpush(background.QUEUE, "{}")) == 1
    finally:
        redis.lpop(background.QUEUE)


def test_without_redis_the_rest_is_told(metrics, monkeypatch):
    def gone():
        raise RedisError

    monkeypatch.setattr(background, "signs", gone)
    found = metrics()
    assert (found['register_part_works{part="redis"}'], found['register_part_works{part="database"}']) == (0, 1)
    assert "register_tasks_waiting" not in found


def test_the_age_of_the_newest_backup(metrics, settings, tmp_path):
    assert "register_newest_backup_timestamp_seconds" not in metrics()
    settings.BACKUP_FOLDER = str(tmp_path)
    assert metrics()["register_newest_backup_timestamp_seconds"] == 0
    for name in ("register-20261101T023000.000000Z.dump.age", "register-20261301T023000.000000Z.dump"):
        (tmp_path / name).touch()  # there is no thirteenth month
    assert metrics()["register_newest_backup_timestamp_seconds"] == 1793500200
