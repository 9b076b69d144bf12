"""A child process: its log, its end, and the wait until it answers."""

# ruff: noqa: S603  (what is started are programs of our own, without a shell)

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from .state import PATIENCE, ServiceError, State

LARGEST_LOG = 20 * 2**20  # bytes; there are two of each: this one, and the one before


class Process:
    """A child that writes to a log of its own, ends when its parent does, and is asked to stop before it is made to."""

    STOP = signal.SIGTERM

    def __init__(self, name: str, state: State, command: list, *, sockets: tuple[int, ...] = (), **options):
        self.name = name
        self.state = state
        self.command = command
        self.inherited = sockets
        self.options = options
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        return self.state.logs / f"{self.name.lower()}.log"

    def start(self) -> None:
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        parent = os.getpid()
        with self.log.open("ab") as log:  # appends, so that it goes on at the start when it was emptied
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which stops its children in order
                pass_fds=(self.state.processes.fileno(), *self.inherited),
                preexec_fn=lambda: end_with(parent, self.STOP),
                **self.options,
            )

    def rotate_log(self) -> None:
        """Keep the log within bounds: a copy of what it holds stays, and it goes on empty (`copytruncate`).

        Done from outside, as PostgreSQL and Valkey write one too. A line that is written meanwhile may be lost.
        """
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            with contextlib.suppress(OSError):  # the disk is full
                shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)

    def stop(self) -> None:
        process = self.process
        if process is None:
            return
        process.send_signal(self.STOP)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):  # what would not stop, and what a killed process left behind
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @property
    def ended(self) -> str:
        """How it came to its end; empty while it runs."""
        with _signals_put_off():
            code = self.process.poll()
        if code is None:
            return ""
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"{self.name} {how}. {self.last_words}"

    @property
    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-5:]
        return "\n  | ".join([f"Its log is {self.log}", *lines])

    def wait_until(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if self.ended:
                raise ServiceError(self.ended)
            if time.monotonic() > deadline:
                raise ServiceError(f"{self.name} did not answer within {PATIENCE} seconds. {self.last_words}")
            time.sleep(0.05)


def end_with(parent: int, number: signal.Signals) -> None:
    """In the child: asks the kernel to send it `number` when its parent dies, however that dies."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, number)
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), number)


@contextlib.contextmanager
def _signals_put_off() -> Iterator[None]:
    """One that comes inside `Popen.poll` can leave its lock taken, for which `Popen.wait` then waits for ever."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
