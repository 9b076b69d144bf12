"""The clock of a machine is set back, by hand or because it was wrong: nothing lasts longer, is missed or stands still.

For sessions see `tests/accounts/test_sessions.py`, for codes of an app `test_second_factor.py`, for the audit log
`tests/register/test_audit.py`.
"""

import time
from datetime import timedelta
from secrets import randbelow
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.schedules import crontab
from django.utils import timezone

from config.operations import background, backups, slots, throttles
from config.operations.limits import DEAR
from config.operations.schedule import Schedule
from cooperation.register import actions
from cooperation.register.models import Instrument
from script.backups.files import tidy
from tests.factories import PlacementFactory

HOUR = 3600


@pytest.fixture
def set_back(monkeypatch):
    """A function that sets the clock of our own code back by an hour."""

    def do() -> None:
        now, earlier = time.time() - HOUR, timezone.now() - timedelta(hours=1)
        for module in (background, slots, throttles):
            monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now, monotonic=time.monotonic))
        monkeypatch.setattr(timezone, "now", lambda: earlier)

    return do


def test_who_asks_what_was_changed_misses_nothing(client, db, set_back):
    first, second = PlacementFactory(), PlacementFactory()
    seen = Instrument.objects.latest("updated_at").updated_at
    set_back()
    for record in (second, first):
        with actions.writing(record):
            record.save()
    said = client.get("/api/v1/placements", {"changedSince": seen.isoformat(), "fields": "key", "lang": "en"}).json()
    assert {row["key"] for row in said["results"]} == {first.key, second.key}
    assert len(set(Instrument.objects.filter(updated_at__gt=seen).values_list("updated_at"))) == 2


def test_who_reads_is_not_throttled_for_an_hour(client, db, settings, set_back):
    """Redis keeps a number by its own clock, which may be that of the same machine: an hour longer than it should."""
    settings.THROTTLES = {"address": "3/minute"}
    reader = {"REMOTE_ADDR": f"10.9.{randbelow(256)}.{randbelow(256)}"}
    assert [client.get("/marks/", **reader).status_code for _ in range(4)][-1] == 429
    set_back()
    assert client.get("/marks/", **reader).status_code == 200


def test_a_place_for_a_dear_answer_is_not_taken_for_an_hour(settings, monkeypatch, set_back):
    settings.DEAR_ANSWERS = 1
    monkeypatch.setattr(slots, "WAIT", 0)
    slots._redis().delete(DEAR.key)
    assert DEAR.take()  # by a process that is killed
    assert not DEAR.take()
    set_back()
    assert DEAR.take()
    slots._redis().delete(DEAR.key)


def test_the_schedule_goes_on(tmp_path):
    app = Celery(broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {"often": {"task": "often", "schedule": 60}}
    schedule = Schedule(app=app, schedule_filename=str(tmp_path / "beat"))
    schedule.schedule["often"].last_run_at = app.now() + timedelta(hours=1)
    assert schedule.tick() <= 60  # that of Celery: five minutes, again and again
    schedule.close()


def test_a_month_that_is_skipped_is_one_night_to_the_schedule(tmp_path):
    """The clock was behind and is put right: what is due each night is done once, and not thirty times."""
    app = Celery(broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {"nightly": {"task": "nightly", "schedule": crontab(hour=3, minute=10)}}
    schedule = Schedule(app=app, schedule_filename=str(tmp_path / "beat"))
    schedule.schedule["nightly"].last_run_at = app.now() - timedelta(days=30)
    for _tick in range(3):
        schedule.tick()
    assert schedule.schedule["nightly"].total_run_count == 1
    schedule.close()


def test_a_worker_that_is_dead_is_not_alive_for_an_hour(set_back):
    background.note(background.WORKER)
    assert background.WORKER not in background.silent()
    set_back()
    assert background.WORKER in background.silent()


def test_backups_of_a_clock_that_was_wrong_do_not_push_out_the_new_ones(tmp_path, settings):
    wrong = [f"register-2090010{number}T000000.000000Z.dump" for number in (1, 2)]
    right = [f"register-2026010{number}T000000.000000Z.dump" for number in (1, 2)]
    for name in (*wrong, *right):
        (tmp_path / name).touch()
    settings.BACKUP_FOLDER = str(tmp_path)
    assert f"{backups.newest():%Y}" == "2026"
    tidy(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == right
