"""Supervision: a process that ended is started again, after a pause that grows while it keeps ending.

This is for a laptop, and only the loop: in production systemd or the container platform does it. Programs made for it
(supervisord, circus) would be one process more between the terminal and the servers, to be supervised and stopped too,
with a file of settings; supervisord gives up after some tries.
"""

# ruff: noqa: T201  (it talks to the person at the terminal)

import time
from collections.abc import Iterable
from typing import NoReturn

from .process import Process
from .state import ServiceError

SHORTEST, LONGEST = 0.5, 30  # seconds of pause
STEADY = 60  # seconds that a process has to run for the pause to be short again
LOOK = 0.2  # seconds between two looks at all of them


class Supervised:
    """A process with what is known of its ends."""

    def __init__(self, process: Process):
        self.process = process
        self.pause = SHORTEST
        self.since = time.monotonic()
        self.due = 0.0  # when to start it again, while it is down

    def look(self) -> None:
        now = time.monotonic()
        self.process.rotate_log()
        if self.due:
            if now >= self.due:
                self._start()
        elif why := self.process.ended:
            self._put_off(why)

    def _put_off(self, why: str) -> None:
        now = time.monotonic()
        if now - self.since > STEADY:
            self.pause = SHORTEST
        print(f"! {why}\n  It is started again in {self.pause:g} s.")
        self.due = now + self.pause
        self.pause = min(self.pause * 2, LONGEST)

    def _start(self) -> None:
        self.due, self.since = 0.0, time.monotonic()
        try:
            self.process.start()
        except (ServiceError, OSError) as error:  # OSError: no room for its log
            self.process.stop()
            self._put_off(str(error))
        else:
            print(f"✓ {self.process.name} is started again.")


def keep_alive(processes: Iterable[Process]) -> NoReturn:
    supervised = [Supervised(process) for process in processes]
    while True:
        for each in supervised:
            each.look()
        time.sleep(LOOK)
