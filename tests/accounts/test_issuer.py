"""Sign-in by OpenID Connect, at a real issuer on loopback: what its claims say is what an account may do."""

from unittest.mock import Mock
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import Permission, User
from django.core.checks import run_checks
from django.urls import reverse

from config.middleware import ReadOnly
from cooperation.register.models import AuditEntry
from tests.factories import PlacementFactory

from .issuer import CALLBACK, CLIENT, START, come_in, to_issuer
from .people import account, code, is_signed_in, sign_in, with_app

FORMS = "allauth.mfa.webauthn.forms"
pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(db):
    return PlacementFactory(key="test-hidden", classification="internal")


def test_it_is_the_first_way_where_there_is_an_issuer(client, issuer, settings):
    assert "Sign in with Police ID" in client.get("/login/").content.decode()
    assert client.get(START).status_code == 405, "nobody is signed in by a link"
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "Police ID" not in client.get("/login/").content.decode()
    assert client.post(START).status_code == 404


def test_code_flow_with_pkce(client, issuer):
    asked = parse_qs(urlsplit(client.post(START)["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://testserver{CALLBACK}"]
    assert len(asked["state"][0]) >= 16
    assert len(asked["nonce"][0]) >= 32


def test_claims_give_roles_and_clearance(client, issuer, hidden):
    assert come_in(client, next=f"/placements/{hidden.key}/")["Location"] == f"/placements/{hidden.key}/"
    user = User.objects.get()
    assert user.username == "s-1"
    assert user.get_all_permissions() == {
        "register.see_internal",
        "placements.view_placement",
        "placements.change_placement",
    }
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert client.get(f"/placements/{hidden.key}/").status_code == 200
    assert client.get("/admin/").status_code == 200
    assert client.get("/account/password/").status_code == 403


def test_the_audit_log_says_so(client, issuer):
    come_in(client)
    client.post("/logout/")
    issuer.claims["roles"] = []
    come_in(client)
    client.get(f"{CALLBACK}?code=x&state=forged")
    lines = AuditEntry.objects.order_by("pk").values_list("action", "object", "result", "actor")
    assert list(lines) == [
        ("change_rights", "user s-1", "done", ""),
        ("sign_in", "", "done", "s-1"),
        ("sign_out", "", "done", "s-1"),
        ("change_rights", "user s-1", "done", ""),
        ("sign_in", "issuer", "refused", "s-1"),
        ("sign_in", "issuer", "refused", ""),
    ]


def test_no_name_and_no_address_is_kept(client, issuer):
    come_in(client)
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.email) == ("", "", "")
    assert SocialAccount.objects.get().extra_data == {}
    assert not EmailAddress.objects.exists()
    assert not SocialToken.objects.exists()


def test_they_are_applied_at_each_sign_in(client, issuer, hidden):
    come_in(client)
    user = User.objects.get()
    user.user_permissions.add(Permission.objects.get(codename="see_confidential"))
    User.objects.update(is_superuser=True)
    client.post("/logout/")
    issuer.claims["roles"] = ["police-reader"]
    come_in(client)
    user = User.objects.get()
    assert [group.name for group in user.groups.all()] == ["Readers"]
    assert (user.is_staff, user.is_superuser, user.get_all_permissions()) == (False, False, set())
    assert client.get(f"/placements/{hidden.key}/").status_code == 404


def test_who_has_no_role_does_not_come_in_and_loses_what_they_had(client, issuer):
    come_in(client)
    client.post("/logout/")
    for roles in ([], ["something-else"], ["boss"], "boss", None):
        issuer.claims["roles"] = roles
        assert come_in(client)["Location"] == reverse("account_inactive")
        assert not is_signed_in(client)
        assert User.objects.get().get_all_permissions() == set()
    issuer.claims["sub"] = "s-2"
    come_in(client)
    assert User.objects.count() == 1


def test_a_second_factor_that_the_issuer_does_not_vouch_for_is_asked_here(client, issuer, hidden):
    issuer.claims["amr"] = ["pwd"]
    assert come_in(client)["Location"] == reverse("mfa_index")
    assert client.get(f"/placements/{hidden.key}/").status_code == 404
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert client.get(f"/placements/{hidden.key}/").status_code == 200


def test_who_has_no_password_signs_in_again_to_change_a_factor(client, issuer, monkeypatch):
    come_in(client)
    monkeypatch.setattr("config.accounts.adapters.FRESH", -1)
    asked = client.get(reverse("mfa_activate_totp"))["Location"]
    assert asked.startswith(reverse("sign_in_again"))
    assert client.get(asked).status_code == 200
    assert client.post(asked)["Location"] == "/login/?next=/account/"
    assert not is_signed_in(client)


def test_a_name_that_bears_a_marking_does_not_come_in(client, issuer):
    issuer.claims["sub"] = "nato-secret"
    assert come_in(client)["Location"] == reverse("account_inactive")
    assert not User.objects.exists()


def test_claims_may_lie_deep_and_be_one_value(client, issuer, settings):
    settings.OIDC_ROLES_CLAIM, settings.OIDC_FACTOR_CLAIM, settings.OIDC_FACTORS = "realm.roles", "acr", ["2"]
    issuer.claims |= {"realm": {"roles": "police-internal"}, "acr": 2}
    assert come_in(client)["Location"] == "/views/"
    assert User.objects.get().get_all_permissions() == {"register.see_internal"}


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"azp": "another"},
        {"iss": "https://another.example.org"},
        {"exp": 1},
        {"sub": "s-2"},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"exp": None},
    ],
    ids=["for another", "made for another", "of another", "run out", "of two people", "replayed", "no nonce", "no end"],
)
def test_a_token_that_is_not_right_signs_nobody_in(client, issuer, changed):
    issuer.changed = changed
    assert come_in(client).status_code == 401
    assert not is_signed_in(client)
    assert not User.objects.exists()


STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    "signature",
    [(STRANGER,), (STRANGER, "RS256", "2"), (STRANGER, "PS256"), ("a" * 64, "HS256"), (None, "none")],
    ids=["another key", "an unknown key", "another algorithm", "a shared secret", "none"],
)
def test_a_token_that_the_issuer_did_not_sign_signs_nobody_in(client, issuer, signature):
    issuer.sign_with(*signature)
    assert come_in(client).status_code == 401
    assert not User.objects.exists()


def test_a_key_that_was_changed_is_fetched(client, issuer, monkeypatch):
    come_in(client)
    client.post("/logout/")
    monkeypatch.setattr(issuer, "key", STRANGER)
    issuer.sign_with(STRANGER)
    assert come_in(client).status_code == 302


def test_metadata_of_another_issuer_are_refused(client, issuer):
    issuer.metadata = {"issuer": "https://another.example.org"}
    assert client.post(START).status_code == 401
    issuer.metadata = {}
    back = to_issuer(client)
    issuer.metadata = {"issuer": "https://another.example.org"}
    assert client.get(back).status_code == 401
    assert not User.objects.exists()


def test_signing_out_leads_to_where_the_issuer_signs_out(client, issuer):
    come_in(client)
    address = urlsplit(client.post("/logout/")["Location"])
    assert not is_signed_in(client)
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{issuer.url}/end"
    assert parse_qs(address.query) == {
        "client_id": [CLIENT],
        "post_logout_redirect_uri": ["http://testserver/"],
    }
    issuer.metadata = {"end_session_endpoint": ""}
    come_in(client)
    assert client.post("/logout/")["Location"] == "/"
    account("local")
    sign_in(client, "local")
    assert client.post("/logout/")["Location"] == "/"


def test_an_answer_that_was_not_asked_for_or_was_used_signs_nobody_in(client, issuer):
    back = to_issuer(client)
    assert client.get(f"{CALLBACK}?code=x&state=forged").status_code == 401
    assert client.get(f"{CALLBACK}?error=access_denied&state=forged").status_code == 401
    assert client.get(back).status_code == 302
    client.post("/logout/")
    assert client.get(back).status_code == 401
    stranger = type(client)()
    assert stranger.get(to_issuer(client)).status_code == 401, "the state belongs to one browser"
    assert not is_signed_in(stranger)


def test_a_local_account_is_not_taken_over(client, issuer):
    local = account("s-1", is_staff=True, is_superuser=True)
    come_in(client)
    assert User.objects.exclude(pk=local.pk).get().username != "s-1"
    assert int(client.session["_auth_user_id"]) != local.pk
    local.refresh_from_db()
    assert local.is_superuser


@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_a_local_account_is_not_joined_to_one_of_the_issuer(client, issuer, process):
    account("reader")
    sign_in(client)
    assert come_in(client, process=process)["Location"] == reverse("account_inactive")
    assert not SocialAccount.objects.exists()


def test_an_account_that_is_switched_off_stays_so(client, issuer):
    come_in(client)
    client.post("/logout/")
    User.objects.update(is_active=False)
    assert come_in(client)["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)


def test_back_to_this_site_only(client, issuer):
    assert come_in(client, next="https://example.org/")["Location"] == "/views/"


def test_an_app_of_the_register_is_asked_besides(client, issuer):
    come_in(client)
    secret = with_app(User.objects.get())
    client.post("/logout/")
    assert come_in(client)["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert is_signed_in(client)


def test_a_passkey_alone_does_not_go_past_the_issuer(client, issuer, monkeypatch):
    """Which may have closed the account since, or taken its roles."""

    def use_passkey_of(user):
        passkey = Authenticator.objects.create(user=user, type="webauthn", data={})
        monkeypatch.setattr(f"{FORMS}.auth.parse_authentication_response", lambda _said: Mock())
        monkeypatch.setattr(f"{FORMS}.auth.extract_user_from_response", lambda _said: user)
        monkeypatch.setattr(f"{FORMS}.auth.complete_authentication", lambda _user, _said: passkey)
        return client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": 1}'}, follow=True)

    come_in(client)
    client.post("/logout/")
    page = use_passkey_of(User.objects.get())
    assert "Your account comes from Police ID" in page.content.decode()
    assert not is_signed_in(client)
    assert AuditEntry.objects.latest("pk").result == "refused"
    use_passkey_of(account("local"))
    assert is_signed_in(client)


@pytest.mark.slow
def test_a_deployment_asks_its_issuer_over_https(settings):
    settings.OIDC_ISSUER = "http://id.example.org"
    assert "accounts.E002" in {fault.id for fault in run_checks(include_deployment_checks=True)}


def test_signing_in_may_write_though_it_is_a_get():
    assert reverse("openid_connect_callback") == CALLBACK == ReadOnly.SIGNS_IN
