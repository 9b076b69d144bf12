"""Backups: what is brought back is the same register, and nothing is changed by a file or a key that does not fit."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from script.backups.files import make_key, opened, seal, tidy
from script.backups.postgres import dump, replace
from script.embedded.state import ServiceError
from tests.databases import query

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent


def address_of(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="module")
def register(django_db_setup, django_db_blocker) -> str:
    """The address of the database of the tests, with the data set."""
    with django_db_blocker.unblock():
        return address_of(connection.settings_dict["NAME"])


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> tuple[Path, str]:
    """The file of a secret key, and its public key."""
    path = tmp_path_factory.mktemp("key") / "key.txt"
    return path, make_key(path)


@pytest.fixture(scope="module")
def backup(register, key, tmp_path_factory) -> Path:
    return seal(dump(register), tmp_path_factory.mktemp("backups"), key[1])


@pytest.fixture
def empty(register) -> Iterator[str]:
    """The address of another database, as on a machine that was just set up."""
    name = f"{urlsplit(register).path[1:]}_restored"
    query(register, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    query(register, f'CREATE DATABASE "{name}"')
    yield address_of(name)
    query(register, f'DROP DATABASE "{name}" WITH (FORCE)')


def restore(backup: Path, key: tuple[Path, str], url: str, overwrite: bool = False) -> None:
    with opened(backup, key[0]) as stream:
        replace(url, stream, overwrite=overwrite)


def lists() -> list[str]:
    from config.urls import KINDS

    others = ("instruments", "milestones", "commitments", "sources", "organisations", "countries", "themes", "figures")
    return [reverse(f"api:{name}-list") for name in (*(kind.resource for kind in KINDS), *others)]


def answers(url: str, each_record: bool) -> dict[str, bytes]:
    """What the API says of everything, by address, from this database."""
    own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], urlsplit(url).path[1:]
    connection.close()
    client, found = Client(), {}
    try:
        for address in lists():
            following = f"{address}?pageSize=200"
            while following:
                found[following] = client.get(following).content
                answer = client.get(following).json()
                assert answer["results"], following
                if each_record:
                    records = [one["url"] for one in answer["results"]]
                    found |= {record: client.get(record).content for record in records}
                following = answer["next"]
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    return found


def compare(register: str, restored: str, each_record: bool) -> None:
    before, after = answers(register, each_record), answers(restored, each_record)
    assert before.keys() == after.keys()
    assert [address for address in before if before[address] != after[address]] == []


def test_lists_of_what_is_brought_back_answer_as_before(register, backup, key, empty, django_db_blocker):
    restore(backup, key, empty)
    with django_db_blocker.unblock():
        compare(register, empty, each_record=False)


@pytest.mark.attack
def test_every_record_that_is_brought_back_answers_as_before(register, backup, key, empty, django_db_blocker):
    restore(backup, key, empty)
    with django_db_blocker.unblock():
        compare(register, empty, each_record=True)


def test_a_register_that_holds_something_stays_unless_it_may_go(backup, key, empty):
    restore(backup, key, empty)
    query(empty, "UPDATE register_source SET title = 'Since the backup'")
    with pytest.raises(ServiceError, match="not empty"):
        restore(backup, key, empty)
    assert query(empty, "SELECT DISTINCT title FROM register_source") == [("Since the backup",)]
    query(empty, "CREATE TABLE of_a_later_version (source bigint REFERENCES register_source)")
    restore(backup, key, empty, overwrite=True)
    assert query(empty, "SELECT count(*) FROM register_source WHERE title = 'Since the backup'") == [(0,)]
    assert query(empty, "SELECT to_regclass('of_a_later_version')") == [(None,)]


def test_another_role_keeps_its_rights(backup, key, empty):
    """The schema stays, and with it what its owner has granted on all tables to come."""
    role = f"app_of_{urlsplit(empty).path[1:]}"
    query(empty, f'CREATE ROLE "{role}"')
    try:
        query(empty, f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT UPDATE ON TABLES TO "{role}"')
        for _again in range(2):
            restore(backup, key, empty, overwrite=True)
            assert query(empty, f"SELECT has_table_privilege('{role}', 'register_source', 'UPDATE')") == [(True,)]
    finally:
        query(empty, f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


def spoilt(backup: Path, folder: Path, how) -> Path:
    """A copy of a backup with other bytes, and the checksum of those: so that all else has to notice it."""
    content = how(backup.read_bytes())
    copy = folder / backup.name
    copy.write_bytes(content)
    written = subprocess.run(["sha256sum", copy.name], cwd=folder, capture_output=True, text=True, check=True)
    copy.with_name(f"{copy.name}.sha256").write_text(written.stdout)
    return copy


HALF = {"truncated": lambda content: content[: len(content) // 2], "one bit": lambda content: content[:-9] + b"x" * 9}


@pytest.mark.parametrize("how", HALF.values(), ids=HALF)
@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "plain"])
def test_a_broken_file_changes_nothing(register, backup, key, empty, tmp_path, how, sealed):
    restore(backup, key, empty)
    query(empty, "UPDATE register_source SET title = 'As it was'")
    file = backup if sealed else seal(dump(register), tmp_path / "plain", None)
    broken = spoilt(file, tmp_path, how)
    with pytest.raises(ServiceError):
        restore(broken, key, empty, overwrite=True)
    assert query(empty, "SELECT DISTINCT title FROM register_source") == [("As it was",)]


def test_a_file_that_is_not_as_it_was_written_is_not_opened(backup, key, empty, tmp_path):
    copy = tmp_path / backup.name
    copy.write_bytes(backup.read_bytes()[:-1])
    with pytest.raises(ServiceError, match="its checksum cannot"):
        restore(copy, key, empty)
    copy.with_name(f"{copy.name}.sha256").write_text(backup.with_name(f"{backup.name}.sha256").read_text())
    with pytest.raises(ServiceError, match="checksum differs"):
        restore(copy, key, empty)
    assert query(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_only_who_has_the_key_opens_it(backup, empty, tmp_path):
    make_key(tmp_path / "another")
    with pytest.raises(ServiceError, match="File exists"):
        make_key(tmp_path / "another")
    wrong = {None: "--key KEYFILE", tmp_path / "another": "does not open", backup: "holds no secret key"}
    for file, said in wrong.items():
        with pytest.raises(ServiceError, match=said):
            restore(backup, (file, ""), empty)
    assert stat.S_IMODE((tmp_path / "another").stat().st_mode) == stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert b"register_source" not in backup.read_bytes()


def test_a_backup_that_fails_leaves_no_file(register, tmp_path):
    nowhere = urlsplit(register)._replace(path="/nowhere").geturl()
    with pytest.raises(ServiceError, match="pg_dump stopped"):
        seal(dump(nowhere), tmp_path, None)
    assert list(tmp_path.iterdir()) == []


def test_the_newest_stay(tmp_path):
    for number in range(6):
        for end in ("", ".sha256"):
            (tmp_path / f"register-2026010{number}T000000.0Z.dump.age{end}").touch()
    (tmp_path / "another.txt").touch()
    assert len(tidy(tmp_path, 2)) == 3
    # No backup is named after the day 0.
    stay = [f"register-2026010{number}T000000.0Z.dump.age{end}" for number in (0, 4, 5) for end in ("", ".sha256")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another.txt", *stay]


def test_the_commands_do_both(register, empty, tmp_path):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}

    def run(*command: object, url: str) -> str:
        command = [sys.executable, "script/backups/__main__.py", *map(str, command)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment | {"DATABASE_URL": url}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    public = run("restore", "--make-key", tmp_path / "key", url=register).split()[-1]
    run("backup", tmp_path, "--recipient", public, "--keep", 1, url=register)
    (file,) = tmp_path.glob("*.age")
    run("restore", file, "--key", tmp_path / "key", url=empty)
    assert query(empty, "SELECT count(*) FROM register_instrument") == query(
        register, "SELECT count(*) FROM register_instrument"
    )
