"""In a session without second factor, a superuser is told nothing that is not public, on any page, in any export."""

import pytest
from django.test import Client

from tests.contracts.everywhere import names_it, pages
from tests.contracts.hidden import MARK, Hidden, Public
from tests.contracts.outlets import text_of

from .people import account

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def told(boss, backend: str, addresses: list[str]) -> list[str]:
    client = Client(headers={"accept-language": "en"})
    client.force_login(boss, backend=f"config.accounts.backends.{backend}")
    return [address for address in addresses if MARK in text_of(client.get(address))]


def test_nothing_hidden_is_told():
    hidden = Hidden.make(Public.make(), "internal", "confidential")
    addresses = [address for address in dict.fromkeys(pages(hidden)) if not names_it(address)][::3]  # of each sort some
    boss = account("boss", is_staff=True, is_superuser=True)
    assert told(boss, "FullRights", addresses[:8])
    assert told(boss, "SingleFactor", addresses) == []
