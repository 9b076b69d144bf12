"""Who asks too often waits; who reads, and be it a page a second, never does."""

from secrets import randbelow

import pytest
from django.contrib.auth.models import User
from redis import RedisError

from config.operations import throttles
from config.settings import base

PAGE = "/marks/"


@pytest.fixture
def address() -> str:
    """One that no other test counts for; Redis is not emptied between two runs."""
    return f"10.{randbelow(256)}.{randbelow(256)}.{randbelow(256)}"


@pytest.fixture
def three_a_minute(settings):
    settings.THROTTLES = {"address": "3/minute", "account": "3/minute"}


def asked(client, address: str, times: int, path: str = PAGE) -> list[int]:
    return [client.get(path, REMOTE_ADDR=address).status_code for _time in range(times)]


def test_who_asks_too_often_is_told_when_to_come_back(client, db, three_a_minute, address):
    answer = client.get(PAGE, REMOTE_ADDR=address)
    assert answer["RateLimit-Policy"] == '"address";q=3;w=60'
    assert answer["RateLimit"] == '"address";r=2'
    assert asked(client, address, 3) == [200, 200, 429]
    answer = client.get(PAGE, REMOTE_ADDR=address)
    assert (answer["RateLimit"], answer["Retry-After"]) == ('"address";r=0', "60")
    assert "<h1" in answer.content.decode()


def test_in_the_api_it_is_a_problem(client, db, three_a_minute, address):
    assert asked(client, address, 4, "/api/v1/themes") == [200, 200, 200, 429]
    answer = client.get("/api/v1/themes", REMOTE_ADDR=address)
    assert (answer["Content-Type"], answer.json()["status"]) == ("application/problem+json", 429)


def test_each_address_is_counted_by_itself_and_those_of_one_network_together(client, db, three_a_minute, address):
    assert asked(client, address, 3) == [200] * 3
    assert asked(client, f"192.0.2.{randbelow(256)}", 1) == [200]
    network = f"2001:db8:{randbelow(10_000)}:{randbelow(10_000)}"
    assert asked(client, f"{network}::1", 3) == [200] * 3
    assert asked(client, f"{network}::2", 1) == [429]


def test_whatever_the_address_is_written_as_is_counted(client, db, three_a_minute, address):
    assert asked(client, address, 2) == asked(client, f"::ffff:{address.replace('10', '11', 1)}", 2) == [200] * 2
    assert asked(client, f"::ffff:{address}", 2) == [200, 429]
    assert asked(client, f"unknown-{address}", 4) == [200, 200, 200, 429]


def test_an_account_is_counted_wherever_it_is(client, db, settings, address):
    settings.THROTTLES = {"address": "100/minute", "account": "3/minute"}
    client.force_login(User.objects.create_user(f"reader-{address}"))
    statuses = [client.get(PAGE, REMOTE_ADDR=f"203.0.113.{number}").status_code for number in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_machines_are_not_counted(client, db, three_a_minute, address):
    assert asked(client, address, 5, "/healthz") == [200] * 5


def test_reading_a_page_a_second_is_far_from_the_limit():
    amounts = {throttles.parse(limit).amount for limit in base.THROTTLES.values()}
    assert min(amounts) >= 10 * 60


def test_without_redis_all_is_let_through(client, db, three_a_minute, address, monkeypatch):
    def gone():
        raise RedisError

    monkeypatch.setattr(throttles, "_storage", gone)
    assert asked(client, address, 5) == [200] * 5
