"""Migrations beside readers: one that has to wait for a lock gives up soon, so that nobody waits long behind it."""

from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from config.operations import prepare

pytestmark = pytest.mark.django_db
TABLE = "LOCK TABLE register_country IN ACCESS EXCLUSIVE MODE"  # as ALTER TABLE does


@pytest.fixture
def tries(monkeypatch) -> list[str]:
    """A migration that changes a table, in the place of ours; gives how long it would have waited, each time."""
    limits = []

    def handle(command, *_arguments, **options):
        command.verbosity = options["verbosity"]
        command.migration_progress_callback("apply_start", SimpleNamespace(atomic=True))
        limits.append(_run("SHOW lock_timeout"))
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute(TABLE)

    monkeypatch.setattr(prepare.migrate.Command, "handle", handle)
    monkeypatch.setattr(prepare, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(
        prepare, "wait_for_others", transaction.atomic(prepare.wait_for_others)
    )  # within that of a test
    return limits


@pytest.fixture(autouse=True)
def _unlocked() -> Iterator[None]:
    """The lock of who migrates ends with the connection, which goes on in a test."""
    yield
    _run("SELECT pg_advisory_unlock_all()")


def _run(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.fixture
def other():
    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        yield other


@pytest.mark.parametrize(
    "held",
    [
        "SELECT 1 FROM register_country LIMIT 1",  # a page that takes long
        "SELECT pg_advisory_xact_lock(hashtext('register.migrating'))",  # another machine that is upgraded
    ],
)
def test_it_is_tried_again_when_the_others_have_gone_on(held, tries, other, monkeypatch):
    monkeypatch.setattr(prepare.time, "sleep", lambda _seconds: other.rollback())
    with other.cursor() as cursor:
        cursor.execute(held)
        with transaction.atomic():
            prepare.prepare()
    assert set(tries) == {"50ms"}


def test_who_waits_behind_a_migration_waits_longer_than_it():
    _statement, lock, _idle = settings.DATABASE_LIMITS["read"]
    assert float(prepare.LOCK_TIMEOUT.removesuffix("s")) < lock


def test_one_that_is_no_transaction_is_not_broken_off():
    """An index that is built beside the work would stay behind, unfinished."""
    command = prepare.Migrate()
    command.verbosity = 0
    command.migration_progress_callback("apply_start", SimpleNamespace(atomic=False))
    assert _run("SHOW lock_timeout") == "0"


def test_it_ends_when_others_never_go_on(tries, other, monkeypatch):
    monkeypatch.setattr(prepare, "PATIENCE", -1)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM register_country LIMIT 1")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            prepare.prepare()
    assert len(tries) == 1


def test_what_is_no_lock_is_not_tried_again(tries, monkeypatch):
    monkeypatch.setattr("tests.test_prepare.TABLE", "SELECT 1 / (SELECT count(*) FROM register_country WHERE false)")
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        prepare.prepare()
    assert len(tries) == 1


def test_it_waits_for_a_server_that_starts_later(monkeypatch, capsys):
    said = ["Connection refused", "Connection refused", "FATAL:  the database system is starting up"]

    def connect():
        if said:
            raise OperationalError(said.pop(0))

    monkeypatch.setattr(prepare, "connection", SimpleNamespace(ensure_connection=connect))
    monkeypatch.setattr(prepare.time, "sleep", lambda _seconds: None)
    prepare.wait_for_server()
    assert (said, capsys.readouterr().out.count("Connection refused")) == ([], 1)


def test_it_does_not_wait_for_a_server_that_refuses(monkeypatch):
    def connect():
        raise OperationalError('FATAL:  password authentication failed for user "register"')

    monkeypatch.setattr(prepare, "connection", SimpleNamespace(ensure_connection=connect))
    with pytest.raises(OperationalError, match="password"):
        prepare.prepare()


def test_migrations_of_ours_are_asked_for(capsys):
    prepare.prepare("register", "--plan")
    assert "No planned migration operations" in capsys.readouterr().out
