"""A streaming standby of a built-in PostgreSQL, made by `pg_basebackup`, in the same state directory."""

import subprocess

from psycopg2 import OperationalError

from script.embedded.postgres import APPLICATION, OWNER, Postgres
from tests.databases import query


class Standby(Postgres):
    PORT = "5433"

    def __init__(self, primary: Postgres):
        super().__init__(primary.state, durable=False)
        self.name, self.primary, self.data = "Standby", primary, primary.state.path / "standby"
        self.command[self.command.index("-D") + 1] = self.data
        self.command[self.command.index("-p") + 1] = self.PORT

    @property
    def url(self) -> str:
        return self.primary.url.replace(":5432", f":{self.PORT}")

    @property
    def application_url(self) -> str:
        return self.url.replace(OWNER, APPLICATION, 1)

    def _initialise(self) -> None:
        doors = self.primary.data / "pg_hba.conf"
        doors.write_text("local all all scram-sha-256\nlocal replication all scram-sha-256\n")
        query(self.primary.url, "SELECT pg_reload_conf()")
        self.state.directory("standby")
        command = [self.programs / "pg_basebackup", "-D", self.data, "--write-recovery-conf", "--checkpoint=fast"]
        command += ["--host", self.state.run, "--port", "5432", "--username", OWNER, "--no-sync"]
        environment = self.surroundings["env"] | {"PGPASSWORD": self._passwords()[OWNER]}
        subprocess.run(command, check=True, **self.surroundings | {"env": environment})

    def _has_database(self) -> bool:
        try:
            return query(self.url, "SELECT pg_is_in_recovery()") == [(True,)]
        except OperationalError:
            return False
