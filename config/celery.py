"""Work in the background: `celery -A config worker` and `celery -A config beat`."""

import os

from celery import Celery
from celery.signals import (
    beat_init,
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_ready,
)

from .operations.background import SCHEDULE, SIGN_OF_LIFE, WORKER, note
from .operations.logs import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("register")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _logs_as_in_the_settings(**_signal) -> None:
    """Celery sets up logs of its own where nobody says that it is done."""


@before_task_publish.connect
def _task_knows_its_request(headers: dict, **_signal) -> None:
    if request_id.get():
        headers["request_id"] = request_id.get()


@task_prerun.connect
def _lines_of_a_task_begin(task, task_id: str, **_signal) -> None:
    """They have the id of the request that sent the task, or that of the task itself."""
    request_id.set(getattr(task.request, "request_id", None) or task_id)


@task_postrun.connect
def _lines_of_a_task_end(**_signal) -> None:
    request_id.set("")


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
