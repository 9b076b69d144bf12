"""Migrations can run while the release before them serves: what locks a table for long or breaks it is refused."""

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.migration_lint import faults_of

OWN = ("config", "cooperation", "placements", "mous")  # packages


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def own_migrations() -> list[tuple[str, str]]:
    """All but those that make the tables of an app, which nobody reads before."""
    found = MigrationLoader(None).disk_migrations
    return sorted(key for key, made in found.items() if made.__module__.split(".")[0] in OWN and not made.initial)


@pytest.mark.django_db
@pytest.mark.parametrize(("app", "name"), own_migrations())
def test_ours_can_run_while_the_release_before_them_serves(app, name, loader):
    assert faults_of(loader.get_migration(app, name), loader.project_state((app, name), at_end=False)) == []


# --- each kind of fault, in a migration of an app that is not there ---------------------------------------------------


@pytest.fixture
def before() -> ProjectState:
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=50))]
    state.add_model(ModelState("library", "Author", [*fields]))
    state.add_model(ModelState("library", "Book", [*fields, ("pages", models.IntegerField(null=True))]))
    return state


def migration_of(*operations, **attributes) -> Migration:
    made = type("Migration", (Migration,), {"operations": [*operations], **attributes})
    return made("0002_change", "library")


CHECK = models.CheckConstraint(condition=models.Q(pages__gt=0), name="pages")
INDEX = models.Index(fields=["name"], name="book_name")
AUTHOR = models.ForeignKey("author", models.CASCADE, null=True)
FILL = "UPDATE library_book SET pages = 1"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "operations"),
    [
        ("ban-drop-default", [AddField("book", "isbn", models.CharField(default="", max_length=13))]),
        ("adding-required-field", [RunSQL("ALTER TABLE library_book ADD COLUMN isbn text NOT NULL")]),
        ("adding-not-nullable-field", [AlterField("book", "pages", models.IntegerField(db_default=0))]),
        ("ban-drop-column", [RemoveField("book", "pages")]),
        ("renaming-column", [RenameField("book", "pages", "leaves")]),
        ("ban-drop-table", [DeleteModel("book")]),
        ("renaming-table", [RenameModel("book", "Volume")]),
        ("require-concurrent-index-creation", [AddIndex("book", INDEX)]),
        ("ban-concurrent-index-creation-in-transaction", [AddIndexConcurrently("book", INDEX)]),
        ("constraint-missing-not-valid", [AddConstraint("book", CHECK)]),
        ("constraint-missing-not-valid", [AddConstraintNotValid("book", CHECK), ValidateConstraint("book", "pages")]),
        ("disallowed-unique-constraint", [AddConstraint("book", models.UniqueConstraint(fields=["name"], name="u"))]),
        ("adding-foreign-key-constraint", [AddField("book", "by", AUTHOR)]),
        ("changing-column-type", [AlterField("book", "pages", models.BigIntegerField(null=True))]),
        ("adding-field-with-default", [RunSQL("ALTER TABLE library_book ADD COLUMN u uuid DEFAULT gen_random_uuid()")]),
        ("data-beside-schema", [AddField("book", "isbn", models.TextField(null=True)), RunPython(print)]),
        ("data-beside-schema", [AddField("book", "isbn", models.TextField(null=True)), RunSQL(FILL)]),
        ("syntax-error", [RunSQL("ALTER TABEL library_book")]),
    ],
)  # fmt: skip
def test_what_locks_or_breaks_is_refused(rule, operations, before):
    assert rule in [fault.partition(":")[0] for fault in faults_of(migration_of(*operations), before)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "migration",
    [
        migration_of(CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)),
                                           ("book", models.ForeignKey("library.book", models.CASCADE))])),
        migration_of(AddField("book", "isbn", models.CharField(db_default="", max_length=13))),
        migration_of(AddField("book", "isbn", models.CharField(null=True, max_length=13))),
        migration_of(AddIndexConcurrently("book", INDEX), atomic=False),
        migration_of(AddConstraintNotValid("book", CHECK)),
        migration_of(RunSQL(FILL), RunPython(print)),
    ],
    ids=["new table", "default of the database", "may be empty", "index", "constraint", "rows"],
)  # fmt: skip
def test_the_ways_that_hold_nobody_up(migration, before):
    assert faults_of(migration, before) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("risks", "faults"),
    [
        ({"ban-drop-column": "no release has read this column"}, []),
        ({"ban-drop-column": "yes"}, ["ban-drop-column: allowed without a reason"]),
        (
            {"ban-drop-column": "no release has read this column", "ban-drop-table": "it was never filled at all"},
            ["ban-drop-table: allowed, and not needed"],
        ),
    ],
)  # fmt: skip
def test_a_reason_lets_one_through_and_must_be_one(risks, faults, before):
    assert faults_of(migration_of(RemoveField("book", "pages"), allowed_risks=risks), before) == faults
