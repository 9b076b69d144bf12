"""Accounts for tests, and how they sign in."""

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Permission, User
from django.test import Client

PASSWORD = "correct-horse-battery"
SIGN_IN = "/login/"


def account(name: str = "reader", *permissions: str, **fields) -> User:
    user = User.objects.create_user(name, password=PASSWORD, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def with_app(user: User) -> str:
    """Gives an account an app that shows codes, and recovery codes; the answer is the secret of the app."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code(secret: str) -> str:
    """What the app shows now."""
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now))


def sign_in(client: Client, name: str = "reader", password: str = PASSWORD, **more):
    return client.post(SIGN_IN, {"login": name, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
