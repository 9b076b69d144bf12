"""The services of one checkout: they keep what they were told, whatever dies, and say what is wrong in a sentence."""

import importlib.util
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest
import redis

from script.embedded import server, supervisor
from script.embedded.addresses import check_database, check_redis
from script.embedded.postgres import APPLICATION, OWNER, PASSWORD_OF_APPLICATION, PASSWORDS, Postgres
from script.embedded.process import Process
from script.embedded.state import (
    LONGEST_SOCKET_NAME,
    LONGEST_SOCKET_PATH,
    ServiceError,
    State,
    _account,
    state_directory,
    temporary_state,
)
from script.embedded.supervisor import LONGEST, Supervised
from script.embedded.valkey import Valkey
from tests.databases import query
from tests.web_server import status

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.slow]

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def state():
    """What one test leaves in it, the next one starts from."""
    with temporary_state() as state:
        yield state


def kill(process: Process) -> None:
    process.process.send_signal(signal.SIGKILL)
    process.process.wait()


# --- the built-in services -----------------------------------------------------------------------------------------


def test_a_row_outlives_the_kill_of_postgresql(state):
    with Postgres(state) as postgres:
        query(postgres.url, "CREATE TABLE post (city text)")
        query(postgres.url, "INSERT INTO post VALUES ('Tirana')")
        kill(postgres)
        assert postgres.ended.startswith("PostgreSQL was killed by SIGKILL. Its log is ")
    with Postgres(state) as postgres:
        assert query(postgres.url, "SELECT city FROM post") == [("Tirana",)]


def test_a_stale_process_number_of_another_process_does_not_keep_postgresql_from_starting(state):
    with Postgres(state) as postgres:
        kill(postgres)
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    with subprocess.Popen(["sleep", "60"], **state.account) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with Postgres(state) as postgres:
            assert query(postgres.url, "SELECT 1") == [(1,)]
        stranger.kill()


def test_an_interrupted_first_start_is_not_taken_for_a_database():
    with temporary_state() as state:
        (state.directory("postgres.new") / "PG_VERSION").write_text("18\n")
        with Postgres(state, durable=False) as postgres:
            assert query(postgres.url, "SELECT current_database()") == [("register",)]


def test_postgresql_asks_for_a_password_that_a_file_of_ours_holds(state):
    with Postgres(state) as postgres:
        without, _and, _file = postgres.url.partition("&passfile=")
        with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
            query(without, "SELECT 1")
    for name in (PASSWORDS, PASSWORD_OF_APPLICATION):
        assert (state.path / name).stat().st_mode & 0o777 == 0o600
        assert (state.path / name).stat().st_uid == os.geteuid()


def test_who_serves_is_told_of_no_password_but_its_own(state):
    with Postgres(state) as postgres:
        as_owner = postgres.application_url.replace(APPLICATION, OWNER, 1)
        with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
            query(as_owner, "SELECT 1")


def test_the_owner_of_the_tables_is_no_superuser(state):
    with Postgres(state) as postgres:
        for extension in ("btree_gist", "pg_trgm", "fuzzystrmatch"):
            query(postgres.url, f"CREATE EXTENSION IF NOT EXISTS {extension}")
        for statement in ("CREATE ROLE other", "COPY (SELECT 1) TO PROGRAM 'true'", "ALTER SYSTEM SET fsync = off"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                query(postgres.url, statement)


def test_a_cluster_whose_owner_was_superuser_is_made_anew_with_what_it_held(monkeypatch):
    def interrupted(_self):
        raise KeyboardInterrupt

    with temporary_state() as state:
        with monkeypatch.context() as patch:
            patch.setattr("script.embedded.postgres.SUPERUSER", OWNER)  # as before
            with Postgres(state, durable=False) as earlier:
                query(earlier.url, "CREATE EXTENSION pg_trgm; CREATE TABLE post (city text)")
                query(earlier.url, "CREATE ROLE other; INSERT INTO post VALUES ('Tirana')")
        with monkeypatch.context() as patch:
            patch.setattr("script.embedded.earlier.Earlier.give", interrupted)
            with pytest.raises(KeyboardInterrupt), Postgres(state, durable=False):
                pass
        for _again in range(2):
            with Postgres(state, durable=False) as postgres:
                assert query(postgres.application_url, "SELECT city FROM post") == [("Tirana",)]
                query(postgres.application_url, "UPDATE post SET city = 'Tirana'")
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    query(postgres.url, "CREATE ROLE another")
        assert list(state.path.glob("postgres.*")) == []


def test_the_application_changes_rows_and_owns_nothing(state):
    with Postgres(state) as postgres:
        query(postgres.url, "CREATE TABLE record (id int GENERATED ALWAYS AS IDENTITY, title text)")
        assert query(postgres.application_url, "INSERT INTO record (title) VALUES ('x') RETURNING id") == [(1,)]
        for statement in ("DROP TABLE record", "TRUNCATE record", "CREATE TABLE own (id int)", "CREATE ROLE other"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                query(postgres.application_url, statement)


def test_the_application_reads_what_was_restored_into_a_new_schema(state):
    with Postgres(state) as postgres:
        query(postgres.url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE restored (id int)")
        assert query(postgres.application_url, "INSERT INTO restored VALUES (1) RETURNING id") == [(1,)]


def test_a_cluster_that_asked_for_no_password_is_closed_at_the_next_start(state):
    with Postgres(state) as postgres:
        doors = postgres.data / "pg_hba.conf"
        doors.write_text("local all all trust\n")
    with Postgres(state) as postgres:
        assert doors.read_text() == "local all all scram-sha-256\n"
        assert query(postgres.url, "SELECT 1") == [(1,)]


def test_letters_beyond_ascii_have_two_cases(state):
    with Postgres(state) as postgres:
        assert query(postgres.url, "SELECT lower('ÉÉN')") == [("één",)]


def test_what_was_written_outlives_the_kill_of_valkey(state):
    with Valkey(state) as valkey:
        redis.Redis.from_url(valkey.url).set("post", "Tirana")
        kill(valkey)
    with Valkey(state) as valkey:
        assert redis.Redis.from_url(valkey.url).get("post") == b"Tirana"


def test_a_service_that_cannot_start_shows_its_last_words(state):
    valkey = Valkey(state)
    valkey.command.append("--nonsense")
    with pytest.raises(ServiceError, match=r"(?s)Valkey ended with exit code 1\. Its log is .*nonsense"):
        valkey.start()


def test_a_log_stays_within_bounds(state, monkeypatch):
    """What a process goes on writing after it was emptied begins at its start."""
    monkeypatch.setattr("script.embedded.process.LARGEST_LOG", 5)
    go_on = state.path / "go-on"
    says = f"echo before; until [ -e {go_on} ]; do sleep 0.01; done; echo after; sleep 60"
    with Process("Talker", state, ["sh", "-c", says]) as process:
        process.wait_until(lambda: process.log.read_text() == "before\n")
        process.rotate_log()
        go_on.touch()
        process.wait_until(lambda: process.log.read_text() == "after\n")
        assert process.log.with_suffix(".log.1").read_text() == "before\n"


def test_an_interrupt_waits_while_a_process_is_looked_at(state, monkeypatch):
    looked = []

    def poll():
        # To this thread: a worker of the test run has others, which would take the signal instead.
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        looked.append(True)

    with Process("Sleep", state, ["sleep", "60"]) as process:
        with monkeypatch.context() as patch:
            patch.setattr(process.process, "poll", poll)
            with pytest.raises(KeyboardInterrupt):
                assert process.ended
        assert looked


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services under another account")
def test_a_program_in_a_closed_place_is_copied_to_an_open_one(state, tmp_path, monkeypatch):
    program = tmp_path / "a_package" / "bin" / "program"
    program.parent.mkdir(parents=True)
    (tmp_path / "a_package" / "__init__.py").write_text("raise RuntimeError('imported')")
    program.write_text("#!/bin/sh\necho open")
    program.chmod(0o700)
    tmp_path.chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path)
    copy = state.program("a_package", "bin/*")
    assert subprocess.check_output([copy], cwd="/", **state.account) == b"open\n"


# --- the directory -------------------------------------------------------------------------------------------------


def test_a_second_start_is_told_what_runs():
    with temporary_state() as state:
        again = State(state.path)
        with pytest.raises(ServiceError, match=rf"This runs already, as process {os.getpid()}\.\n  Stop it first"):
            again.__enter__()


def test_the_directory_is_closed_to_others(state):
    assert state.path.stat().st_mode & 0o007 == 0
    assert state.run.stat().st_mode & 0o077 == state.logs.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services under another account")
def test_the_account_of_the_services_is_nobody_elses_and_stays(state):
    number = state.account["user"]
    assert number not in {account.pw_uid for account in pwd.getpwall()}
    assert {path.stat().st_gid for path in (state.path, state.run)} == {number}
    assert _account(state.path)["user"] == number
    assert _account(state.path.with_name("another"))["user"] != number


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services under another account")
def test_what_nobody_owned_is_handed_over():
    nobody = pwd.getpwnam("nobody").pw_uid
    with temporary_state() as state:
        for path in (state.run, state.directory("valkey")):
            os.chown(path, nobody, nobody)
        (state.path / "valkey" / "rows").touch()
        os.chown(state.path / "valkey" / "rows", nobody, nobody)
        state.__exit__()
        with State(state.path) as again:
            again.directory("valkey")
            owners = {path.stat().st_uid for path in (again.run, *again.path.glob("valkey/**/*"))}
            assert owners == {again.account["user"]} != {nobody}


def test_each_checkout_has_one_directory_of_its_own(tmp_path, monkeypatch):
    here, there = tmp_path / "a checkout", tmp_path / "another"
    here.mkdir()
    first = state_directory(here)
    monkeypatch.chdir(here)
    assert state_directory(Path()) == first != state_directory(there)


@pytest.mark.parametrize("home", ["with a space", "so-long-that-no-socket-fits" * 4, "a-file/below"])
def test_a_place_that_will_not_do_is_passed_over(home, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as parent:
        Path(parent).chmod(0o711)
        Path(parent, "a-file").touch()
        monkeypatch.setenv("XDG_STATE_HOME", str(Path(parent, home)))
        path = state_directory(CHECKOUT)
    assert not path.is_relative_to(Path(parent, home))
    assert len(str(path / "run" / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH


# --- servers named in the environment ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://clerk:s3cret@127.0.0.1:1/register",
        "postgresql://127.0.0.1:1/register?user=clerk&password=s3cret",
        "postgresql://clerk:s3cret@/register?host=/nowhere",
        "postgresql://clerk:s3cret@127.0.0.1:1/register?sslmode=perhaps",
        "postgresql://clerk:s3cret@127.0.0.1:one/register",
        "postgresql://clerk:s3cret@s3cret/s3cret@127.0.0.1:1/register",
        "mysql://clerk:s3cret@127.0.0.1:1/register",
    ],
)
def test_a_database_that_does_not_answer_is_named_without_its_password(url):
    with pytest.raises(ServiceError, match="DATABASE_URL") as error:
        check_database(url)
    assert "s3cret" not in str(error.value)
    assert "***" in str(error.value)


@pytest.mark.parametrize(
    "url", ["redis://:s3cret@127.0.0.1:1/0", "redis://:s3cret@127.0.0.1:one/0", "https://:s3cret@127.0.0.1:1"]
)
def test_a_redis_that_does_not_answer_is_named_without_its_password(url):
    with pytest.raises(ServiceError, match="REDIS_URL") as error:
        check_redis(url)
    assert "s3cret" not in str(error.value)
    assert "***" in str(error.value)


def test_servers_that_answer_are_named(state):
    with Postgres(state) as postgres, Valkey(state) as valkey:
        assert check_database(postgres.url) == f"PostgreSQL 18 at {postgres.url}"
        assert check_redis(valkey.url) == f"Redis at {valkey.url}"


def test_django_cannot_choose_another_driver():
    assert importlib.util.find_spec("psycopg") is None


# --- everything together -------------------------------------------------------------------------------------------

SERVE = """
import sys; from pathlib import Path; from script.embedded.server import serve
sys.exit(serve(Path(), "127.0.0.1", int(sys.argv[1]), with_data=False))
"""


@pytest.fixture
def start(monkeypatch):
    """Starts all that `script/server` starts, with data of its own; gives the process once it said `until`."""
    started = []
    with tempfile.TemporaryDirectory(prefix="cooperation-", dir="/tmp") as home:
        Path(home).chmod(0o711)
        monkeypatch.setenv("XDG_STATE_HOME", home)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.delenv("REDIS_URL", raising=False)

        def start(port: int, until: str) -> subprocess.Popen:
            command = [sys.executable, "-u", "-c", SERVE, str(port)]
            process = subprocess.Popen(
                command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            started.append(process)
            said = []
            for line in process.stdout:
                said.append(line)
                if line.startswith(until):
                    return process
            pytest.fail("".join(said))

        yield start
        for process in started:
            process.kill()
            process.communicate()
        with State(state_directory(CHECKOUT)):
            pass  # to be had only when no process is left


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_a_taken_port_is_told_before_anything_starts(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert start(port, until=f"✗ Port {port} on 127.0.0.1 is not to be had").wait(10) == 1


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("203.0.113.1", 8000)])
def test_an_impossible_address_is_told(host, port):
    with ExitStack() as stack, pytest.raises(ServiceError, match=f"Port {port} on {host} is not to be had: .*"):
        server._bind(stack, host, port)


def test_what_is_killed_is_started_again_and_nothing_is_left_behind(start, port):
    first = start(port, until="→ The register answers")
    start(port, until=f"✗ The register at http://127.0.0.1:{port}/ runs already")
    first.kill()
    again = start(port, until="→ The register answers")

    children = Path(f"/proc/{again.pid}/task/{again.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    started = 0
    for line in again.stdout:
        started += line.endswith(" is started again.\n")
        if started == len(children):
            break
    assert started == 6  # PostgreSQL, Valkey, two of the web, worker, schedule
    assert status(port, "/healthz", patience=30) == 200
    again.send_signal(signal.SIGINT)
    assert again.wait(20) == 0


@pytest.mark.attack
def test_backup_and_restore_of_the_built_in_database(monkeypatch, tmp_path):
    """It is started for so long."""

    def run(*arguments: object) -> None:
        command = [sys.executable, "script/backups/__main__.py", *map(str, arguments)]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def ask(statement: str) -> list:
        with State(state_directory(CHECKOUT)) as state, Postgres(state) as postgres:
            return query(postgres.application_url if statement.startswith("SELECT") else postgres.url, statement)

    with tempfile.TemporaryDirectory(prefix="cooperation-", dir="/tmp") as home:
        Path(home).chmod(0o711)
        monkeypatch.setenv("XDG_STATE_HOME", home)
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        monkeypatch.delenv("DATABASE_URL", raising=False)
        ask("CREATE TABLE post (city text); INSERT INTO post VALUES ('Tirana')")
        run("backup", tmp_path, "--plain")
        ask("UPDATE post SET city = 'Since'")
        run("restore", *tmp_path.glob("*.dump"), "--overwrite")
        assert ask("SELECT city FROM post") == [("Tirana",)]


def test_the_pause_grows_while_a_process_keeps_ending(monkeypatch, capsys):
    now = 0.0
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now)

    class Ending:
        name, ended, starts = "Worker", "Worker ended.", 0

        def start(self):
            Ending.starts += 1

        def rotate_log(self):
            pass

    supervised = Supervised(Ending())
    while now < 100:
        supervised.look()
        now += 0.25
    assert Ending.starts < 10
    assert "started again in 0.5 s" in capsys.readouterr().out
    assert supervised.pause == LONGEST
