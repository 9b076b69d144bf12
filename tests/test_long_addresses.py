"""Long addresses: what a form sends with many boxes ticked is shortened, and one that is too long is told so."""

from urllib.parse import urlencode

import pytest

from config.operations.limits import LONGEST_ADDRESS
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


def test_an_address_that_is_too_long_is_told_so_in_both_languages(client):
    answer = client.get(f"/placements/?q={'a' * LONGEST_ADDRESS}")
    assert answer.status_code == 414
    page = answer.content.decode()
    assert "Dit adres is te lang" in page
    assert "This address is too long" in page


def test_the_api_says_so_in_a_problem(client):
    answer = client.get(f"/api/v1/placements?q={'a' * LONGEST_ADDRESS}&lang=en")
    assert (answer.status_code, answer["Content-Type"]) == (414, "application/problem+json")
    assert answer.json()["detail"] == "The address is too long."
