"""What is not public says so: on every page and row, in every export; and that it was read stands in the audit log."""

import csv
import io
import json
import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from rest_framework.authentication import SessionAuthentication
from rest_framework.views import APIView

from cooperation.register.exports import EVERY_EXPORT
from cooperation.register.history import audit
from cooperation.register.models import AuditEntry, Citation, Classification, Instrument, kinds
from tests.contracts.everywhere import pages
from tests.contracts.hidden import MARK, Hidden, Public
from tests.contracts.outlets import sheets_in, text_of
from tests.factories import PlacementFactory, SourceFactory

pytestmark = pytest.mark.django_db

LABELS = {"internal": "Internal", "confidential": "Departementaal Vertrouwelijk"}
LIST = "/placements/"
LINK = re.compile(
    r'<a\b[^>]*\bhref="(/[^"?#]*)[^"]*"[^>]*>.*?</a>\s*(<span class="mark mark--(?:internal|confidential)">)?', re.S
)


def reader(level: str, **rights) -> Client:
    user = User.objects.create_user(f"reader-{level}", **rights)
    if level:
        user.user_permissions.set(Permission.objects.filter(codename=f"see_{level}"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture(params=LABELS)
def level(request) -> str:
    return request.param


@pytest.fixture
def cleared(level) -> Client:
    return reader(level)


@pytest.fixture
def post(level) -> Instrument:
    return PlacementFactory(
        key="test-post", classification=level, hosts=["AL"], title_nl="Proefpost", title_en="Test post"
    )


def asked(cleared: Client, address: str, **query):
    answer = cleared.get(address, query)
    assert answer.status_code == 200, address
    return answer


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", LIST, "/countries/", "/countries/AL/", "/search/", "/placements/test-post/"])
def test_a_page_with_it_is_marked_above_and_below(cleared, level, post, address):
    address = reverse("instruments-list") if address == "/search/" else address
    answer = asked(cleared, address)
    assert answer["Classification"] == level
    assert answer["Cache-Control"] == "no-store"
    page = text_of(answer)
    assert page.count(f'<p class="classified classified--{level}"><strong>{LABELS[level]}</strong>') == 2
    assert page.index("classified--") < page.index("<main") < page.rindex("classified--")


def test_a_page_without_it_is_not(cleared, post):
    answer = asked(cleared, LIST, country="SR")
    assert "Classification" not in answer
    assert "classified--" not in text_of(answer)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("view", ["table", "map", "chart", "pivot", "strip"])
def test_every_view_of_a_list_is_marked(cleared, level, post, view):
    answer = asked(cleared, LIST, view=view, country="AL")
    assert answer["Classification"] == level
    assert "classified--" in text_of(answer)


def test_what_htmx_takes_of_a_list_brings_its_marking(cleared, level, post):
    answer = cleared.get(LIST, {"country": "AL"}, headers={"hx-request": "true"})
    assert text_of(answer).count(f"classified--{level}") == 2
    answer = cleared.get(LIST, {"country": "SR"}, headers={"hx-request": "true"})
    assert 'id="classified" hx-swap-oob="true"' in text_of(answer)
    assert "classified--" not in text_of(answer)


def test_a_kept_answer_stays_marked_and_each_reading_is_logged(cleared, level, post, settings):
    settings.ANSWER_CACHE = True
    first, again = asked(cleared, LIST, country="AL"), asked(cleared, LIST, country="AL")
    assert first["Classification"] == again["Classification"] == level
    assert "classified--" in text_of(again)
    assert AuditEntry.objects.filter(action="read", object=LIST).count() == 2


def test_the_highest_marks_the_answer(post, level):
    PlacementFactory(key="test-internal", classification="internal", hosts=["AL"])
    answer = asked(reader("confidential"), LIST, country="AL")
    assert answer["Classification"] == level


def test_a_source_that_only_a_hidden_record_uses_is_as_hidden_as_that(level):
    """Also on a day on which the record is not there, so that nothing is shown of it."""
    source = SourceFactory(key="test-source")
    post = PlacementFactory(key="test-post", classification=level)
    Citation.objects.create(instrument=post, source=source)
    client = reader("confidential")
    for clock in ({}, {"validOn": "2010-01-01", "knownOn": "2010-01-01"}):
        assert asked(client, source.get_absolute_url(), **clock)["Classification"] == level


@pytest.mark.slow
def test_every_link_to_a_hidden_record_is_followed_by_its_mark_and_no_page_is_kept():
    """On every page that there is, with hidden records at the far end of every relation."""
    public = Public.make()
    hidden = Hidden.make(public, "internal", "confidential")
    client = reader("confidential", is_staff=False)
    addresses = {reverse(f"{one.resource}-detail", args=[one.key]): one for one in hidden.of(*kinds().values())}
    found, bare, unmarked, kept = set(), [], [], []
    for address in pages(hidden):
        answer = client.get(address)
        page = text_of(answer)
        if answer["Cache-Control"] != "no-store":
            kept.append(address)
        if answer.status_code != 200 or answer.streaming or "text/html" not in answer["Content-Type"]:
            continue
        links = [link for link in LINK.findall(page) if link[0] in addresses]
        found |= {link[0] for link in links}
        bare += [(address, link[0]) for link in links if not link[1]]
        if MARK in page.replace(address, "") and "classified--" not in page and not answer.get("HX-Push-Url"):
            unmarked.append(address)
    assert found == set(addresses)
    assert bare == []
    assert [one for one in unmarked if MARK not in one] == []
    assert kept == []


# --- the API ---------------------------------------------------------------------------------------------------------


def test_the_api_tells_who_has_signed_in_no_more_than_others(cleared, post):
    assert cleared.get("/api/v1/placements/test-post").status_code == 404
    answer = asked(cleared, "/api/v1/placements", country="AL")
    assert "Classification" not in answer


@pytest.mark.parametrize("address", ["/api/v1/placements/test-post", "/api/v1/placements?country=AL"])
def test_an_api_that_knew_sessions_would_mark_what_it_tells(cleared, level, post, monkeypatch, address):
    """No address of the API has to remember it."""
    monkeypatch.setattr(APIView, "authentication_classes", [SessionAuthentication])
    answer = asked(cleared, address)
    assert "Test post" in text_of(answer)
    assert (answer["Classification"], answer["Cache-Control"]) == (level, "no-store")
    assert AuditEntry.objects.get().action == "read"


# --- exports ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken(cleared, post):
    def take(name: str, **query) -> tuple[bytes, str]:
        answer = cleared.get(LIST, {"country": "AL", "format": name, **query})
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        return answer.getvalue(), answer["Content-Disposition"]

    return take


@pytest.mark.parametrize("name", EVERY_EXPORT)
def test_every_export_says_it_in_the_name_of_its_file(taken, level, name):
    content, disposition = taken(name)
    assert f'filename="{LABELS[level].lower().replace(" ", "-")}-placements' in disposition
    if name in ("xlsx", "ods", "pack"):
        content = str(sheets_in(content)).encode()
    assert LABELS[level].lower() in content.decode().lower() or level in content.decode()


def test_what_is_made_of_rows_has_a_column(taken, level):
    rows = list(csv.reader(io.StringIO(taken("csv")[0].decode().removeprefix("\ufeff"))))
    place = rows[0].index("Classification")
    assert {row[place].lower() for row in rows[1:]} == {"public", LABELS[level].lower()}
    sheet, *_sources, question = sheets_in(taken("xlsx")[0])[:2]
    assert "Classification" in sheet[0]
    assert ["Classification", LABELS[level]] in question


def test_each_sheet_says_it_on_paper(taken, level):
    for name in ("xlsx", "pack"):
        for sheet in load_workbook(io.BytesIO(taken(name)[0])):
            assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == f"&B{LABELS[level]}"


def test_paper_says_what_the_screen_says():
    """The style sheet for print has the words itself, as it is the same for everybody."""
    css = (settings.BASE_DIR / "static" / "css" / "print.css").read_text()
    said = {(language, level): label for language in ("nl", "en") for level, label in in_language(language)}
    pages = dict(re.findall(r'@page ([\w-]+) {\s*@top-center { content: "([^"]+)"', css))
    assert pages == dict(re.findall(r'@page ([\w-]+) {[^}]+}\s*@bottom-center { content: "([^"]+)"', css))
    assert pages == {
        "internal-nl": said["nl", "internal"].upper(),
        "internal-en": said["en", "internal"].upper(),
        "confidential": said["nl", "confidential"].upper(),
    }
    assert said["nl", "confidential"] == said["en", "confidential"]


def in_language(language: str) -> list[tuple[str, str]]:
    with translation.override(language):
        return [(value, str(label)) for value, label in Classification.choices]


def test_the_first_line_of_a_text_says_it(taken, level):
    assert taken("txt")[0].decode().splitlines()[0] == LABELS[level]
    assert f"X-WR-CALNAME:{LABELS[level]}: Placements" in taken("ics")[0].decode()
    for name in ("json", "geojson"):
        text = taken(name)[0].decode()
        assert text.startswith(f'{{"classification": "{level}"')
        json.loads(text)


def test_a_briefing_is_marked_above_and_below(taken, level):
    page = taken("briefing")[0].decode()
    assert page.count(f'<p class="classified classified--{level}">') == 2
    assert f'<span class="mark mark--{level}">' in page


@pytest.mark.parametrize("query", [{}, {"format": "csv"}])
def test_who_sees_only_what_is_public_is_told_of_no_markings(client, post, query):
    """Nor does it cost them a statement."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(LIST, {"country": "AL", **query})
        assert "lassifi" not in text_of(answer)
    assert "Classification" not in answer
    assert [one["sql"] for one in queries if "DISTINCT" in one["sql"] and "classification" in one["sql"][:90]] == []
    assert not AuditEntry.objects.exists()


# --- the audit log ---------------------------------------------------------------------------------------------------


def test_who_reads_a_record_is_logged(cleared, level, post):
    asked(cleared, post.get_absolute_url())
    line = AuditEntry.objects.get(object=post.get_absolute_url())
    assert (line.action, line.actor, line.result) == ("read", f"reader-{level}", "done")
    assert line.details == {"classification": level}


def test_who_takes_an_export_is_logged_with_the_question_and_its_rows(taken, level):
    rows = len(taken("csv")[0].decode().strip().splitlines()) - 1
    line = AuditEntry.objects.get(action="export")
    assert line.object == "placements"
    assert line.details == {"classification": level, "question": "country=AL&format=csv", "rows": rows}


def test_the_administration_is_marked_and_logged(level, post):
    editor = reader(level, is_staff=True)
    User.objects.get().user_permissions.add(Permission.objects.get(codename="view_placement"))
    address = reverse("admin:placements_placement_change", args=[post.pk])
    answer = asked(editor, address)
    assert answer["Classification"] == level
    assert f"classified--{level}" in text_of(answer)
    assert AuditEntry.objects.get(object=address).actor == f"reader-{level}"


def test_a_form_that_is_shown_again_is_logged_and_so_is_head(level, post):
    editor = reader(level, is_staff=True)
    User.objects.get().user_permissions.add(Permission.objects.get(codename="change_placement"))
    address = reverse("admin:placements_placement_change", args=[post.pk])
    shown = editor.post(address, {"title_nl": ""})
    assert (shown.status_code, shown["Classification"]) == (200, level)
    editor.head(post.get_absolute_url())
    lines = AuditEntry.objects.order_by("pk").values_list("action", "object", "details__classification")
    assert list(lines) == [("read", address, level), ("read", post.get_absolute_url(), level)]


def test_what_is_public_is_not_logged(cleared, post):
    asked(cleared, LIST, country="SR")
    cleared.get(LIST, {"country": "SR", "format": "csv"}).getvalue()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("query", [{}, {"format": "csv"}, {"format": "xlsx"}])
def test_what_cannot_be_logged_is_not_shown(cleared, post, monkeypatch, query):
    def fails(**fields):
        raise DatabaseError

    monkeypatch.setattr(audit.AuditEntry.objects, "create", fails)
    answer = cleared.get(LIST, {"country": "AL", **query})
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Proefpost" not in text_of(answer)
    assert "Test post" not in text_of(answer)


# --- kept nowhere ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["confidential"])
@pytest.mark.parametrize("address", ["/", "/admin/", *(f"{LIST}?format={name}" for name in EVERY_EXPORT)])
def test_no_answer_to_who_has_signed_in_is_kept(cleared, post, address):
    answer = cleared.get(address)
    text_of(answer)
    assert "no-store" in answer["Cache-Control"]
