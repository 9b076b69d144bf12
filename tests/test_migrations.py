"""Migrations: none is missing, and the whole history goes forward from nothing, back to nothing, and forward again."""

import ast
import inspect
import sys

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

pytestmark = pytest.mark.sql

APPS = ("mous", "kinds", "placements", "cooperation", "register")
OWN = tuple(f"{app}_" for app in APPS)
NAME = "register_history"


@pytest.mark.django_db
def test_none_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_they_import_no_code_of_ours():
    """So that the code can change without the migrations of before."""
    imported = set()
    for (app, _name), migration in MigrationLoader(None).disk_migrations.items():
        if app in APPS:
            for node in ast.walk(ast.parse(inspect.getsource(sys.modules[migration.__module__]))):
                imported |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
                imported |= {"." * node.level + (node.module or "")} if isinstance(node, ast.ImportFrom) else set()
    assert {name.split(".")[0] for name in imported} <= {"django", "pgtrigger", *sys.stdlib_module_names}


@pytest.fixture
def empty(django_db_setup, django_db_blocker):
    """A connection to an empty database beside that of the tests."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_history"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.databases[NAME] = {**connection.settings_dict, "NAME": name}
        yield connections[NAME]
        connections[NAME].close()
        del connections[NAME], connections.databases[NAME]
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


def own_things(empty) -> set[str]:
    """Tables, functions and constraints of ours."""
    with empty.cursor() as cursor:
        tables = {table for table in empty.introspection.table_names(cursor) if table.startswith(OWN)}
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE starts_with(proname, 'edtf') OR starts_with(proname, 'register_')"
        )
        functions = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE starts_with(relname, 'register_')"
        )
        return tables | functions | {name for (name,) in cursor.fetchall()}


@pytest.mark.slow
def test_forward_back_and_forward_again(empty):
    call_command("migrate", database=NAME, verbosity=0)
    there = own_things(empty)
    assert {"register_instrument", "placements_placement", "edtf_days", "milestone_fulfils_same_record"} <= there
    for app in APPS:
        call_command("migrate", app, "zero", database=NAME, verbosity=0)
    assert own_things(empty) == set()
    call_command("migrate", database=NAME, verbosity=0)
    assert own_things(empty) == there
