"""Work in the background: `celery -A config worker` and `celery -A config beat`."""

import os

from celery import Celery
from celery.signals import beat_init, before_task_publish, worker_ready

from .background import SCHEDULE, SIGN_OF_LIFE, WORKER, note

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("register")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _worker_is_there(**_signal) -> None:
    note(WORKER)


@beat_init.connect
def _schedule_begins(**_signal) -> None:
    note(SCHEDULE)


@before_task_publish.connect
def _schedule_goes_on(sender: str = "", **_signal) -> None:
    """The schedule sends this task, and nothing else does: when it does, it is there."""
    if sender == SIGN_OF_LIFE:
        note(SCHEDULE)


@app.task(name=SIGN_OF_LIFE)
def sign_of_life() -> None:
    note(WORKER)
