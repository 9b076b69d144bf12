"""A browser that reads English, an issuer of accounts, and the limits of production."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import caches
from django.test import Client

from config.settings import base, openid_connect

from . import issuer as issuers


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def limits(settings, monkeypatch):
    """How often one may guess, on counters of their own: processes that test side by side share one Redis."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS


@pytest.fixture(scope="module")
def served():
    with issuers.served() as issuer:
        yield issuer


@pytest.fixture
def issuer(served, settings):
    served.claims, served.changed = (
        {**issuers.PERSON, "roles": ["police-editor", "police-internal"], "amr": ["pwd", "mfa"]},
        {},
    )
    served.metadata = {}
    served.sign_with(served.key)
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect.providers(
        served.url, "Police ID", issuers.CLIENT, issuers.SECRET, ["openid"]
    )
    settings.OIDC_NAME = "Police ID"
    settings.OIDC_ROLES = {"police-editor": "Editors", "police-reader": "Readers"}
    settings.OIDC_CLEARANCE = {"police-internal": "see_internal", "boss": "change_user"}
    editors = Group.objects.create(name="Editors")
    editors.permissions.set(Permission.objects.filter(codename__in=["view_placement", "change_placement"]))
    Group.objects.create(name="Readers")
    return served
