"""Passkeys that no browser sends: refused, and no fault of the server."""

import json

import pytest
from django.urls import reverse

from .people import account, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db

B64 = "AAAA"
ODD = {
    "nothing": "",
    "no JSON": "{",
    "a number": "1",
    "a text": '"x"',
    "a list": "[]",
    "empty": "{}",
    "null": "null",
    "null inside": json.dumps({"id": None, "rawId": None, "response": None, "type": None}),
    "a text for an object": json.dumps({"id": B64, "rawId": B64, "response": "x", "type": "public-key"}),
    "not base64": json.dumps({"id": "é!", "rawId": "é!", "response": {"userHandle": "é"}, "type": "public-key"}),
    "no CBOR": json.dumps(
        {
            "id": B64,
            "rawId": B64,
            "type": "public-key",
            "response": {
                "clientDataJSON": B64,
                "attestationObject": B64,
                "authenticatorData": B64,
                "signature": B64,
                "userHandle": B64,
            },
        }
    ),
    "client data that are no object": json.dumps(
        {
            "id": B64,
            "rawId": B64,
            "type": "public-key",
            "response": {
                "clientDataJSON": "W10",
                "attestationObject": "oA",
                "authenticatorData": "A" * 60,
                "signature": B64,
                "userHandle": "MQ",
            },
        }
    ),
    "deep": "[" * 5000 + "]" * 5000,
    "a huge number": '{"id": 1e999}',
}


@pytest.mark.parametrize("odd", ODD)
def test_it_signs_nobody_in(client, odd):
    with_app(account())
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert client.post(reverse("mfa_login_webauthn"), {"credential": ODD[odd]}).status_code == 302
    sign_in(client)
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"credential": ODD[odd]}).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("odd", ODD)
def test_it_is_not_added(client, odd):
    account()
    sign_in(client)
    client.get(reverse("mfa_add_webauthn"))
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "x", "passwordless": "on", "credential": ODD[odd]})
    assert answer.status_code == 200
