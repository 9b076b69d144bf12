"""A task is done, though its worker is killed: the next worker does it again."""

import signal
import subprocess
import sys
import time
from uuid import uuid4

import pytest

from .killed_worker import app, killed_once

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.attack]


def worker(queue: str) -> subprocess.Popen:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    command = ("celery", "-A", "tests.attacks.killed_worker", "worker", "--pool", "solo", "-Q", queue, *quiet)
    return subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def test_a_task_of_a_worker_that_is_killed_is_done_by_the_next(tmp_path):
    queue = f"test-{uuid4()}"
    killed_once.apply_async([str(tmp_path)], queue=queue)
    assert worker(queue).wait(60) == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["begun"]
    following = worker(queue)
    try:
        until = time.monotonic() + 60
        while not (tmp_path / "done").exists():
            assert time.monotonic() < until
            time.sleep(0.1)
    finally:
        following.terminate()
        following.wait(20)
        with app.connection() as connection:
            connection.default_channel.queue_delete(queue)
