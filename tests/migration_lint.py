"""What in the SQL of a migration locks a table for long, or breaks the release that runs meanwhile.

Squawk reads the SQL. What it cannot know, as it stands in the operations or between the statements, is found here.
"""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import sqlparse
from django.db import connection
from django.db.migrations import Migration, RunPython
from django.db.migrations.state import ProjectState

SQUAWK = Path(sys.executable).with_name("squawk")
# Of style, and of what is so for every migration: `prepare` sets the limits of time (deploy/start). A constraint that
# goes locks for a moment, and what runs does not lean on it.
LEFT_OUT = (
    "ban-drop-constraint,prefer-bigint-over-int,prefer-bigint-over-smallint,prefer-identity,prefer-robust-stmts,"
    "prefer-text-field,prefer-timestamptz,require-lock-timeout,require-statement-timeout"
)
DATA_BESIDE_SCHEMA = "data-beside-schema"


def found_in(migration: Migration, before: ProjectState) -> dict[str, str]:
    """The rules that a migration breaks, each with what is wrong, by the name that `allowed_risks` knows it by."""
    statements = sql_of(migration, before)
    found = squawk("\n".join(["BEGIN;", *statements, "COMMIT;"] if migration.atomic else statements))
    if migration.atomic and changes_rows(migration, statements) and changes_tables(statements):
        found[DATA_BESIDE_SCHEMA] = "rows are changed while the lock of ALTER TABLE is held: make two migrations of it"
    return found


def sql_of(migration: Migration, before: ProjectState) -> list[str]:
    """On a connection of its own, as some operations refuse to be asked within the transaction of a test."""
    apart = connection.copy()
    with closing(apart), apart.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(before.clone(), editor, collect_sql=True)
    return editor.collected_sql


def squawk(sql: str) -> dict[str, str]:
    command = [SQUAWK, "--reporter", "json", "--exclude", LEFT_OUT, "--stdin-filepath", "migration.sql"]
    said = subprocess.run(command, input=sql, check=False, capture_output=True, text=True)
    assert said.returncode in (0, 1), said.stderr
    return {one["rule_name"]: f"{one['message']} {one['help'] or ''}".strip() for one in json.loads(said.stdout)}


def changes_rows(migration: Migration, statements: list[str]) -> bool:
    return any(isinstance(each, RunPython) for each in migration.operations) or bool(
        kinds_of(statements) & {"UPDATE", "DELETE", "INSERT"}
    )


def changes_tables(statements: list[str]) -> bool:
    return bool(kinds_of(statements) & {"ALTER", "DROP"})


def kinds_of(statements: list[str]) -> set[str]:
    return {one.get_type() for text in statements for one in sqlparse.parse(text)}


def allowed(migration: Migration) -> dict[str, str]:
    """The rules that a migration says it breaks, each with the reason: `allowed_risks` of its class."""
    return getattr(migration, "allowed_risks", {})


def faults_of(migration: Migration, before: ProjectState) -> list[str]:
    """What is refused: a rule without a reason, a reason that says nothing, one for a rule that is not broken."""
    found, excused = found_in(migration, before), allowed(migration)
    return [
        *(f"{rule}: {message}" for rule, message in found.items() if rule not in excused),
        *(f"{rule}: allowed without a reason" for rule, reason in excused.items() if len(reason.split()) < 5),
        *(f"{rule}: allowed, and not needed" for rule in excused if rule not in found),
    ]
