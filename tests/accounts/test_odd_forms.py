"""Odd values in the forms of accounts: an answer, and no fault of the server."""

import pytest
from django.urls import reverse

from .people import PASSWORD, account, code, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db
ODD = ["", "\x00", "a\x00b", "\ud83d", "x" * 4000, "١٢٣٤٥٦", "-1", "{}", "' OR 1=1 --", "\u202e123456"]


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_odd_values(client, odd):
    odd = odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    secret = with_app(account())
    for sent in ({"login": odd, "password": PASSWORD}, {"login": "reader", "password": odd}, {"next": odd}):
        assert client.post("/login/", sent).status_code == 200
    assert client.get("/login/", {"next": odd}).status_code == 200
    assert client.get("/login/issuer/callback/", {"state": odd, "code": odd}).status_code in (401, 404)
    assert client.post("/login/issuer/", {"process": odd, "next": odd}).status_code == 404
    sign_in(client, next=odd)
    assert client.post(reverse("mfa_authenticate"), {"code": odd}).status_code == 200
    assert not is_signed_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": code(secret)})["Location"] == "/views/"
    words = {"oldpassword": odd, "password1": odd, "password2": odd}
    assert client.post(reverse("account_change_password"), words).status_code == 200
    assert client.post(reverse("usersessions_list"), {"x": odd}).status_code == 302
    assert client.get(reverse("mfa_remove_webauthn", args=[1])).status_code in (302, 404)
    assert client.get(f"/account/passkeys/{10**30}/remove/").status_code in (302, 404)
