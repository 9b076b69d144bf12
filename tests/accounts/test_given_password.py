"""A password that an administrator gave is changed as its owner signs in with it, and runs out."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.accounts.models import GivenPassword
from cooperation.register.models import AuditEntry

from .people import PASSWORD, account, code, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db
CHANGE = "/login/password/"
OWN = {"password1": "staple-and-tractor-9", "password2": "staple-and-tractor-9"}


@pytest.fixture
def boss() -> Client:
    boss = Client()
    boss.force_login(account("boss", is_staff=True, is_superuser=True))
    return boss


@pytest.fixture
def reader(boss) -> User:
    words = {"username": "reader", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert boss.post(reverse("admin:auth_user_add"), words).status_code == 302
    return User.objects.get(username="reader")


def test_it_is_changed_before_anything_else(client, reader):
    assert sign_in(client, next="/marks/")["Location"] == CHANGE
    assert not is_signed_in(client)
    assert not client.get("/marks/").wsgi_request.user.is_authenticated
    sign_in(client, next="/marks/")
    assert "No, go back" not in client.get(CHANGE).content.decode()
    same = client.post(CHANGE, {"password1": PASSWORD, "password2": PASSWORD})
    assert same.context["form"].errors["password1"]
    assert client.post(CHANGE, {**OWN, "password2": "another-one-12"}).context["form"].errors["password2"]
    assert client.post(CHANGE, OWN)["Location"] == "/marks/"
    assert is_signed_in(client)
    line = AuditEntry.objects.get(action="change_password", actor="reader")
    assert line.object == "user reader"
    client.post("/logout/")
    assert sign_in(client, password=OWN["password1"])["Location"] == "/views/"


def test_nobody_gets_there_otherwise(client, reader):
    assert client.get(CHANGE)["Location"] == "/login/"
    assert client.post(CHANGE, OWN)["Location"] == "/login/"
    assert User.objects.get(username="reader").check_password(PASSWORD)


def test_the_second_factor_comes_first(client, reader):
    secret = with_app(reader)
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.post(CHANGE, OWN)["Location"] == "/login/"
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": code(secret)})["Location"] == CHANGE
    client.post(CHANGE, OWN)
    assert is_signed_in(client)


def test_it_runs_out(client, reader):
    GivenPassword.objects.update(at=timezone.now() - timedelta(days=8))
    assert "too long ago" in sign_in(client).content.decode()
    assert not is_signed_in(client)
    assert "too long ago" not in sign_in(client, password="wrong").content.decode()


def test_so_is_one_that_replaces_a_lost_one(client, boss):
    reader = account()
    page = reverse("admin:auth_user_password_change", args=[reader.pk])
    assert boss.post(page, {**OWN, "usable_password": "true", "set-password": "1"}).status_code == 302
    assert sign_in(client, password=OWN["password1"])["Location"] == CHANGE


def test_who_gives_one_is_told(boss):
    page = boss.get(reverse("admin:auth_user_add"), headers={"accept-language": "nl"}).content.decode()
    assert "Het wachtwoord dat u geeft, werkt 7 dagen." in page
    assert "After you" not in page


def test_one_of_ones_own_is_not(client):
    account()
    assert sign_in(client)["Location"] == "/views/"
