"""A browser that reaches the served site and nothing else, and that keeps no fault to itself."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Route

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """These tests come last: Playwright keeps a loop running in this thread, beside which Django gives no rows."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    others = [item for item in items if item not in ours]
    # pytest-playwright gives each test with such a parameter a browser, and pytest then moves these tests behind it.
    parametrized = [item for item in others if hasattr(item, "callspec")]
    if named := [item.nodeid for item in parametrized if "browser_name" in item.callspec.params]:
        raise pytest.UsageError(f"A parameter called `page`, `context` or `browser` is for browser tests: {named}")
    items[:] = others + ours


@pytest.fixture(scope="session", autouse=True)
def base_url(site):
    """The site is there before the browser; a page is asked by its path."""
    return site


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def context(context: BrowserContext, site) -> BrowserContext:
    """A test fails on a request to elsewhere, on a fault in the console, and on what the security policy refuses."""
    faults = []

    def refuse(route: Route):
        faults.append(f"asked another host: {route.request.url}")
        route.abort()

    def note(message: ConsoleMessage):
        # A page that is itself an error says so in the console: the tests name its status.
        # So it does of what was fetched for it (a bad question), and of a request that a newer one took the place of.
        here = message.page.url.partition("?")[0] if message.page else ""
        about_the_page = message.location["url"].partition("?")[0] == here
        given_up = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        if message.type == "error" and not about_the_page and not given_up:
            faults.append(f"{message.text} ({message.location['url']})")

    context.route(re.compile(f"^(?!{re.escape(site)}/)"), refuse)
    context.on("console", note)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    assert faults == []
