"""A worker that is killed in the middle of its first task: `celery -A tests.attacks.killed_worker worker`."""

import os
import signal
from pathlib import Path

from config.celery import app

app.conf.broker_transport_options = {"visibility_timeout": 1}  # seconds; less waiting for tests


@app.task(name="tests.killed_once")
def killed_once(folder: str) -> None:
    """Leaves files: `begun`, and `done` when it comes that far."""
    begun, done = Path(folder, "begun"), Path(folder, "done")
    if not begun.exists():
        begun.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    done.touch()
