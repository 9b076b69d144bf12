"""Every kind of page by machine: WCAG 2.2 AA and best practice, both languages, wide and narrow, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .pages import FAULTY, PAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_RULE = {"runOnly": {"type": "tag", "values": RULES}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL_BUT_COLOURS = {**EVERY_RULE, "rules": {"color-contrast": {"enabled": False}}}
axe = Axe()


def faults(page: Page, rules: dict) -> list[str]:
    found = axe.run(page, options={"resultTypes": ["violations"], "preload": False, **rules})
    return [f"{v['id']}: {node['html']}" for v in found.response["violations"] for node in v["nodes"]]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 380, "height": 800}


def check(page: Page, language: str) -> None:
    """A page as it was opened: wide, in the dark, and on a small screen with everything unfolded that can be.

    In the second language it is read on the small screen only: its colours are the same, and wide it has no more.
    """
    assert sideways(page) <= 0
    if language == "nl":
        assert faults(page, EVERY_RULE) == []
        page.emulate_media(color_scheme="dark")
        assert faults(page, COLOURS) == []

    page.set_viewport_size(NARROW)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert faults(page, ALL_BUT_COLOURS) == []  # they are the same as on a wide one
    for width in (380, 320, 640):  # 640 is the wide window at 200%, 320 at 400%
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) <= 0


@pytest.mark.parametrize("name", PAGES)
def test_page(page: Page, name: str):
    path = PAGES[name]
    for language in ("nl", "en"):
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        response = page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert response.status == FAULTY.get(name, 200)
        assert page.locator("html").get_attribute("lang") == language
        check(page, language)
