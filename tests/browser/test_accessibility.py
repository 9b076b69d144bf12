"""Every kind of page by machine: WCAG 2.2 AA and best practice, both languages, wide and narrow, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .pages import FAULTY, PAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_RULE = {"runOnly": {"type": "tag", "values": RULES}}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 380, "height": 800}
# Pages whose parts are all on another page too, with other data: what axe finds there it finds on that one.
SAME_PARTS = {
    "home on a past clock",
    "placements by year as a chart",
    "everything in a cross table",
    "EU proposals by filters",
    "EU proposals as a board on a past clock",
    "Benelux before 2018",
    "treaties",
    "provisions",
    "EU proposal, expected",
    "EU proposal, repealed",
    "EU proposal, expired",
    "placement, with a planned end",
    "placement, not known",
    "placement, ended",
    "placement, planned",
    "Interpol item, disputed",
    "MoUs",
    "timeline, what is to come",
    "gaps of a group on a past clock",
}
axe = Axe()


def faults(page: Page) -> list[str]:
    found = axe.run(page, options={"resultTypes": ["violations"], "preload": False, **EVERY_RULE})
    return [f"{v['id']}: {node['html']}" for v in found.response["violations"] for node in v["nodes"]]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def check(page: Page, path: str, status: int = 200) -> None:
    """A page wide, in Dutch and light; then narrow, in English and dark, with everything unfolded that can be.

    What depends on two of these at once is rare, and each more combination costs a quarter of a minute over all pages.
    """
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    opened(page, path, "nl", status)
    assert sideways(page) <= 0
    assert faults(page) == []

    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark")
    opened(page, path, "en", status)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert faults(page) == []
    for width in (380, 320, 640):  # 640 is the wide window at 200%, 320 at 400%
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) <= 0


def opened(page: Page, path: str, language: str, status: int) -> None:
    response = page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert response.status == status
    assert page.locator("html").get_attribute("lang") == language


def test_what_is_left_out_is_a_page():
    assert set(PAGES) > SAME_PARTS


@pytest.mark.parametrize("name", [name for name in PAGES if name not in SAME_PARTS])
def test_page(page: Page, name: str):
    check(page, PAGES[name], FAULTY.get(name, 200))
