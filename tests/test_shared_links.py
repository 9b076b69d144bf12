"""Links to pages as others share and index them, and what a browser may keep of them."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from tests.contracts.outlets import get, read
from tests.factories import PlacementFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/placements/?country=AL,BR&utm_source=mail&utm_medium=x", "/placements/?country=AL,BR"),
        ("/?fbclid=abc", "/"),
        ("/search/?q=utm_source&gclid=1&lang=en", "/search/?q=utm_source&lang=en"),
    ],
)
def test_marks_of_who_counts_visitors_are_dropped(client, asked, kept):
    answer = client.get(asked)
    assert (answer.status_code, answer["Location"]) == (302, kept)


def test_no_link_leads_to_another_site(client):
    answer = client.get("/", PATH_INFO="//example.org/", QUERY_STRING="utm_source=mail")
    assert answer["Location"] == "/%2Fexample.org/"


def test_words_that_look_like_such_a_mark_stay(client):
    assert get(client, "/search/?q=utm_source").status_code == 200
    get(client, "/placements/?utm=1", status=400)


def test_the_api_knows_no_such_marks(client):
    get(client, "/api/v1/placements?utm_source=mail", status=400)


def test_what_is_filtered_is_not_for_search_engines(client):
    assert get(client, "/placements/?country=AL")["X-Robots-Tag"] == "noindex"
    for path in ("/placements/", "/placements/?lang=en", "/placements/maocn-directeur-2021/"):
        assert not get(client, path).has_header("X-Robots-Tag"), path


def test_robots_are_told_what_is_only_for_who_signs_in(client):
    text = read(client, "/robots.txt")
    assert text.splitlines() == ["User-agent: *", "Disallow: /admin/", "Disallow: /login/", "Disallow: /views/"]


def test_a_browser_keeps_no_page_of_who_has_signed_in(client):
    reader = Client()
    reader.force_login(User.objects.create_user("reader"))
    for path in ("/", "/placements/", "/countries/AL/", "/views/"):
        assert get(reader, path)["Cache-Control"] == "no-store", path
        assert get(client, path)["Cache-Control"] == "private, no-cache", path


@pytest.mark.parametrize(
    ("wish", "language"), [("en;q=0", "nl"), ("en;q=0, nl;q=0", "nl"), ("de, en;q=0.1", "en"), ("", "nl")]
)
def test_a_language_that_the_browser_refuses_is_not_taken(client, wish, language):
    assert client.get("/", headers={"accept-language": wish})["Content-Language"] == language


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\u00ad", "\u2066", "\ufeff"])
def test_what_nobody_sees_is_refused_in_a_text_and_passed_over_in_a_search(client, unseen):
    record = PlacementFactory(key="test-unseen", title_nl="zzqvuurtoren", title_en="")
    record.title_nl = f"zzq{unseen}vuurtoren"
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    assert [error.code for error in refused.value.error_dict["title_nl"]] == ["control_character"]
    assert get(client, f"/api/v1/placements?q=zzq{unseen}vuurtoren").json()["count"] == 1
