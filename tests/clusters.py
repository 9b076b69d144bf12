"""Copies of a built-in PostgreSQL, made by `pg_basebackup`: a streaming standby, and one put back to a moment."""

import subprocess
from pathlib import Path

from psycopg2 import OperationalError

from script.embedded.postgres import SUPERUSER, Postgres
from tests.databases import query


class Primary(Postgres):
    """With its WAL archived, and open to what copies it."""

    def __init__(self, state):
        super().__init__(state, durable=False)
        self.archive = state.directory("archive")
        self.command += ["-c", "archive_mode=on", "-c", f"archive_command=cp %p {self.archive}/%f"]

    def start(self) -> None:
        super().start()
        (self.data / "pg_hba.conf").write_text("local all all scram-sha-256\nlocal replication all scram-sha-256\n")
        query(self.superuser_url, "SELECT pg_reload_conf()")

    def base_backup(self, target: Path, *options: str) -> None:
        command = [self.programs / "pg_basebackup", "-D", target, "--checkpoint=fast", "--no-sync", *options]
        command += ["--host", self.state.run, "--port", "5432", "--username", SUPERUSER]
        environment = self.surroundings["env"] | {"PGPASSWORD": self._passwords()[SUPERUSER]}
        subprocess.run(command, check=True, **self.surroundings | {"env": environment})


class Copy(Postgres):
    """Another server, beside its primary in the same state directory."""

    PORT = ""

    def __init__(self, primary: Primary):
        super().__init__(primary.state, durable=False)
        self.primary, self.name = primary, type(self).__name__
        self.data = primary.state.path / self.name.lower()
        self.command[self.command.index("-D") + 1] = self.data
        self.command[self.command.index("-p") + 1] = self.PORT

    def _at_this_port(self, url: str) -> str:
        return url.replace(":5432", f":{self.PORT}")

    @property
    def url(self) -> str:
        return self._at_this_port(self.primary.url)

    @property
    def application_url(self) -> str:
        return self._at_this_port(self.primary.application_url)

    @property
    def superuser_url(self) -> str:
        return self._at_this_port(self.primary.superuser_url)

    def _has_database(self) -> bool:
        try:
            return query(self.url, "SELECT pg_is_in_recovery()") == [(True,)]
        except OperationalError:
            return False


class Standby(Copy):
    PORT = "5433"

    def _initialise(self) -> None:
        self.primary.base_backup(self.state.directory(self.data.name), "--write-recovery-conf")


class Restored(Copy):
    """The base backup with what was archived since, up to a moment."""

    PORT = "5434"

    def __init__(self, primary: Primary, until: str):
        super().__init__(primary)
        # As docs/operations.md says.
        self.command += ["-c", f"restore_command=cp {primary.archive}/%f %p", "-c", f"recovery_target_time={until}"]

    def _initialise(self) -> None:
        (self.state.path / "base").rename(self.data)
        (self.data / "recovery.signal").touch()
