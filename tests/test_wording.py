"""Wording: no keys, no other language, nothing empty or said twice, on pages of every sort in both languages."""

import pytest
from django.urls import reverse

from cooperation.register.models import Country, Instrument, Organisation, Source
from tests.browser.pages import PAGES
from tests.wording import Line, faults, faults_of

pytestmark = pytest.mark.django_db

# Pages for programs; and those that repeat what was typed wrong.
LEFT_OUT = ("API docs", "API docs of a resource", *(name for name in PAGES if name.endswith("with faults")))
STEP = 25  # of the pages that one template draws from many records, some


def addresses() -> list[str]:
    found = [path for name, path in PAGES.items() if name not in LEFT_OUT]
    found += [record.get_absolute_url() for record in Instrument.objects.order_by("key")[::STEP]]
    for model, page in ((Source, "source"), (Organisation, "organisation"), (Country, "country")):
        name = "code" if model is Country else "key"
        found += [
            reverse(page, args=[key]) for key in model.objects.order_by(name).values_list(name, flat=True)[::STEP]
        ]
    return found


def wrong(client, paths: list[str], language: str) -> list[str]:
    found: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        page = client.get(path, headers={"accept-language": language}).content.decode()
        found |= {fault: path for fault in faults(page) if fault not in found}
    return [f"{path}: {fault}" for fault, path in found.items()]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_of_every_sort_are_well_worded(client, language):
    assert wrong(client, addresses(), language) == []


# --- the check itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Komt nog: ja", None),
        ("Ondertekend", None),
        ("Signed", "in another language"),
        ("the members of the assembly", "in another language"),
        ("Verdrag: benelux-2018", "a key (benelux-2018)"),
        ("in_force", "a key (in_force)"),
        ("Rol: countryRole", "a key (countryRole)"),
        ("Ondertekend. Ondertekend.", "said twice"),
        ("van de de brief", "said twice"),
        ("Posten in 0 landen.", "nothing, as a number"),
        ("1 landen in het register", "singular or plural"),
        ("12 land in het register", "singular or plural"),
        ("1 land, 12 landen, 2,5 miljoen, 100 %", None),
    ],
)
def test_what_is_wrong_with_a_line_is_found(text, fault):
    assert list(faults_of(Line("p", text, text), "nl")) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<h2>Feiten</h2><h2>Bronnen</h2><p>Een bron.</p>", ["nothing in or under: Feiten"]),
        ("<h2>Feiten</h2><h3>Meer</h3><p>Een feit.</p>", []),
        ("<h2>Feiten</h2><ul></ul>", ["nothing in or under: Feiten", "nothing in or under: <ul> after Feiten"]),
        ('<p lang="en">the members of the assembly</p>', []),
        ('<p>Zie <span lang="en">the members of the assembly</span>.</p>', []),
        ("<p><code>in_force</code></p>", []),
    ],
)
def test_what_is_wrong_with_a_page_is_found(markup, found):
    page = f'<html lang="nl"><body><main>{markup}</main></body></html>'
    assert sorted(faults(page)) == sorted(found)
