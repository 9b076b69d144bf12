"""Brings the tables up to date while others read and write: `python -m config.operations.prepare`, like `migrate`.

It waits for PostgreSQL without end: after a boot that may start later, and what waits for this would never start.

A statement that changes a table waits until nobody uses it, and whoever comes after waits behind it. So a migration
waits for a second only (a page waits for two, `DATABASE_LIMITS`); then it is undone, and tried again when others have
gone on.
"""

import os
import sys
import time

import django
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connection
from psycopg2.errors import DeadlockDetected, LockNotAvailable

LOCK_TIMEOUT = "1s"
PATIENCE = 600  # seconds in which it is tried again
PAUSE = 3  # seconds between two tries, in which those who waited are answered


class Migrate(migrate.Command):
    def execute(self, *arguments, **options):
        wait_for_server()  # before the checks, which ask for its version
        return super().execute(*arguments, **options)

    def handle(self, *arguments, **options):
        if not options["check_unapplied"]:  # only looks
            wait_for_others()
        super().handle(*arguments, **options)

    def migration_progress_callback(self, action, migration=None, fake=False):
        """What is no transaction waits without end: it blocks nobody meanwhile, and would be left half done."""
        if action in ("apply_start", "unapply_start"):
            limit_waiting(LOCK_TIMEOUT if migration.atomic else "0")
        super().migration_progress_callback(action, migration, fake)


def wait_for_server() -> None:
    """A server that is there and refuses (the password, the name of the database) is no reason to wait."""
    told = ""
    while True:
        try:
            connection.ensure_connection()
            return
        except OperationalError as error:
            said = str(error).strip()
            if "FATAL:" in said and "the database system is" not in said:  # starting up, or shutting down
                raise
        if said != told:
            print(f" waits for PostgreSQL: {said}", flush=True)  # noqa: T201
        told = said
        time.sleep(PAUSE)


def limit_waiting(limit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [limit])


def wait_for_others() -> None:
    """Until this process is the only one that migrates: several machines may be upgraded at once."""
    limit_waiting(LOCK_TIMEOUT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('register.migrating'))")  # until the connection closes


def prepare(*arguments: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            call_command(Migrate(), *arguments, interactive=False, skip_checks=False)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected) or time.monotonic() > until:
                raise
            sys.stdout.write(f" waits for others; again in {PAUSE} s\n")
            time.sleep(PAUSE)
        else:
            return


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    django.setup()
    prepare(*sys.argv[1:])
