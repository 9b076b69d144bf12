"""A replica is read, never believed to be newer than it is, and never missed: a real primary with a real standby."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError

from config.accounts.sessions import SEEN, STARTED
from config.operations import replica as replicas
from config.operations.replica import PRIMARY, REPLICA, Replica
from cooperation.register.models import AuditEntry, RegisterVersion, Source
from placements.models import Placement
from script.embedded.postgres import Postgres
from script.embedded.valkey import Valkey
from tests.attacks.test_parts_fail import hanging, in_time
from tests.clusters import Standby
from tests.databases import query
from tests.web_server import ask, web_server

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.slow]

KEY = "brief-2021-12-02"
SOURCE = f"/sources/{KEY}/"
SESSION = "session=0123456789abcdef"


@pytest.fixture(scope="module")
def servers(primary):
    """(primary, standby, address of Redis, port of the web server), with the data set."""
    with Valkey(primary.state) as valkey, Standby(primary) as standby:
        urls = {"DATABASE_URL": primary.application_url, "DATABASE_REPLICA_URL": standby.application_url}
        with web_server("tests.attacks.served", REDIS_URL=valkey.url, DATABASE_REPLICA_LAG="600", **urls) as port:
            yield primary, standby, valkey.url, port


@pytest.fixture
def port(servers) -> int:
    """That of the web server, which reads the standby."""
    port = servers[3]
    until(lambda: ask(port, "/where/", patience=10).text == "standby")
    return port


def until(so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def write(port: int, title: str) -> str:
    """As an editor; gives the cookies that her browser has then."""
    client = HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("POST", f"/write/?key={KEY}&title={title}", headers={"Cookie": SESSION})
    answer = client.getresponse()
    assert (answer.status, answer.read()) == (200, b"primary")
    client.close()
    return f"{SESSION}; {answer.headers.get('Set-Cookie', '').partition(';')[0]}"


@contextmanager
def paused(standby: Standby) -> Iterator[None]:
    """It gets what the primary writes, and does not show it yet."""
    query(standby.superuser_url, "SELECT pg_wal_replay_pause()")
    until(lambda: query(standby.url, "SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
    try:
        yield
    finally:
        query(standby.superuser_url, "SELECT pg_wal_replay_resume()")


def has_replayed(primary: Postgres, standby: Standby) -> None:
    [(written,)] = query(primary.url, "SELECT pg_current_wal_insert_lsn()")
    until(lambda: query(standby.url, f"SELECT pg_last_wal_replay_lsn() >= '{written}'") == [(True,)])


READ = [
    "/",
    "/placements/?country=AL",
    "/placements/?view=pivot&groupBy=organisation,year",
    "/placements/?view=changes&against=2015-09-08",
    "/placements/?view=map",
    "/placements/?format=csv",
    "/placements/?format=xlsx",
    "/placements/?q=zzzz",
    "/countries/AL/",
    "/search/?q=drugs",
    "/timeline/",
    "/api/v1/placements",
    "/api/v1/statistics/placements?groupBy=country",
]


def test_pages_and_the_api_read_the_standby(servers, port):
    primary, _standby, _redis, _port = servers
    query(primary.superuser_url, "ALTER SYSTEM SET log_statement = 'all'")
    query(primary.superuser_url, "SELECT pg_reload_conf()")
    try:
        until(lambda: "log_statement" in primary.log.read_text())
        before, began = len(primary.log.read_text()), time.monotonic()
        assert {address: ask(port, address, patience=20).status for address in READ} == dict.fromkeys(READ, 200)
        said = primary.log.read_text()[before:]
    finally:
        query(primary.superuser_url, "ALTER SYSTEM RESET log_statement")
        query(primary.superuser_url, "SELECT pg_reload_conf()")
    assert 1 <= said.count("pg_current_wal_insert_lsn") <= time.monotonic() - began + 1
    assert "register_" not in said


def test_who_wrote_reads_it_and_an_old_answer_is_not_kept_as_new(servers, port):
    primary, standby, _redis, _port = servers
    address = f"/api/v1/sources/{KEY}"
    before = ask(port, SOURCE).text
    old = ask(port, address)
    with paused(standby):
        cookies = write(port, "As-corrected")
        assert "As-corrected" in ask(port, SOURCE, Cookie=cookies).text
        assert ask(port, SOURCE).text == before  # whoever wrote nothing
        assert ask(port, address, **{"If-None-Match": old.headers["ETag"]}).status == 304
        new = ask(port, address, Cookie=cookies)
        assert "As-corrected" in new.text
        assert ask(port, address, **{"If-None-Match": new.headers["ETag"]}).text == old.text
    has_replayed(primary, standby)
    assert "As-corrected" in ask(port, SOURCE).text
    assert ask(port, address, **{"If-None-Match": old.headers["ETag"]}).text == new.text
    until(lambda: ask(port, "/where/", Cookie=cookies).text == "standby")


def signed_in(url: str, level: str) -> str:
    """The cookie of a reader who may see this level."""
    user = User(pk=1, password="!no-password", is_active=True)
    now = time.time()
    session = {
        "_auth_user_id": "1",
        "_auth_user_backend": "config.accounts.backends.FullRights",
        "_auth_user_hash": user.get_session_auth_hash(),
        STARTED: now,
        SEEN: now,
    }
    query(
        url,
        f"""
        INSERT INTO auth_user
            (id, username, password, is_active, is_staff, is_superuser, first_name, last_name, email, date_joined)
            VALUES (1, 'reader', '{user.password}', true, false, false, '', '', '', now());
        INSERT INTO auth_user_user_permissions (user_id, permission_id)
            SELECT 1, id FROM auth_permission WHERE codename = 'see_{level}';
        INSERT INTO django_session VALUES ('{"a" * 32}', '{SessionStore().encode(session)}', now() + '1 hour')
        """,
    )
    return f"session={'a' * 32}"


def test_what_is_confidential_is_read_there_by_who_may_see_it_and_logged_on_the_primary(servers, port):
    primary, standby, _redis, _port = servers
    cookie = signed_in(primary.url, "confidential")
    query(
        primary.url, "UPDATE register_instrument SET classification = 'confidential' WHERE key = 'prum-ii-verordening'"
    )
    has_replayed(primary, standby)
    address = "/eu/prum-ii-verordening/"
    assert ask(port, "/where/", Cookie=cookie).text == "standby"
    answer = ask(port, address, Cookie=cookie)
    assert (answer.status, answer.headers["Classification"]) == (200, "confidential")
    assert query(primary.url, "SELECT action, object, actor FROM register_auditentry") == [("read", address, "reader")]
    assert ask(port, address).status == 404
    with paused(standby):
        query(primary.url, "DELETE FROM django_session")  # signed out elsewhere
        assert ask(port, address, Cookie=cookie).status == 404


def test_a_standby_that_is_gone_is_not_missed(servers, port):
    _primary, standby, _redis, _port = servers
    standby.stop()
    assert in_time(port, "/where/", 3).text == "primary"
    assert in_time(port, SOURCE, 3).status == 200
    ready = in_time(port, "/readyz", 2)
    assert (ready.status, '"replica": "does not answer"' in ready.text) == (200, True)
    standby.start()
    until(lambda: ask(port, "/where/").text == "standby")
    assert '"replica": "ok"' in ask(port, "/readyz").text


def test_a_standby_that_hangs_is_not_waited_for(servers, port):
    _primary, standby, _redis, _port = servers
    with hanging(standby):
        assert in_time(port, "/where/", 5).text == "primary"
        assert in_time(port, "/readyz", 2).status == 200
        assert in_time(port, SOURCE, 2).status == 200


def test_one_that_was_promoted_is_no_replica_and_has_what_was_written(servers, port):
    primary, standby, _redis, _port = servers
    write(port, "Before-promotion")
    has_replayed(primary, standby)
    query(standby.superuser_url, "SELECT pg_promote()")
    until(lambda: '"replica": "is no replica of this database"' in ask(port, "/readyz").text)
    assert ask(port, "/where/").text == "primary"
    title = f"FROM register_source WHERE key = '{KEY}'"
    assert query(standby.application_url, f"SELECT title {title}") == [("Before-promotion",)]
    query(standby.application_url, "UPDATE register_source SET title = 'Elsewhere'")
    assert "Before-promotion" in ask(port, SOURCE).text


def test_who_somebody_is_and_what_is_written_is_for_the_primary():
    router = replicas.Router()
    with replicas.reading_from(REPLICA):
        assert {router.db_for_read(model) for model in (Source, RegisterVersion, Placement)} == {REPLICA}
        assert {router.db_for_read(model) for model in (User, Group, Session, UserSession, AuditEntry)} == {PRIMARY}
        assert router.db_for_write(Source) == PRIMARY
    assert router.db_for_read(Source) == PRIMARY  # jobs and commands


def test_rows_that_are_streamed_come_from_where_the_request_read():
    """They are read after it."""
    read = (replicas.Router().db_for_read(Source) for _row in range(2))
    assert list(replicas._from(REPLICA, read)) == [REPLICA, REPLICA]


class TestLag:
    """What a process knows of a replica whose positions are those that the test says."""

    @pytest.fixture
    def at(self, monkeypatch, settings):
        settings.DATABASE_REPLICA_LAG = 10
        replica = Replica()

        def at(second: float, written: int | None, replayed: int | None, position: int = 0) -> bool:
            def asked(alias: str, _statement: str) -> tuple[int | None, int]:
                if alias == PRIMARY and written is None:
                    raise OperationalError
                return {PRIMARY: written, REPLICA: replayed}[alias], 7

            monkeypatch.setattr(replicas.time, "monotonic", lambda: second)
            monkeypatch.setattr(replicas, "_asked", asked)
            return replica.has(position)

        return at

    def test_one_that_follows_is_read(self, at):
        assert at(0, 100, 100)
        assert at(3600, 200, 200)  # after an hour in which nobody asked

    def test_one_that_has_stopped_is_read_until_the_limit(self, at):
        assert at(0, 100, 100)
        assert at(9, 200, 100)
        assert not at(11, 201, 100)
        assert at(12, 300, 300)

    def test_one_that_follows_at_a_distance_is_read(self, at):
        """It never has all, and always what was written a second ago."""
        assert not at(0, 100, 0)
        assert all(at(second, 100 * (second + 1), 100 * second) for second in range(1, 60))

    def test_who_wrote_waits_for_that_position(self, at):
        assert not at(0, 100, 100, position=150)
        assert at(2, 200, 160, position=150)

    def test_it_is_asked_once_a_second(self, at):
        assert at(0, 100, 100)
        assert at(0.5, 900, None)
        assert not at(1.5, 900, None)

    def test_without_the_primary_it_is_read_until_the_limit(self, at):
        assert at(0, 100, 100)
        assert at(9, None, 100)
        assert not at(11, None, 100)

    def test_one_that_has_what_the_primary_never_wrote_is_of_another_history(self, at):
        """The primary was put back to an earlier moment."""
        assert at(0, 100, 100)
        assert not at(2, 90, 100)
        at(6, 95, 95)  # made anew from it
        assert at(10, 96, 96)
