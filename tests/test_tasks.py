"""Work in the background, by a real worker that takes its orders from the real Redis."""

import json
import os
import subprocess
import sys
import time
from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.db import connection

from config.celery import app
from config.operations.logs import request_id
from cooperation.register import tasks
from cooperation.register.models import StageSpan

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def worker(django_db_setup, django_db_blocker, tmp_path):
    """A worker for the database of the tests: (its own queue, a function that waits for its words)."""
    with django_db_blocker.unblock():
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    queue, log = f"test-{uuid4()}", tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "-l", "info", "-Q", queue]
    environment = {**os.environ, "DATABASE_URL": url, "LOG_FORMAT": "json"}
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)

    def wait_for(words: str) -> str:
        for _ in range(600):
            if words in (said := log.read_text()):
                return said
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the worker did not say “{words}”: {log.read_text()}")

    yield queue, wait_for
    process.terminate()
    try:
        process.wait(timeout=15)
    finally:
        process.kill()
        with app.connection_for_write() as broker:
            broker.default_channel.queue_delete(queue)


@pytest.fixture
def tampered(django_db_setup, django_db_blocker):
    """The key of a record whose stored stage somebody changed, seen by every connection; mended afterwards."""
    with django_db_blocker.unblock():
        span = StageSpan.objects.select_related("instrument").first()
        StageSpan.objects.filter(pk=span.pk).update(stage="typed-by-hand")
        connection.close()
    yield span.instrument.key
    with django_db_blocker.unblock():
        StageSpan.objects.filter(pk=span.pk).update(stage=span.stage)
        connection.close()


def test_the_nightly_check_runs_in_a_worker_and_reports_what_differs(worker, tampered):
    """Its lines bear the id of the request that sent the task, where there is one."""
    queue, wait_for = worker
    context = copy_context()
    context.run(request_id.set, "id-of-a-request")
    context.run(tasks.check_spans.apply_async, queue=queue)
    wait_for("succeeded in")
    lines = [json.loads(line) for line in wait_for("succeeded in").splitlines() if line.startswith("{")]
    said = {line["message"]: line["request_id"] for line in lines}
    assert said["stage spans checked: 1 instruments differ"] == "id-of-a-request"
    assert any(f"stage spans of {tampered} differ from its milestones" in message for message in said)


@pytest.mark.django_db
def test_the_check_mends_nothing_and_finds_nothing_in_the_real_set():
    assert tasks.check_spans() == []


def test_every_job_of_the_calendar_is_a_task_that_is_there():
    app.loader.import_default_modules()
    jobs = settings.CELERY_BEAT_SCHEDULE
    assert jobs
    assert {job["task"] for job in jobs.values()} <= app.tasks.keys()
    assert jobs["check-spans"]["task"] == tasks.check_spans.name


def test_the_check_is_nightly():
    schedule = settings.CELERY_BEAT_SCHEDULE["check-spans"]["schedule"]
    assert isinstance(schedule, crontab)
    assert schedule.hour <= {0, 1, 2, 3, 4, 5}
    assert len(schedule.hour) == len(schedule.minute) == 1
    assert len(schedule.day_of_week) == 7


def test_no_test_runs_its_jobs_by_itself():
    """Only a worker says whether a job can be sent, found and done."""
    assert settings.CELERY_TASK_ALWAYS_EAGER is False
    assert app.conf.broker_url.startswith(("redis://", "rediss://", "redis+socket://"))
