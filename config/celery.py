"""Work in the background: `celery -A config worker` and `celery -A config beat`."""

import os

from celery import Celery
from celery.signals import beat_init, before_task_publish, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("register")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _worker_is_there(**_signal) -> None:
    from .background import WORKER, note

    note(WORKER)


@beat_init.connect
def _schedule_begins(**_signal) -> None:
    from .background import SCHEDULE, note

    note(SCHEDULE)


@before_task_publish.connect
def _schedule_goes_on(sender: str = "", **_signal) -> None:
    """The schedule sends this task, and nothing else does: when it does, it is there."""
    from .background import SCHEDULE, SIGN_OF_LIFE, note

    if sender == SIGN_OF_LIFE:
        note(SCHEDULE)


@app.task(name="config.sign_of_life")
def sign_of_life() -> None:
    from .background import WORKER, note

    note(WORKER)
