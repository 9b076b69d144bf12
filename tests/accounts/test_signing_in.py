"""Signing in: one place, back to a page of the site and nowhere else, and no end of guesses."""

import hashlib
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.cache import caches
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, reverse
from redis import RedisError

from config.settings import base
from cooperation.register.models import AuditEntry

from .people import PASSWORD, account, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db
TOO_MANY = "Too many attempts failed"


def test_one_place_to_sign_in(client):
    assert client.get("/admin/", follow=True).redirect_chain[-1] == ("/login/?next=/admin/", 302)
    deep = client.get("/admin/placements/placement/?q=a", follow=True)
    assert deep.redirect_chain[-1][0] == "/login/?next=/admin/placements/placement/%3Fq%3Da"
    wrong = client.post("/admin/login/", {"username": "boss", "password": PASSWORD})
    assert wrong["Location"].startswith("/login/")
    account("reader")
    sign_in(client)
    assert client.get("/admin/", follow=True).status_code == 403


def test_the_administration_signs_out_and_changes_a_password_where_everyone_does(client):
    client.force_login(account("boss", is_staff=True, is_superuser=True))
    assert client.get("/admin/password_change/")["Location"] == reverse("account_change_password")
    assert client.post("/admin/logout/")["Location"] == "/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_set_password",
        "socialaccount_signup",
        "socialaccount_connections",
        "mfa_signup_webauthn",
        "account_request_login_code",
    ],
)
def test_what_is_not_needed_cannot_be_reached(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org/",
        "https:///example.org",
        "javascript:alert(1)",
        "http://testserver/placements/",
        "placements/",
        "/\x00/example.org",
        "http:example.org",
        "\thttps://example.org",
        "https://testserver@example.org/",
        "https://testserver.example.org/",
        "///example.org",
    ],
)
def test_back_to_this_site_only(client, settings, elsewhere):
    settings.ALLOWED_HOSTS = ["*"]
    account()
    assert sign_in(client, next=elsewhere)["Location"] == "/views/"
    assert is_signed_in(client)
    for address in ("/login/", "/admin/login/"):  # of who is signed in already
        assert "example.org" not in client.get(address, {"next": elsewhere}).get("Location", "")
    assert "example.org" not in client.post("/logout/", {"next": elsewhere})["Location"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_wrong_password_an_unknown_name_and_an_account_switched_off_are_told_alike(client, language):
    account()
    account("gone", is_active=False)
    said = set()
    for name, password in (("reader", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD)):
        page = client.post("/login/", {"login": name, "password": password}, headers={"accept-language": language})
        said.add(page.context["form"].non_field_errors()[0])
        assert not is_signed_in(client)
    assert len(said) == 1


def test_the_pages_are_kept_nowhere(client):
    assert "no-store" in client.get("/login/")["Cache-Control"]
    account()
    sign_in(client)
    for name in ("mfa_index", "account_change_password", "usersessions_list", "mfa_activate_totp"):
        answer = client.get(reverse(name))
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]


class TestGuessing:
    def test_five_wrong_passwords_close_the_account_also_to_the_right_one(self, client, limits):
        account()
        for _ in range(5):
            assert TOO_MANY not in sign_in(client, password="wrong").content.decode()
        assert TOO_MANY in sign_in(client).content.decode()
        assert not is_signed_in(client)

    def test_a_browser_that_the_account_knows_stays_open_and_is_counted_too(self, client, limits):
        account()
        account("other")
        sign_in(client)
        client.post("/logout/")
        stranger = Client(headers={"accept-language": "en"})
        for _ in range(6):
            sign_in(stranger, password="wrong")
        assert TOO_MANY in sign_in(stranger).content.decode()
        for _ in range(4):
            assert TOO_MANY not in sign_in(client, password="wrong").content.decode()
        assert sign_in(client).status_code == 302
        client.post("/logout/")
        sign_in(client, password="wrong")
        assert TOO_MANY in sign_in(client).content.decode()

    def test_a_browser_knows_one_account_only(self, client, limits):
        account()
        account("other")
        sign_in(client, "other")
        client.post("/logout/")
        for _ in range(5):
            sign_in(Client(), password="wrong")
        assert TOO_MANY in sign_in(client).content.decode()

    def test_the_wait_grows(self, client, limits, monkeypatch):
        """Five minutes, then an hour, then a day."""
        account()
        clock = SimpleNamespace(time=lambda: clock.now, now=1_800_000_000, monotonic=time.monotonic, sleep=time.sleep)
        monkeypatch.setattr("allauth.core.internal.ratelimit.time", clock)

        def fail(times: int) -> None:
            for _ in range(times):
                assert TOO_MANY not in sign_in(client, password="wrong").content.decode()
            assert TOO_MANY in sign_in(client).content.decode()

        minutes, hour, day = 301, 3601, 86401
        fail(5)
        clock.now += minutes
        fail(5)  # ten in an hour
        clock.now += minutes
        assert TOO_MANY in sign_in(client).content.decode()
        clock.now += hour
        fail(5)
        clock.now += minutes
        fail(5)  # twenty in a day
        clock.now += hour
        assert TOO_MANY in sign_in(client).content.decode()
        clock.now += day
        assert sign_in(client).status_code == 302

    def test_a_name_that_does_not_exist_closes_like_one_that_does(self, client, limits):
        for _ in range(5):
            sign_in(client, "nobody", "wrong")
        assert TOO_MANY in sign_in(client, "nobody", "wrong").content.decode()

    def test_another_host_name_or_capital_is_the_same_account(self, client, limits):
        account()
        for n in range(5):
            client.post(
                "/login/", {"login": "READER" if n % 2 else "reader", "password": "x"}, headers={"host": f"h{n}"}
            )
        assert TOO_MANY in sign_in(client).content.decode()

    def test_without_the_counters_nobody_signs_in_and_reading_goes_on(self, client, limits, monkeypatch):
        def gone(*args, **kwargs):
            raise RedisError("gone")

        account()
        for name in ("get", "add", "set", "delete"):
            monkeypatch.setattr(caches["default"], name, gone)
        answer = sign_in(client)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert not is_signed_in(client)
        assert client.get("/login/").status_code == client.get("/marks/").status_code == 200

    def test_codes_are_guessed_no_better(self, client, limits):
        with_app(account())
        sign_in(client)
        for _ in range(5):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        one = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
        assert TOO_MANY in client.post(reverse("mfa_authenticate"), {"code": one}).content.decode()
        assert not is_signed_in(client)
        assert AuditEntry.objects.first().action == "lock_out"

    def test_signing_in_rightly_counts_for_nothing(self, client, limits):
        account()
        for _ in range(8):
            sign_in(client)
            assert is_signed_in(client)
            client.post("/logout/")


class TestPasswords:
    def test_argon2id(self, settings):
        settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
        assert make_password(PASSWORD).startswith("argon2$argon2id$")

    @pytest.mark.parametrize("password", ["password1234", "short-one", "123456789012345"])
    def test_common_and_short_ones_are_refused(self, password):
        with pytest.raises(ValidationError):
            validate_password(password, account())

    @pytest.mark.parametrize(
        "password", ["Politie-Register-2026", "p0l1t1e-r3g1st3r", "wachtwoord123456", "Register.Example.Test1"]
    )
    def test_words_of_the_site_with_little_else_are_refused(self, settings, password):
        settings.ALLOWED_HOSTS = ["register.example.test"]
        with pytest.raises(ValidationError):
            validate_password(password, account())

    def test_a_sentence_may_have_them(self):
        validate_password("de politie fietst over een dijk", account())

    @pytest.mark.parametrize("ends", ["\n", ":7\r\n"])
    def test_leaked_ones_are_refused_where_there_is_a_list(self, settings, tmp_path, ends):
        passwords = [f"leaked-long-before-{number}" for number in range(50)]
        hashes = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in passwords)
        (tmp_path / "hashes.txt").write_text("".join(each + ends for each in hashes), newline="")
        settings.LEAKED_PASSWORDS = str(tmp_path / "hashes.txt")
        name = "config.accounts.passwords.LeakedPasswordValidator"
        settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": name, "OPTIONS": {"path": settings.LEAKED_PASSWORDS}}]
        assert "accounts.E003" not in {fault.id for fault in run_checks()}
        for password in passwords:
            with pytest.raises(ValidationError, match="gelekte"):
                validate_password(password)
            validate_password(f"{password}-not")
        settings.LEAKED_PASSWORDS += ".gone"
        assert "accounts.E003" in {fault.id for fault in run_checks()}

    def test_one_changes_it_oneself_and_stays_signed_in_here_only(self, client):
        user, other = account(), Client()
        sign_in(client)
        sign_in(other)
        new = {"oldpassword": PASSWORD, "password1": "staple-and-tractor-9", "password2": "staple-and-tractor-9"}
        wrong = client.post("/account/password/", {**new, "oldpassword": "x"})
        assert wrong.context["form"].errors["oldpassword"]
        common = client.post("/account/password/", {**new, "password1": "password1234", "password2": "password1234"})
        assert common.context["form"].errors["password1"]
        differs = client.post("/account/password/", {**new, "password2": "something-else-1"})
        assert differs.context["form"].errors["password2"]
        assert client.post("/account/password/", new).status_code == 302
        assert is_signed_in(client)
        user.refresh_from_db()
        assert user.check_password("staple-and-tractor-9")
        assert client.get("/views/").wsgi_request.user.is_authenticated
        assert not other.get("/views/").wsgi_request.user.is_authenticated
