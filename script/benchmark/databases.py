"""Databases of the benchmark: one for each size, on the server that is given, with `bench` in their names."""

import os
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

MARK = "bench"


def database_url(name: str) -> str:
    """The address of a database of that name on the server of DATABASE_URL."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{refused(name)}"))


def refused(name: str) -> str:
    """The name, when it is one that the benchmark may make, fill and drop."""
    if MARK not in name:
        raise ValueError(f"The benchmark only touches databases with “{MARK}” in their names, not {name}.")
    return name


def exists(name: str) -> bool:
    with _server() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def make(name: str) -> None:
    with _server() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(refused(name))))


def drop(name: str) -> None:
    with _server() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(refused(name))))


class _server:  # noqa: N801  (a context manager that reads as what it gives)
    """A cursor on the server's own database, where each statement stands by itself."""

    def __enter__(self):
        self.connection = psycopg2.connect(os.environ["DATABASE_URL"])
        self.connection.autocommit = True
        return self.connection.cursor()

    def __exit__(self, *exception) -> None:
        self.connection.close()


def fill(name: str, rows: int, processes: int, say: Callable[[str], None]) -> None:
    """Makes the database with its tables, the data set, and generated placements beside it. Django must be set up."""
    from django.core.management import call_command
    from django.db import connections

    from cooperation.register.actions import load as loading

    from . import generate

    if connections["default"].settings_dict["NAME"] != refused(name):
        raise ValueError(f"Django is connected to {connections['default'].settings_dict['NAME']}, not to {name}.")
    call_command("migrate", verbosity=0, interactive=False)
    loading.load()
    generate.generate(rows, say, processes)
    generate.tidy()
    if wrong := generate.check():
        raise ValueError("Generated records differ from what the register itself would write: " + "; ".join(wrong[:5]))
    say("  a sample has the spans and the words that the register itself would write")
