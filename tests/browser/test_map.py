"""The map in a browser: names that can be read and hit, on a wide screen and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from .pages import LETTER_DAY

pytestmark = pytest.mark.browser_context_args(java_script_enabled=False)

PATHS = [f"/?{LETTER_DAY}", f"/placements/?view=map&{LETTER_DAY}"]


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("path", PATHS)
def test_names_beside_small_countries_are_large_enough_to_hit(page: Page, path: str, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    names = page.locator(".map__names rect[height='24']:visible").all()
    assert len(names) > 5
    sizes = [name.bounding_box() for name in names]
    assert [size for size in sizes if size["height"] < 24 or size["width"] < 24] == []


def test_a_name_leads_to_the_country(page: Page):
    page.goto(PATHS[0])
    page.locator(".map__view--europe .map__names a:visible[href^='/countries/BE/']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Belgium")


def test_a_small_country_can_be_hit_where_it_lies(page: Page):
    page.goto(PATHS[0])
    dots = page.locator(".map__view--world .map__hit").all()
    assert dots
    for dot in dots:
        assert dot.evaluate("one => getComputedStyle(one).strokeWidth") == "24px"
