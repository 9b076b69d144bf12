"""The button that copies a citation."""

import pytest
from playwright.sync_api import Page, expect

from .pages import LETTER_DAY

DETAIL = f"/placements/politie-lo-albanie-2021/?{LETTER_DAY}"


def clipboard(page: Page, kind: str) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page.evaluate(
        "async kind => (await (await navigator.clipboard.read())[0].getType(kind)).text()",
        kind,
    )


def test_a_citation_is_copied_as_text_and_as_rich_text(page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(DETAIL)
    cited = page.locator(".citation").inner_text()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("copy-button [aria-live]")).to_have_text("Copied")
    assert clipboard(page, "text/plain") == cited
    assert f'<a href="{page.url}' in clipboard(page, "text/html").replace("&amp;", "&")


def test_a_citation_that_htmx_brought_is_copied_as_well(page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/placements/?{LETTER_DAY}")
    page.get_by_role("columnheader").get_by_role("link", name="Started").click()
    page.wait_for_url("**sort=start**")
    page.get_by_text("Cite this answer").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("copy-button [aria-live]").filter(has_text="Copied")).to_have_count(1)
    assert "sort=start" in clipboard(page, "text/plain")


def test_a_citation_is_whole(page: Page):
    page.goto(DETAIL)
    assert page.locator(".citation").evaluate("one => one.scrollHeight <= one.clientHeight + 1")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_javascript_there_is_no_button(page: Page):
    page.goto(DETAIL)
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    expect(page.locator(".citation")).to_contain_text("validOn=2021-12-02")
