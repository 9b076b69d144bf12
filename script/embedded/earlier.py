"""A cluster of an earlier release, in which the superuser owned the tables: dumped, and restored into a new one.

The first role of a cluster cannot be made less than a superuser. The old cluster stays until all is in the new one, so
that whatever is interrupted begins again at the next start.
"""

import shutil
from pathlib import Path

import psycopg2

from script.backups.files import opened, seal
from script.backups.postgres import dump, replace

from .process import Process
from .state import State


class Earlier:
    """What a cluster held that is moved aside."""

    def __init__(self, state: State, data: Path, url: str):
        self.state, self.data, self.url = state, data, url
        self.aside = data.with_name(f"{data.name}.earlier")
        self.folder = data.with_name(f"{data.name}.dump")
        self.file: Path | None = None

    def take(self, command: list, surroundings: dict) -> None:
        """Dump what was moved aside, if there is any; a new cluster that is unfinished goes."""
        if not self.aside.exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.state.hand_over(self.aside)
        (self.aside / "postmaster.pid").unlink(missing_ok=True)
        command = [self.aside if part == self.data else part for part in command]
        with Process("PostgreSQL-earlier", self.state, command, **surroundings) as server:
            server.wait_until(self._answers)
            self.file = seal(dump(self.url), self.folder, None)

    def give(self) -> None:
        """Restore it into the new cluster."""
        if self.file is None:
            return
        with opened(self.file, None) as stream:
            replace(self.url, stream, overwrite=True)
        gone = self.aside.rename(self.aside.with_suffix(".gone"))  # from now on it is not taken up again
        for path in (gone, self.folder):
            shutil.rmtree(path, ignore_errors=True)
        self.file = None

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url).close()
        except psycopg2.OperationalError:
            return False
        return True
