"""What a browser is made to send by another site, or brings along from before signing in."""

import socket

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from config.operations.server import server
from config.settings import base
from tests.accounts.people import account, is_signed_in, sign_in

pytestmark = pytest.mark.django_db

FORMS = [
    "/login/",
    "/login/issuer/",
    "/login/passkey/",
    "/logout/",
    "/account/password/",
    "/account/sessions/",
    "/account/app/",
    "/account/recovery-codes/new/",
    "/views/save/placements/",
    "/admin/logout/",
    "/admin/auth/user/add/",
    "/admin/auth/user/",
]


@pytest.mark.parametrize("address", FORMS)
def test_a_form_of_another_site_does_nothing(address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("boss", is_staff=True, is_superuser=True))
    assert client.post(address, {"name": "x"}).status_code == 403
    assert is_signed_in(client)


def test_a_session_that_was_there_before_signing_in_is_nobodys(client):
    """Somebody who has put it into the browser does not come in with it."""
    account()
    client.get("/login/passkey/", headers={"x-requested-with": "XMLHttpRequest"})  # one that is begun by nobody
    given = client.session.session_key
    assert given
    sign_in(client)
    assert is_signed_in(client)
    assert client.session.session_key != given
    assert not Session.objects.filter(session_key=given).exists()


def test_cookies_are_of_this_host_alone_and_out_of_reach_of_scripts():
    names = {base.SESSION_COOKIE_NAME, base.CSRF_COOKIE_NAME, base.WRITTEN_COOKIE_NAME, base.DEVICE_COOKIE_NAME}
    assert names == {"__Host-session", "__Host-csrf", "__Host-written", "__Host-device"}
    assert base.SESSION_COOKIE_SECURE
    assert base.CSRF_COOKIE_SECURE
    assert base.CSRF_COOKIE_HTTPONLY
    client = Client()
    account()
    sign_in(client)
    for name in ("session", "device"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    assert "reader" not in client.cookies["device"].value


@pytest.mark.parametrize("name", ["account_login", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn"])
def test_the_policy_of_pages_with_secrets_lets_nothing_inline(client, name):
    client.force_login(account()) if name != "account_login" else None
    answer = client.get(reverse(name), follow=True)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "style=" not in answer.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b"])
def test_another_host_is_refused(client, settings, host):
    settings.ALLOWED_HOSTS = ["testserver"]
    for address in ("/placements/", "/login/", "/admin/", "/api/v1/placements"):
        answer = client.get(address, headers={"host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/countries/", "/login/", "/healthz", "/api/v1/placements"])
def test_trace_says_nothing_back(client, address):
    answer = client.generic("TRACE", address, headers={"x-said": "zzqwx"})
    assert answer.status_code == 405
    assert "zzqwx" not in answer.content.decode()


@pytest.mark.parametrize(
    ("proxy", "told"), [(None, ("203.0.113.9", "http")), ("203.0.113.9", ("198.51.100.1", "https"))]
)
def test_the_word_of_a_proxy_counts_only_where_it_is_named(monkeypatch, proxy, told):
    """Who says another address than their own is counted and logged under their own."""
    monkeypatch.setenv("TRUSTED_PROXY", proxy) if proxy else monkeypatch.delenv("TRUSTED_PROXY", raising=False)
    seen = []

    def application(environ, start_response):
        seen.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"]))
        return []

    sent = {
        "REQUEST_METHOD": "GET",
        "REMOTE_ADDR": "203.0.113.9",
        "REMOTE_HOST": "203.0.113.9",
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "testserver",
        "HTTP_X_FORWARDED_FOR": "192.0.2.66, 198.51.100.1",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_FORWARDED": "for=192.0.2.66",
    }
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        serves = server(application, door, threads=1)
        serves.application(sent, None)
        serves.task_dispatcher.shutdown()
        serves.close()
    assert seen == [(*told, "testserver")]
