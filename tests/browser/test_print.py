"""Pages on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from .pages import LETTER_DAY, PAGES

CONTROLS = ("nav", "form", ".filter", ".tools", ".skip-link", ".chip a", "copy-button")


def sheets(page: Page) -> int:
    """How many sheets the page fills, by the style sheet's own A4."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("name", ["home", "placements by filters", "EU proposals by filters", "placement, active"])
def test_no_controls_on_paper(page: Page, name: str):
    page.goto(PAGES[name])
    page.emulate_media(media="print")
    for control in CONTROLS:
        expect(page.locator(control).filter(visible=True)).to_have_count(0)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_text("Not today", exact=False).or_(page.get_by_text("(today)"))).to_be_visible()


@pytest.mark.parametrize(
    ("country", "clock"), [("AL", ""), ("AL", LETTER_DAY), ("BE", ""), ("DE", LETTER_DAY), ("NL", ""), ("TV", "")]
)
def test_a_country_is_a_briefing_of_two_pages(page: Page, country: str, clock: str):
    page.goto(f"/countries/{country}/?{clock}")
    assert sheets(page) <= 2


def test_what_is_left_out_on_paper_is_where_it_says(page: Page):
    page.goto("/countries/NL/")
    page.emulate_media(media="print")
    section = page.locator("section").filter(has_text=re.compile(r"\d+ more at http")).first
    number, address = re.search(r"(\d+) more at (\S+)", section.inner_text()).groups()
    rows = section.locator("tbody tr")
    assert rows.filter(visible=False).count() == int(number)
    assert page.request.get(address).ok


@pytest.mark.parametrize(("level", "sheet"), [("internal", "internal-en"), ("confidential", "confidential")])
def test_what_is_not_public_is_said_on_every_sheet(page: Page, level: str, sheet: str):
    page.goto("/marks/")
    expect(page.locator("body")).to_have_css("page", "auto")
    page.emulate_media(media="print")
    page.evaluate("level => document.body.insertAdjacentHTML('beforeend', `<p class='classified--${level}'>`)", level)
    expect(page.locator("body")).to_have_css("page", sheet)


def test_the_head_of_a_table_is_on_every_sheet(page: Page):
    page.goto("/placements/")
    page.emulate_media(media="print")
    expect(page.locator("#table thead").first).to_have_css("display", "table-header-group")
    expect(page.locator("#table thead th").first).to_have_css("position", "static")
