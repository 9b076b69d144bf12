"""The second factor: without it a session has no right of its account, whatever right that is."""

import re
import time
from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import Group, Permission, User
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.accounts.models import SingleFactorUser
from config.accounts.recovery_codes import HASHED
from cooperation.register.models.queryset import clearance
from tests.factories import PlacementFactory

from .people import account, code, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db
SET_UP = "Set up a second factor first"


@pytest.fixture
def boss(db) -> User:
    return account("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def hidden(db):
    return PlacementFactory(key="test-hidden", title_en="Zzqwx", title_nl="Zzqwx", classification="internal")


def reads(client: Client, record) -> int:
    return client.get(f"/placements/{record.key}/").status_code


def set_up(client: Client) -> list[str]:
    """Sets up an app as people do; the answer is the recovery codes that come along."""
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    return re.findall(r"<code>(\d+)</code>", answer.content.decode())


def test_whoever_sees_more_is_led_to_a_second_factor_and_sees_nothing_more_before_it(client, hidden):
    account("analyst", "see_internal")
    assert sign_in(client, "analyst", next="/placements/")["Location"] == reverse("mfa_index")
    assert SET_UP in client.get("/account/").content.decode()
    assert SET_UP in client.get("/placements/").content.decode()
    assert reads(client, hidden) == 404
    assert "Zzqwx" not in client.get("/search/?q=zzqwx").content.decode()
    assert len(set_up(client)) == 10
    assert reads(client, hidden) == 200
    assert SET_UP not in client.get("/placements/").content.decode()
    assert 'href="/placements/"' in client.get("/account/").content.decode(), "the way on"


@pytest.mark.parametrize("rights", ["superuser", "staff", "group"])
def test_the_administration_is_closed_until_then(client, rights):
    user = account("boss", is_staff=True, is_superuser=rights == "superuser")
    if rights == "group":
        group = Group.objects.create(name="Editors")
        group.permissions.set(Permission.objects.filter(codename="change_placement"))
        user.groups.add(group)
    assert sign_in(client, "boss")["Location"] == reverse("mfa_index")
    for address in ("/admin/", "/admin/placements/placement/", "/admin/auth/user/add/", "/admin/jsi18n/"):
        assert client.get(address, follow=True).redirect_chain[-1][0] == reverse("mfa_index")
        assert client.post(address, {"username": "x"}).status_code == 302
    assert User.objects.count() == 1
    set_up(client)
    assert client.get("/admin/").status_code == 200
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (True, rights == "superuser"), (
        "nothing that was saved took rights away"
    )


def test_a_user_with_one_factor_has_no_right_at_all(boss):
    user = SingleFactorUser.objects.get(pk=boss.pk)
    assert user == boss
    assert clearance(user) == ["public"]
    assert not user.has_perms(["auth.change_user"])
    assert not user.has_module_perms("auth")
    assert user.get_all_permissions() == user.get_user_permissions() == user.get_group_permissions() == set()


def test_rights_that_come_later_wait_too(client, hidden):
    """A session that was opened before its account was given the right to see more."""
    reader = account("reader")
    assert sign_in(client)["Location"] == "/views/"
    assert SET_UP not in client.get("/placements/").content.decode()
    reader.user_permissions.set(Permission.objects.filter(codename="see_internal"))
    assert reads(client, hidden) == 404


def test_the_code_is_asked_and_then_counts(client, boss, hidden):
    secret = with_app(boss)
    assert sign_in(client, "boss", next=f"/placements/{hidden.key}/")["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert reads(client, hidden) == 404
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    right = code(secret)
    assert client.post(reverse("mfa_authenticate"), {"code": right})["Location"] == f"/placements/{hidden.key}/"
    assert reads(client, hidden) == 200
    client.post("/logout/")
    sign_in(client, "boss")
    assert client.post(reverse("mfa_authenticate"), {"code": right}).status_code == 200, "a code works once"


def test_a_code_that_was_used_is_not_right_again_when_the_clock_is_set_back(client, boss, monkeypatch):
    """Nor when Redis has lost what was used; the next code, of a clock that is half a minute ahead, is right."""
    secret = with_app(boss)
    used, now = code(secret), time.time()
    for later, sent, status in ((0, used, 302), (3600, "000000", 200), (0, used, 200)):
        monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)
        monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda later=later: now + later))
        sign_in(client, "boss")
        assert client.post(reverse("mfa_authenticate"), {"code": sent}).status_code == status
        client.post("/logout/")
    ahead = auth.format_hotp_value(auth.hotp_value(secret, int(now) // 30 + 1))
    sign_in(client, "boss")
    assert client.post(reverse("mfa_authenticate"), {"code": f" {ahead[:3]} {ahead[3:]}"}).status_code == 302


def test_the_code_by_which_an_app_was_set_up_signs_nobody_in(client, boss):
    sign_in(client, "boss")
    right = code(client.get(reverse("mfa_activate_totp")).context["form"].secret)
    client.post(reverse("mfa_activate_totp"), {"code": right})
    assert Authenticator.objects.filter(type="totp").exists()
    client.post("/logout/")
    sign_in(client, "boss")
    assert client.post(reverse("mfa_authenticate"), {"code": right}).status_code == 200
    assert not is_signed_in(client)


def test_a_recovery_code_works_once(client, boss):
    sign_in(client, "boss")
    codes = set_up(client)
    as_typed = f" {codes[9][:4]}-{codes[9][4:]} "
    for one, status in ((codes[0], 302), (codes[0], 200), (as_typed, 302)):
        client.post("/logout/")
        sign_in(client, "boss")
        assert client.post(reverse("mfa_authenticate"), {"code": one}).status_code == status
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert "8 of 10 codes are left" in page
    assert not re.search(r"\d{8}", page), "shown once, as they were made"


def test_the_database_holds_hashes_of_recovery_codes(client, boss):
    sign_in(client, "boss")
    codes = set_up(client)
    kept = Authenticator.objects.get(type="recovery_codes")
    assert "seed" not in kept.data
    hashes = [decrypt(each) for each in kept.data["migrated_codes"]]
    assert [check_password(one, each[len(HASHED) :]) for one, each in zip(codes, hashes, strict=True)] == [True] * 10
    for wrong in (str(hashes[0]), str(hashes[0])[len(HASHED) :], kept.data["migrated_codes"][0], "", "0" * 8):
        assert not kept.wrap().validate_code(wrong)


def test_new_recovery_codes_are_shown_and_the_old_ones_stop(client, boss):
    sign_in(client, "boss")
    old = set_up(client)
    page = client.post(reverse("mfa_generate_recovery_codes")).content.decode()
    new = re.findall(r"<code>(\d+)</code>", page)
    kept = Authenticator.objects.get(type="recovery_codes").wrap()
    assert len(new) == 10
    assert not kept.validate_code(old[0])
    assert kept.validate_code(new[0])


def test_codes_of_before_they_were_hashed_stay_good_and_used_ones_stay_used(boss):
    with_app(boss)
    codes = Authenticator.objects.get(type="recovery_codes").wrap()
    used, left = codes.get_unused_codes()[:2]
    codes.validate_code(used)
    import_module("config.accounts.migrations.0003_hash_recovery_codes").hash_codes(apps, None)
    kept = Authenticator.objects.get(type="recovery_codes").wrap()
    assert "seed" not in kept.instance.data
    assert not kept.validate_code(used)
    assert kept.validate_code(left)


def test_the_last_factor_takes_the_rights_along(client, boss, hidden):
    elsewhere = Client()
    for one in (client, elsewhere):
        sign_in(one, "boss")
    set_up(client)
    assert reads(client, hidden) == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert reads(client, hidden) == 404
    assert not Authenticator.objects.exists()
    assert not elsewhere.get("/views/").wsgi_request.user.is_authenticated


def test_the_session_gets_another_key_with_its_rights(client, boss):
    sign_in(client, "boss")
    before = client.session.session_key
    set_up(client)
    assert client.session.session_key != before
    assert len(client.get(reverse("usersessions_list")).context["sessions"]) == 1


def test_nobody_changes_factors_later_on_without_the_password(client, boss, monkeypatch):
    sign_in(client, "boss")
    monkeypatch.setattr("config.accounts.adapters.FRESH", -1)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(asked["Location"], {"password": "wrong"}).context["form"].errors
    assert client.post(asked["Location"], {"password": "correct-horse-battery"})["Location"] == reverse(
        "mfa_activate_totp"
    )
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_secrets_are_not_readable_in_the_database(boss, settings):
    secret = with_app(boss)
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code(code(secret))
    settings.SECRET_KEY = "another machine"
    assert not kept.wrap().validate_code(code(secret))
    settings.SECRET_KEY_FALLBACKS = ["only-for-a-machine-of-one-person"]
    codes = Authenticator.objects.get(type="recovery_codes").wrap()
    assert len(codes.get_unused_codes()) == 10


def test_a_deployment_may_not_switch_it_off(client, boss, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    assert sign_in(client, "boss", next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    with pytest.raises(SystemCheckError, match=r"accounts\.E001"):
        call_command("check", deploy=True, fail_level="ERROR")


def test_accounts_cost_a_page_no_statement(client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            client.get("/marks/")
        return len(statements)

    assert asked() == 0
    account()
    sign_in(client)
    assert asked() == 2, "the session and the user, as ever"


@pytest.mark.parametrize("name", ["mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_add_webauthn"])
def test_a_session_of_before_the_second_factor_does_not_get_past_it(client, hidden, name):
    """Somebody who knows the password, and was there first: neither reads the codes nor makes factors of their own."""
    account("analyst", "see_internal")
    thief = Client()
    sign_in(thief, "analyst")
    sign_in(client, "analyst")
    set_up(client)
    assert reads(client, hidden) == 200
    for answer in (thief.get(reverse(name)), thief.post(reverse(name)), thief.post(reverse("mfa_deactivate_totp"))):
        assert answer["Location"].startswith("/login/")
    assert reads(thief, hidden) == 404
    assert reads(client, hidden) == 200
    assert sign_in(thief, "analyst")["Location"].startswith(reverse("mfa_authenticate"))
