"""PostgreSQL or Redis gone or hanging, and readers who go: said plainly and in time, and back by itself."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis

from script.embedded.postgres import Postgres
from script.embedded.process import Process
from script.embedded.state import temporary_state
from script.embedded.valkey import Valkey
from tests.web_server import ask, web_server

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.slow]

CONNECTIONS = 20  # that PostgreSQL gives at once


@pytest.fixture(scope="module")
def servers():
    """Servers that a test may stop: (PostgreSQL, Valkey, port of the web server)."""
    with temporary_state() as state, Valkey(state) as valkey:
        postgres = Postgres(state, durable=False)
        postgres.command += ["-c", f"max_connections={CONNECTIONS}"]
        urls = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        with postgres, web_server("tests.attacks.served", **urls) as port:
            assert ask(port, "/page/", patience=10).status == 200
            yield postgres, valkey, port


@contextmanager
def hanging(server: Process) -> Iterator[None]:
    """As on a machine whose disk does not answer: connections are taken, and nothing is said."""
    pid = server.process.pid
    processes = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    for each in processes:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in processes:
            os.kill(each, signal.SIGCONT)


def in_time(port: int, address: str, seconds: float, **headers):
    began = time.monotonic()
    answer = ask(port, address, patience=seconds + 5, **headers)
    assert time.monotonic() - began < seconds
    return answer


def refused(port: int) -> None:
    """What is answered while the database does not."""
    page, api = in_time(port, "/page/", 5), in_time(port, "/api/v1/page?lang=en", 5)
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert "Een deel van het register werkt niet" in page.text
    assert in_time(port, "/views/", 5, Cookie="session=0123456789abcdef").status == 503  # who is signed in is looked up
    assert (api.status, api.headers["Retry-After"]) == (503, "5")
    assert api.headers["Content-Type"] == "application/problem+json"
    ready = in_time(port, "/readyz", 2)
    assert (ready.status, "does not answer" in ready.text) == (503, True)
    assert in_time(port, "/healthz", 1).status == 200


def test_postgresql_hangs(servers):
    postgres, _valkey, port = servers
    with hanging(postgres):
        refused(port)
    assert ask(port, "/readyz").status == ask(port, "/page/").status == 200


def test_redis_hangs(servers):
    _postgres, valkey, port = servers
    with hanging(valkey):
        ready = in_time(port, "/readyz", 2)
        assert (ready.status, '"redis": "does not answer"' in ready.text) == (200, True)
        assert in_time(port, "/page/?view=pivot", 4).status == 200


def test_redis_has_no_room(servers):
    """Reading goes on, and it is said."""
    _postgres, valkey, port = servers
    with redis.Redis.from_url(valkey.url) as boss:
        boss.config_set("maxmemory-policy", "noeviction")
        boss.config_set("maxmemory", "1kb")
        try:
            ready = ask(port, "/readyz")
            assert (ready.status, '"redis": "takes no writes"' in ready.text) == (200, True)
            assert in_time(port, "/page/?view=pivot", 2).status == 200
        finally:
            boss.config_set("maxmemory", "256mb")
    assert '"redis": "ok"' in ask(port, "/readyz").text


def test_postgresql_is_gone_and_comes_back(servers):
    postgres, _valkey, port = servers
    postgres.stop()
    refused(port)
    postgres.start()
    assert ask(port, "/page/").status == ask(port, "/readyz").status == 200


def test_no_connection_is_left(servers):
    postgres, _valkey, port = servers
    taken = [psycopg2.connect(postgres.superuser_url)]  # who gets the last ones as well
    with taken[0].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    try:
        with pytest.raises(psycopg2.OperationalError, match="too many clients"):
            taken.extend(psycopg2.connect(postgres.superuser_url) for _ in range(2 * CONNECTIONS))
        refused(port)
    finally:
        for each in taken:
            each.close()
    assert ask(port, "/page/", patience=5).status == ask(port, "/readyz").status == 200


def sleeping(url: str, known: int) -> int:
    """The process of PostgreSQL that works for the page which sleeps, once that is another than `known`; 0: none."""
    until = time.monotonic() + 5
    with closing(psycopg2.connect(url)) as connected, connected.cursor() as cursor:
        connected.autocommit = True  # else it sees the same each time
        while time.monotonic() < until:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")
            found = (cursor.fetchone() or (0,))[0]
            if found != known:
                return found
            time.sleep(0.05)
    raise AssertionError("nothing changed")


def test_a_statement_stops_when_its_reader_goes(servers):
    postgres, _valkey, port = servers
    with socket.create_connection(("127.0.0.1", port)) as reader:
        reader.sendall(b"GET /page/?sleep=9 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        process = sleeping(postgres.url, 0)
    gone = time.monotonic()
    assert sleeping(postgres.url, process) == 0
    assert time.monotonic() - gone < 1.5


def test_one_process_of_postgresql_hangs_alone(servers):
    """It cannot end its statement in time, and the server says that it is there: the wait ends by itself."""
    postgres, _valkey, port = servers
    with ThreadPoolExecutor() as readers:
        asked = readers.submit(in_time, port, "/page/?sleep=9", 7)
        process = sleeping(postgres.url, 0)
        os.kill(process, signal.SIGSTOP)
        try:
            assert ask(port, "/page/").status == ask(port, "/readyz").status == 200
            answer = asked.result()
        finally:
            os.kill(process, signal.SIGCONT)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert sleeping(postgres.url, process) == 0


def test_a_process_that_is_slow_to_answer_is_no_process_that_hangs(servers):
    _postgres, _valkey, port = servers
    assert in_time(port, "/page/?sleep=2.6", 5).status == 200
