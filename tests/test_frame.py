"""The frame of every page: its menu, its clock and its footer."""

import re

import pytest

from tests.contracts.outlets import read

pytestmark = pytest.mark.django_db

LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"
MENU = {
    "en": "EU Interpol Benelux Initiatives Placements MoUs Countries Timeline Commitments",
    "nl": "EU Interpol Benelux Initiatieven Plaatsingen MoU&#x27;s Landen Agenda Toezeggingen",
}


def part(page: str, tag: str, css: str) -> str:
    found = re.search(rf'<{tag} class="{css}[^"]*".*?</{tag}>', page, re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("language", MENU)
def test_the_menu_names_every_place_and_keeps_the_clock(client, language):
    menu = part(read(client, f"/mous/?{LETTER_DAY}", language=language), "nav", "nav-bar")
    places = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', menu)
    assert " ".join(label for _url, label in places) == MENU[language]
    assert all(url.endswith(LETTER_DAY.replace("&", "&amp;")) for url, _label in places)
    assert menu.count('aria-current="page"') == 1
    assert menu.index("<details") < menu.index("<ul>")  # opens on a phone without JavaScript


def test_the_footer_has_what_is_no_place(client):
    footer = part(read(client, "/mous/"), "footer", "page-footer")
    labels = re.findall(r'<a href="[^"]+">([^<]+)</a>', footer)
    assert {"API", "Sources", "Organisations"} <= set(labels)
    assert not {"Timeline", "Commitments"} & set(labels)


def test_the_clock_is_one_line_that_unfolds_into_its_form(client):
    clock = part(read(client, "/mous/"), "section", "clock")
    line, form = clock.split("</summary>")
    assert "State on" in line
    assert '<details class="clock__set">' in line
    assert 'name="validOn"' in form
    assert "Back to today" not in clock


def test_a_past_clock_says_so_unfolded_or_not(client):
    clock = part(read(client, f"/mous/?{LETTER_DAY}"), "section", "clock")
    assert "clock--past" in clock
    assert "Not today" in clock.split("</summary>")[0]
    assert "Back to today" in clock.split("</details>")[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login/?next=/views/", 200),
        ("/api/docs/", 200),
        ("/api/docs/placements/", 200),
        ("/marks/", 200),
        ("/eu/not-a-file/", 404),
        ("/?validOn=2021-02-30", 400),
    ],
)
def test_no_clock_where_it_means_nothing(client, path, status):
    page = read(client, path, status)
    assert not part(page, "section", "clock")
    assert part(page, "nav", "nav-bar")


def test_what_is_not_found_on_a_past_clock_can_be_tried_today(client):
    page = read(client, f"/eu/not-a-file/?{LETTER_DAY}", 404)
    assert re.search(r"you asked for the state on (<[^>]+>)?2 December 2021", page)
    assert '<a href="?">Try the state of today</a>' in page


def test_no_clock_beside_the_form_that_saves_a_view(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("somebody"))
    page = read(client, f"/views/save/placements/?{LETTER_DAY}")
    assert not part(page, "section", "clock")
    assert re.search(r"as known on (<[^>]+>)?2 December 2021", page)  # what is kept with the view
