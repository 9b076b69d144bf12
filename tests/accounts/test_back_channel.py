"""Back-channel logout: the issuer ends sessions here, by a token that it signed."""

import pytest
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.accounts.back_channel import EVENT
from cooperation.register.models import AuditEntry

from .issuer import come_in
from .people import account, code, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db
ADDRESS = "/login/issuer/back-channel-logout/"
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def send(token: str):
    """As the issuer does: without a cookie, from outside any page."""
    return Client(enforce_csrf_checks=True).post(ADDRESS, {"logout_token": token})


@pytest.fixture
def browsers(issuer) -> list[Client]:
    """Two of one account, with a session at the issuer each; one of another account; one of an account of ours."""
    signed_in = []
    for sub, sid in (("s-1", "a"), ("s-1", "b"), ("s-2", "c")):
        issuer.claims |= {"sub": sub, "sid": sid}
        signed_in.append(Client())
        come_in(signed_in[-1])
    account("local")
    signed_in.append(Client())
    sign_in(signed_in[-1], "local")
    assert all(map(is_signed_in, signed_in))
    return signed_in


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"sub": "s-1"}, [False, False, True, True]),
        ({"sid": "b"}, [True, False, True, True]),
        ({"sub": "s-1", "sid": "a"}, [False, True, True, True]),
        ({"sub": "s-2", "sid": "a"}, [True, True, True, True]),
        ({"sub": "local"}, [True, True, True, True]),
        ({"sid": "unknown"}, [True, True, True, True]),
    ],
    ids=["an account", "a session", "a session of an account", "of another account", "a name of ours", "unknown"],
)
def test_it_ends_what_the_token_names(issuer, browsers, said, left):
    answer = send(issuer.logout_token(**said))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert [is_signed_in(each) for each in browsers] == left
    assert UserSession.objects.count() == left.count(True)
    assert browsers[0].get("/admin/").status_code == (200 if left[0] else 302)


def test_the_audit_log_says_so_once(issuer, browsers):
    before = AuditEntry.objects.count()
    send(issuer.logout_token(sub="s-1"))
    line = AuditEntry.objects.latest("pk")
    assert AuditEntry.objects.count() == before + 1
    assert (line.action, line.result, line.actor) == ("sign_out", "done", "s-1")
    assert line.details == {"by": "the issuer", "sessions": 2}


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://another.example.org"},
        {"aud": "another"},
        {"exp": 1},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"iat": None},
        {"jti": None},
        {"nonce": "n"},
        {"events": None},
        {"events": {"http://schemas.openid.net/event/another": {}}},
        {"events": {EVENT: True}},
        {"events": [EVENT]},
        {"sub": None},
        {"sub": None, "sid": ["a"]},
    ],
    ids=str,
)
def test_a_token_that_is_not_right_ends_nothing(client, issuer, changed):
    come_in(client)
    issuer.changed = changed
    answer = send(issuer.logout_token(sub="s-1"))
    assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")
    assert is_signed_in(client)
    line = AuditEntry.objects.latest("pk")
    assert (line.action, line.object, line.result, line.actor) == ("sign_out", "issuer", "refused", "")


@pytest.mark.parametrize("signature", [(STRANGER,), ("a" * 64, "HS256"), (None, "none")], ids=["key", "secret", "none"])
def test_a_token_that_the_issuer_did_not_sign_ends_nothing(client, issuer, signature):
    come_in(client)
    issuer.sign_with(*signature)
    assert send(issuer.logout_token(sub="s-1")).status_code == 400
    assert is_signed_in(client)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\x00", "W1tb" * 20_000 + ".e30.x", "é.é.é"])
def test_what_is_no_token_is_refused(issuer, token):
    assert send(token).status_code == 400


def test_a_token_is_good_once(client, issuer):
    token = issuer.logout_token(sub="s-1")
    assert send(token).status_code == 200
    come_in(client)
    assert send(token).status_code == 400
    assert is_signed_in(client)


def test_a_session_that_showed_its_second_factor_here_ends_too(client, issuer):
    issuer.claims |= {"sid": "a"}
    come_in(client)
    secret = with_app(User.objects.get())
    client.post("/logout/")
    come_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert is_signed_in(client)
    send(issuer.logout_token(sid="a"))
    assert not is_signed_in(client)


def test_who_signs_in_again_over_their_session_is_still_found(client, issuer):
    issuer.claims |= {"sid": "a"}
    come_in(client)
    issuer.claims |= {"sid": "b"}
    come_in(client)
    send(issuer.logout_token(sid="a"))
    assert is_signed_in(client)
    send(issuer.logout_token(sid="b"))
    assert not is_signed_in(client)


def test_it_is_for_the_issuer_alone(client, settings):
    assert client.get(ADDRESS).status_code == 405
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert send("x").status_code == 404
