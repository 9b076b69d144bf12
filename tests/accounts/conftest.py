"""A browser that reads English, and the limits of production."""

from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client

from config.settings import base


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def limits(settings, monkeypatch):
    """How often one may guess, on counters of their own: processes that test side by side share one Redis."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
