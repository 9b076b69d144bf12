"""What one may not see is absent: a register with hidden records answers as one in which they were never made.

Hidden records are put at the far end of every relation of every model. Every address is asked while they are there,
after they were deleted, and in a register that never held them: same status, headers and body.
"""

import re
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from difflib import unified_diff
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from cooperation.register.models import kinds

from .contracts.everywhere import administration, answers, interface, names_it, of_reference, pages, side_addresses
from .contracts.hidden import COUNTRY, MARK, Hidden, Public, not_tried
from .factories import ProvisionFactory, TreatyFactory

pytestmark = pytest.mark.django_db

Addresses = Callable[[Hidden, Public], Iterable[str]]


@pytest.fixture
def public() -> Public:
    return Public.make()


def staff(*permissions: str) -> User:
    """Someone who may change everything, and sees what these permissions show."""
    user = User.objects.create_user("editor", is_staff=True)
    of_the_register = Permission.objects.exclude(codename__startswith="see_")
    user.user_permissions.set([*of_the_register, *Permission.objects.filter(codename__in=permissions)])
    return user


def everywhere(hidden: Hidden, public: Public) -> Iterable[str]:
    return [*pages(hidden), *interface(hidden)]


def differences(never: dict[str, str], now: dict[str, str]) -> dict[str, list[str]]:
    """By address, the first lines that are not the same."""
    return {
        address: [line[:300] for line in unified_diff(text.split("\n"), now[address].split("\n"), n=0)][2:8]
        for address, text in never.items()
        if text != now.get(address, text)
    }


def compare(public: Public, levels: tuple[str, ...], readers: dict[User | None, Addresses]) -> None:
    """Show that these readers are told nothing of records of these levels. Leaves none behind."""
    with transaction.atomic():
        hidden = Hidden.make(public, *levels)
        assert not_tried(hidden) == []
        asked = {user: list(addresses(hidden, public)) for user, addresses in readers.items()}
        while_there = {user: answers(user, addresses) for user, addresses in asked.items()}
        # What is deleted is not there, as if it never was; but what it referred to is.
        left = {user: [*of_reference(hidden), *(side_addresses(hidden) if user else ())] for user in readers}
        hidden.delete()
        deleted = {user: answers(user, addresses) for user, addresses in left.items()}
        transaction.set_rollback(True)
    for user, addresses in asked.items():
        never = answers(user, [*addresses, *left[user]])
        assert differences(never, while_there[user]) == {}
        assert differences(never, deleted[user]) == {}
        assert [one for one, text in while_there[user].items() if MARK in text and not names_it(one)] == []


@pytest.mark.slow
def test_anonymous_readers_are_told_of_nothing_hidden(public):
    compare(public, ("internal", "confidential"), {None: everywhere})


@pytest.mark.attack
def test_each_address_answers_otherwise_once_the_records_are_public(public):
    """An address whose answer stays the same could not show a leak, and need not be asked."""
    hidden = Hidden.make(public, "internal", "confidential")
    addresses = list(everywhere(hidden, public))
    before = answers(None, addresses)
    hidden.publish()
    after = answers(None, addresses)
    assert [address for address in addresses if before[address] == after[address]] == []


@pytest.mark.slow
def test_staff_are_told_of_nothing_above_their_clearance(public):
    compare(public, ("internal", "confidential"), {staff(): lambda hidden, public: side_addresses(hidden)})


@pytest.mark.slow
def test_who_sees_internal_records_is_told_of_nothing_confidential(public):
    def some(hidden, public):
        return [*administration(hidden, public), *of_reference(hidden)]

    compare(public, ("confidential",), {staff("see_internal"): some})


@pytest.mark.slow
def test_who_may_see_a_record_sees_it_and_whoever_reads_redis_does_not(public, settings):
    settings.ANSWER_CACHE = True
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid4().hex}"}}
    Hidden.make(public, "confidential")
    addresses = [
        *(reverse(f"{resource}-detail", args=[f"{MARK}-{resource}"]) for resource in kinds()),
        *(reverse(f"{resource}-detail", args=[f"test-beside-{resource}"]) for resource in kinds()),
        *(reverse(f"{name}-list") + f"?q={MARK}" for name in ("sources", "organisations")),
        reverse("home"),
        reverse("country", args=[COUNTRY]),
        reverse("source", args=["test-shared"]),
    ]
    seen = answers(staff("see_confidential"), addresses)
    assert [one for one, text in seen.items() if not text.startswith("200") or f"{MARK} " not in text] == []

    redis = cache._cache.get_client(write=True)
    kept = {key: redis.get(key) for key in redis.scan_iter(f"{cache.key_prefix}:*")}
    assert len(kept) >= len(seen)
    assert [key for key, value in kept.items() if MARK.encode() in value + opened(value)] == []


def opened(value: bytes) -> bytes:
    """What is compressed within a value."""
    found = b""
    for place in (match.start() for match in re.finditer(b"\x1f\x8b", value)):
        with suppress(zlib.error):
            found += zlib.decompressobj(wbits=31).decompress(value[place:])
    return found


def test_a_provision_is_not_there_for_who_may_not_see_its_treaty(client):
    treaty = TreatyFactory(key="test-hidden-treaty", confidential=True)
    ProvisionFactory(key="test-provision", treaty=treaty)
    for address in ("/benelux/test-provision/", "/api/v1/provisions/test-provision"):
        assert client.get(address).status_code == 404
