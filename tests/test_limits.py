"""What one request may cost, and what is said to whoever asks for more."""

import time
from functools import partial

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from redis import RedisError

from config.operations import limits, slots
from config.operations.limits import held
from tests.contracts.outlets import text_of

EXPORT = "/placements/?format=csv"
DEAR = [
    EXPORT,
    "/placements/?view=pivot",
    "/api/v1/placements?format=csv",
    "/api/v1/statistics/placements?groupBy=kind",
]


@pytest.fixture(autouse=True)
def none_taken(monkeypatch):
    cache.delete_many(["dear-answers", "passwords", "issuer"])
    monkeypatch.setattr(slots, "WAIT", 0)


@pytest.fixture
def no_slots(settings):
    settings.DEAR_ANSWERS = 0


@pytest.mark.parametrize("address", DEAR)
def test_a_dear_answer_is_put_off_while_as_many_are_made_as_may_be(client, db, no_slots, address):
    answer = client.get(address, headers={"accept-language": "en"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    if address.startswith("/api/"):
        assert answer["Content-Type"] == "application/problem+json"
    else:
        assert "Others are asking for large answers at this moment." in answer.content.decode()


def test_so_is_one_whose_header_alone_is_asked(client, db, no_slots):
    """A spreadsheet is made before its header is known."""
    assert client.head("/placements/?format=xlsx").status_code == 503


def test_so_is_a_password_while_as_many_are_checked_as_may_be(client, db, no_slots):
    """Whoever sends many, each from another address, keeps nobody from reading."""
    answer = client.post("/login/", {"login": "reader", "password": "x"}, headers={"accept-language": "en"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Many people are signing in at this moment." in answer.text
    assert client.get("/login/").status_code == 200


@pytest.mark.parametrize("name", ["openid_connect_login", "openid_connect_callback", "back_channel_logout"])
def test_so_is_what_waits_for_the_issuer(client, db, no_slots, name):
    """Anybody may ask for it: an issuer that is slow would keep all threads waiting."""
    assert client.post(reverse(name)).status_code == 503
    assert limits.slots_for(RequestFactory().get(reverse(name))) is limits.ISSUER


@pytest.mark.parametrize(
    "name", ["account_login", "mfa_authenticate", "account_change_password", "account_reauthenticate"]
)
def test_every_form_with_a_password_is_one_of_those(name):
    assert limits.slots_for(RequestFactory().post(reverse(name))) is limits.PASSWORDS


def test_pages_answer_meanwhile(client, db, no_slots):
    assert client.get("/placements/").status_code == client.get("/api/v1/placements").status_code == 200


@pytest.mark.parametrize("address", DEAR)
def test_its_place_is_free_again_when_it_was_read(client, db, settings, address):
    settings.DEAR_ANSWERS = 1
    for _again in range(2):
        answer = client.get(address)
        assert answer.status_code == 200
        text_of(answer)


def test_and_when_its_reader_goes_before_the_first_row(settings):
    settings.DEAR_ANSWERS = 1
    answer = held([b"row"], partial(limits.DEAR.give_back, limits.DEAR.take()))
    assert limits.DEAR.take() is None
    answer.close()  # Django does, with the answer
    assert limits.DEAR.take()


def test_a_reader_waits_for_a_moment_for_a_place(settings, monkeypatch):
    settings.DEAR_ANSWERS = 1
    first = limits.DEAR.take()
    monkeypatch.setattr(slots, "WAIT", 60)
    monkeypatch.setattr(slots.time, "sleep", lambda seconds: limits.DEAR.give_back(first))
    assert limits.DEAR.take()


def test_no_more_than_one_waits_in_a_process(settings, monkeypatch):
    settings.DEAR_ANSWERS = 0
    monkeypatch.setattr(slots, "WAIT", 60)
    with limits.DEAR.waiting:
        assert limits.DEAR.take() is None


def test_the_place_of_a_process_that_was_killed_is_free_again_after_a_time(settings, monkeypatch):
    settings.DEAR_ANSWERS = 1
    assert limits.DEAR.take()
    assert limits.DEAR.take() is None
    later = time.time() + slots.ENDS + 1
    monkeypatch.setattr(slots.time, "time", lambda: later)
    slot = limits.DEAR.take()
    assert slot
    limits.DEAR.give_back(slot)


def test_without_redis_there_is_no_bound_rather_than_no_site(client, db, no_slots, monkeypatch):
    def gone():
        raise RedisError

    monkeypatch.setattr(slots, "_redis", gone)
    answer = client.get(EXPORT)
    assert answer.status_code == 200
    text_of(answer)


def test_a_statement_that_takes_too_long_is_told_so(db):
    request = RequestFactory().get("/placements/")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10ms'")
        with pytest.raises(OperationalError) as stopped, transaction.atomic():
            cursor.execute("SELECT pg_sleep(5)")
    with translation.override("nl"):
        answer = limits.unavailable(request, stopped.value)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Deze vraag kost meer tijd dan een antwoord mag kosten." in answer.content.decode()


def test_a_fault_of_the_program_is_none_of_the_database():
    assert limits.unavailable(RequestFactory().get("/"), ValueError()) is None
