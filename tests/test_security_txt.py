"""Where to report a weakness (RFC 9116)."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.contracts.outlets import get, read

ADDRESS = "/.well-known/security.txt"


@pytest.mark.parametrize(
    ("contact", "written"),
    [
        ("security@example.org", "mailto:security@example.org"),
        ("https://example.org/report", "https://example.org/report"),
    ],
)
def test_says_who_reads_reports_and_until_when(client, settings, contact, written):
    settings.SECURITY_CONTACT = contact
    answer = get(client, ADDRESS)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    facts = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert facts["Contact"] == written
    assert facts["Preferred-Languages"] == "nl, en"
    assert facts["Canonical"].endswith(ADDRESS)
    expires = datetime.fromisoformat(facts["Expires"])
    assert timedelta(days=30) < expires - timezone.now() < timedelta(days=365)


@pytest.mark.django_db
def test_without_a_contact_there_is_none(client, settings):
    settings.SECURITY_CONTACT = ""
    read(client, ADDRESS, status=404)
