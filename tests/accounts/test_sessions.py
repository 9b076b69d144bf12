"""Sessions: they end after 12 hours, of who may write or see more after 30 idle minutes, and when one says so."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.accounts.tasks import forget_sessions

from .people import account, code, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=time.time())
    monkeypatch.setattr("config.accounts.sessions.time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture
def editor(client, clock) -> Client:
    secret = with_app(account("editor", "change_placement", "view_placement", is_staff=True))
    sign_in(client, "editor")
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    return client


def is_known(client: Client, address: str = "/marks/") -> bool:
    answer = client.get(address)
    return answer.status_code == 200 and answer.wsgi_request.user.is_authenticated


def test_who_may_write_is_signed_out_after_thirty_idle_minutes(editor, clock):
    for _ in range(3):
        clock.now += 29 * MINUTE
        assert is_known(editor)
    clock.now += 31 * MINUTE
    answer = editor.get("/placements/?country=AL")
    assert answer["Location"] == "/login/?next=/placements/%3Fcountry%3DAL"
    assert not is_signed_in(editor)
    assert not is_known(editor)


def test_who_sees_more_than_is_public_is_too(client, clock):
    secret = with_app(account("reader", "see_internal"))
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    clock.now += 29 * MINUTE
    assert is_known(client)
    clock.now += 31 * MINUTE
    assert not is_known(client)


def test_a_part_of_a_page_leads_the_whole_page_to_where_one_signs_in(editor, clock):
    clock.now += 31 * MINUTE
    page = "http://testserver/placements/?country=AL"
    answer = editor.get("/placements/?country=AL&page=2", headers={"hx-request": "true", "hx-current-url": page})
    assert answer["HX-Redirect"] == "/login/?next=/placements/%3Fcountry%3DAL"
    assert not answer.content


def test_the_api_knows_no_session(editor, clock):
    clock.now += 31 * MINUTE
    assert editor.get("/api/v1/themes").status_code == 200
    assert editor.get("/api/v1/themes", headers={"hx-request": "true"}).status_code == 200


def test_nothing_is_written_after_that(editor, clock):
    clock.now += 31 * MINUTE
    assert (
        editor.post("/admin/placements/placement/add/", {})["Location"]
        == "/login/?next=/admin/placements/placement/add/"
    )


def test_who_only_reads_is_not_hurried(client, clock):
    account()
    sign_in(client)
    clock.now += 11 * HOUR
    assert is_known(client)


@pytest.mark.parametrize("name", ["reader", "editor"])
def test_every_session_ends_after_twelve_hours_whatever_is_done_in_it(client, clock, name):
    account(name, is_staff=name == "editor")
    sign_in(client, name)
    for _ in range(29):
        clock.now += 24 * MINUTE
        assert is_known(client)
    clock.now += 25 * MINUTE
    assert not is_known(client)


def test_a_second_factor_makes_a_session_no_longer(client, clock):
    account("editor", is_staff=True)
    sign_in(client, "editor")
    for _ in range(5):
        clock.now += 25 * MINUTE
        assert is_known(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    for _ in range(23):
        clock.now += 25 * MINUTE
        assert is_known(client)
    clock.now += 25 * MINUTE
    assert not is_known(client)


def test_a_session_that_does_not_say_when_it_began_is_over(client):
    client.force_login(account())
    session = client.session
    del session["started_at"]
    session.save()
    assert not is_known(client)


@pytest.mark.parametrize("name", ["reader", "editor"])
def test_a_session_does_not_last_longer_as_the_clock_was_set_back(client, clock, name):
    account(name, is_staff=name == "editor")
    sign_in(client, name)
    clock.now -= 50  # another machine
    assert is_known(client)
    clock.now -= 20
    assert not is_known(client)


def test_reading_writes_the_session_once_a_minute_at_most(editor, clock):
    def written() -> int:
        with CaptureQueriesContext(connection) as statements:
            is_known(editor)
        return sum("UPDATE" in statement["sql"] for statement in statements)

    assert written() == 0
    clock.now += 2 * MINUTE
    assert written() == 1
    assert written() == 0


def test_what_has_ended_is_forgotten(client):
    account()
    sign_in(client)
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    sign_in(other := Client())
    UserSession.objects.create(user=User.objects.get(), session_key="gone", ip="127.0.0.1")
    forget_sessions()
    assert Session.objects.get().session_key == UserSession.objects.get().session_key == other.session.session_key


class TestEverywhere:
    @pytest.fixture
    def both(self, client):
        account()
        other = Client(headers={"user-agent": "Another browser"})
        for one in (client, other):
            sign_in(one)
        return client, other

    def test_one_sees_where(self, both):
        page = both[0].get(reverse("usersessions_list"))
        assert len(page.context["sessions"]) == 2
        assert "Another browser" in page.content.decode()
        assert page.content.decode().count("this one") == 1

    def test_the_others_end(self, both):
        client, other = both
        assert client.post(reverse("usersessions_list"))["Location"] == reverse("usersessions_list")
        assert is_known(client)
        assert not is_known(other)

    def test_all_end(self, both):
        assert both[0].post(reverse("usersessions_list"), {"everywhere": "yes"})["Location"] == "/"
        assert not any(map(is_known, both))

    def test_those_of_somebody_else_do_not(self, both):
        account("stranger")
        stranger = Client()
        sign_in(stranger, "stranger")
        stranger.post(reverse("usersessions_list"), {"everywhere": "yes"})
        assert all(map(is_known, both))
        assert not is_known(stranger)
