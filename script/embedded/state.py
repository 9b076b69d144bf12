"""The directory in which the services of one checkout keep their data, and the account that they run under."""

# ruff: noqa: S603  (what is started are programs of our own, without a shell)

import contextlib
import fcntl
import grp
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

LONGEST_SOCKET_PATH = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"  # that of PostgreSQL, which chooses it
NUMBERS = range(30_000, 60_000)  # of accounts: below those that systemd gives out, and mapped in most containers
PATIENCE = 30  # seconds, for a service to start or to stop


class ServiceError(Exception):
    """What a person has to know and can do something about, in a sentence."""


def state_directory(checkout: Path) -> Path:
    """Where a checkout keeps its data: the same place at every start, from whatever working directory.

    It is not in the checkout, whose path may be too long for a socket, hold a space, or be closed to the account
    that PostgreSQL runs under.
    """
    name = "cooperation-" + hashlib.sha256(os.fsencode(checkout.resolve())).hexdigest()[:10]
    own = [os.environ.get("XDG_STATE_HOME", ""), Path.home() / ".local" / "state"]
    for parent in (*filter(None, own), "/var/lib", "/var/tmp"):  # noqa: S108  # nosec B108
        if _usable(Path(parent, name)):
            return Path(parent, name)
    raise ServiceError("No place for the data was found. Set XDG_STATE_HOME to a directory with a short, plain path.")


def write_secret(path: Path, text: str) -> None:
    """Writes a file that its owner alone may read: whole, or not at all where the disk is full."""
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.rename(path)


def _usable(path: Path) -> bool:
    if len(str(path / "run" / LONGEST_SOCKET_NAME)) > LONGEST_SOCKET_PATH or quote(str(path)) != str(path):
        return False
    existing = next(parent for parent in path.parents if parent.exists())
    reachable = all(parent.stat().st_mode & 0o001 for parent in (existing, *existing.parents))
    return path.is_absolute() and os.access(existing, os.W_OK | os.X_OK) and (reachable or os.geteuid() != 0)


def _account(path: Path) -> dict:
    """Arguments for `subprocess`: PostgreSQL refuses root, who therefore starts services under an account of their own.

    It is a number that no account and no process has, so that nothing else on this machine reads what they write. What
    was made under one stays with it; earlier releases took `nobody`, whose processes are not all ours.
    """
    if os.geteuid() != 0:
        return {}
    run = path / "run"
    number = run.stat().st_uid if run.exists() else 0
    if number not in NUMBERS:
        number = _free_number(path)
    return {"user": number, "group": number, "extra_groups": ()}


def _free_number(path: Path) -> int:
    first = int(hashlib.sha256(os.fsencode(path)).hexdigest(), 16) % len(NUMBERS)
    taken = {owner.stat().st_uid for owner in Path("/proc").glob("[0-9]*") if owner.exists()}
    taken |= {account.pw_uid for account in pwd.getpwall()} | {group.gr_gid for group in grp.getgrall()}
    return next(number for number in (*NUMBERS[first:], *NUMBERS[:first]) if number not in taken)


class State:
    """A directory for one set of services, held by one command at a time.

    Its command locks one file, every process that is started here inherits the lock of another. So whoever gets both
    knows that nothing runs here any more, and may take away what a crash left behind.
    """

    def __init__(self, path: Path, what: str = "This"):
        self.path = path
        self.what = what
        self.account: dict = {}

    def __enter__(self) -> Self:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.is_symlink() or self.path.stat().st_uid != os.geteuid():
            raise ServiceError(f"{self.path} belongs to another account: set XDG_STATE_HOME to a directory of yours.")
        self._lock()
        self.account = _account(self.path)
        if self.account:  # lets the account of the services pass, and nobody else
            os.chown(self.path, -1, self.account["group"])
        self.path.chmod(0o710 if self.account else 0o700)
        self.run = self.directory("run")
        self.logs = self.path / "logs"
        self.logs.mkdir(exist_ok=True)
        self.logs.chmod(0o700)
        return self

    def __exit__(self, *exception) -> None:
        self.lock.close()
        self.processes.close()

    def _lock(self) -> None:
        self.lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.lock.seek(0)
            with self.lock:
                raise ServiceError(self.lock.read() or "Another start is under way.") from None
        self.lock.truncate(0)
        me = os.getpid()
        self.lock.write(f"{self.what} runs already, as process {me}.\n  Stop it first: Ctrl-C there, or kill {me}.")
        self.lock.flush()

        self.processes = (self.path / "processes").open("a")
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return fcntl.flock(self.processes, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.__exit__()
                    raise ServiceError(f"Processes of an earlier start still use {self.path}: end them.") from None
                time.sleep(0.1)  # a killed command takes its processes along, in a moment

    def directory(self, name: str) -> Path:
        """A directory that belongs to the account of the services."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.hand_over(path)
        return path

    def hand_over(self, path: Path) -> None:
        """Gives a directory to the account of the services, with all that is in it where it had another owner."""
        if self.account and path.stat().st_uid != self.account["user"]:
            for each in (*path.rglob("*"), path):
                os.chown(each, self.account["user"], self.account["group"], follow_symlinks=False)

    def program(self, package: str, pattern: str) -> Path:
        """A program out of a Python package, where the account of the services can run it.

        The package is found but not imported: its own start-up would add accounts and open permissions.
        """
        spec = importlib.util.find_spec(package)
        program = next(Path(spec.origin).parent.glob(pattern), None) if spec else None
        if program is None:
            raise ServiceError(f"No programs of {package} for this machine: set DATABASE_URL and REDIS_URL.")
        try:
            subprocess.run([program, "--version"], check=True, cwd="/", capture_output=True, **self.account)
            return program
        except PermissionError:
            return self._copied(Path(spec.origin).parent) / program.relative_to(Path(spec.origin).parent)

    def _copied(self, package: Path) -> Path:
        programs = self.path / "programs"
        programs.mkdir(exist_ok=True)
        for source in (package, package.with_name(package.name + ".libs")):
            if source.exists():
                shutil.rmtree(programs / source.name, ignore_errors=True)
                shutil.copytree(source, programs / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in (programs, *programs.rglob("*")):  # whatever the umask they were installed with
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        return programs / package.name


@contextlib.contextmanager
def temporary_state() -> Iterator[State]:
    """For what nobody needs afterwards. It is not where TMPDIR says: the path of a socket has to be short."""
    with (
        tempfile.TemporaryDirectory(prefix="cooperation-", dir="/tmp") as path,  # nosec B108
        State(Path(path)) as state,
    ):
        yield state
