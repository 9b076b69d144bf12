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


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page(page: Page, name: str, language: str):
    path = PAGES[name]
    response = page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert response.status == FAULTY.get(name, 200)
    assert page.locator("html").get_attribute("lang") == language
    assert faults(page, EVERY_RULE if language == "nl" else ALL_BUT_COLOURS) == []
    assert sideways(page) <= 0
    if language == "nl":  # the same words in another language have the same colours
        page.emulate_media(color_scheme="dark")
        assert faults(page, COLOURS) == []

    # On a small screen, with everything unfolded that can be. Its colours are the same.
    page.set_viewport_size({"width": 380, "height": 800})
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert faults(page, ALL_BUT_COLOURS) == []
    for width in (380, 320, 640):  # 640 is the wide window at 200%, 320 at 400%
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) <= 0
