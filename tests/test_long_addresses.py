"""Long addresses: what a form sends with many boxes ticked is shortened, and one that is too long is told so."""

import logging
import socket
from urllib.parse import urlencode

import pytest
from gunicorn.http.errors import LimitRequestLine

from config.server import LONGEST_ADDRESS, Worker
from cooperation.register.models import Country
from tests.contracts.outlets import api_keys, get, page_keys


def ticked(name: str, values) -> str:
    return urlencode([(name, value) for value in values])


@pytest.fixture
def codes(db) -> list[str]:
    return list(Country.objects.values_list("pk", flat=True))


def test_a_choice_of_everything_is_no_choice(client, codes):
    asked = f"/placements/?{ticked('country', codes)}&validOn=2021-12-02"
    assert len(asked) < LONGEST_ADDRESS
    answer = client.get(asked)
    assert (answer.status_code, answer["Location"]) == (302, "/placements/?validOn=2021-12-02")
    stages = ("planned", "active", "unconfirmed", "not_known", "ended")
    assert client.get(f"/placements/?{ticked('stage', stages)}&sort=title")["Location"] == "/placements/?sort=title"


def test_everything_but_is_a_choice(client, codes):
    answer = client.get(f"/placements/?{ticked('countryNot', codes)}")
    assert answer["Location"] == f"/placements/?countryNot={','.join(codes)}"


def test_a_key_that_repeats_has_commas(client, codes):
    answer = client.get(f"/placements/?{ticked('country', codes[:100])}")
    assert answer.status_code == 302
    short = answer["Location"].partition("?")[2]
    assert short == f"country={','.join(codes[:100])}"
    assert page_keys(client, "/placements/", short)
    long = f"{ticked('country', codes[:100])}&pageSize=200"
    assert api_keys(client, "/api/v1/placements", f"{short}&pageSize=200") == api_keys(
        client, "/api/v1/placements", long
    )


def test_what_is_short_or_an_export_stays(client, codes):
    get(client, "/placements/?country=AL&country=BR&stage=active,ended")
    get(client, f"/placements/?{ticked('country', codes[:100])}&format=csv")
    get(client, f"/api/v1/placements?{ticked('country', codes)}")


def test_htmx_is_given_the_short_address(client, codes):
    headers = {"hx-request": "true", "hx-trigger": "filter-form"}
    answer = client.get(f"/placements/?{ticked('country', codes)}", headers=headers)
    assert (answer.status_code, answer["HX-Push-Url"]) == (200, "/placements/")


def test_an_address_that_is_too_long_is_told_so_in_both_languages():
    worker = Worker.__new__(Worker)  # it serves nobody
    worker.log = logging.getLogger(__name__)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker.handle_error(None, ours, ("127.0.0.1", 1), LimitRequestLine(9000, LONGEST_ADDRESS))
        answer = theirs.recv(20_000).decode()
    head, _empty, page = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 414 ")
    assert "Dit adres is te lang" in page
    assert "This address is too long" in page
    assert f"Content-Length: {len(page.encode())}" in head
