"""Signing in as people do: with an app and without JavaScript, with a passkey; and every page by machine."""

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from tests.accounts.people import PASSWORD, code

from .test_accessibility import check
from .test_saved_views import beside

WHO = {"username": "boss", "password": PASSWORD}


@pytest.fixture
def boss(site, django_db_blocker):
    """An account that may do everything, in the database of the site that is served."""

    def gone():
        User.objects.filter(username=WHO["username"]).delete()

    with django_db_blocker.unblock():
        beside(gone)
        beside(lambda: User.objects.create_superuser(**WHO))
        yield
        beside(gone)


def sign_in(page: Page, address: str = "/login/?next=/admin/") -> None:
    page.goto(address)
    page.get_by_label("Username").fill(WHO["username"])
    page.get_by_label("Password").fill(WHO["password"])
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).press("Enter")


def set_up_app(page: Page) -> str:
    page.get_by_role("link", name="Set up an app").press("Enter")
    secret = page.locator("main code").inner_text()
    page.get_by_label("Code", exact=True).fill(code(secret))
    page.get_by_role("button", name="Set up").press("Enter")
    return secret


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_with_an_app_and_without_javascript(page: Page, boss):
    sign_in(page)
    expect(page.get_by_role("heading", name="Set up a second factor first")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Set up an app")
    set_up_app(page)
    expect(page.get_by_role("main")).to_contain_text("10 of 10 codes are left")
    recovery = page.locator("main li code").first.inner_text()
    page.get_by_role("link", name="I have kept them: go on").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Correct the register")
    page.get_by_role("button", name="Log out").press("Enter")

    sign_in(page)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    page.get_by_label("Code", exact=True).fill(recovery)
    page.get_by_role("main").get_by_role("button", name="Sign in").press("Enter")
    assert urlsplit(page.url).path == "/admin/"


def test_every_page_by_machine(page: Page, boss):
    def check_here() -> None:
        check(page, urlsplit(page.url).path)

    page.goto("/login/")
    check_here()
    sign_in(page)
    check_here()
    page.get_by_role("link", name="Set up an app").press("Enter")
    check_here()
    page.goto("/account/")
    set_up_app(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    check_here()
    for path in (
        "/account/",
        "/account/password/",
        "/account/sessions/",
        "/account/recovery-codes/",
        "/account/passkeys/add/",
        "/account/password-again/",
    ):
        page.goto(path)
        check_here()
    page.get_by_role("button", name="Sign out", exact=True).press("Enter")
    sign_in(page)
    check_here()


def test_with_a_passkey_alone(browser: Browser, site, boss):
    """On `localhost`, as a passkey belongs to a name and not to an address."""
    context = browser.new_context(locale="en-GB", base_url=site.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**key, "isUserVerified": True, "automaticPresenceSimulation": True}
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    sign_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("Laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto("/account/")
    expect(page.get_by_role("link", name="Remove Laptop")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()

    page.goto("/login/?next=/account/sessions/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    assert page.goto("/admin/").status == 200
    assert urlsplit(page.url).path == "/admin/"

    page.goto("/account/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Correct the register")

    page.goto("/account/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    devtools.send("WebAuthn.removeVirtualAuthenticator", added)
    page.goto("/login/")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": False}})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Your browser gave no passkey")).to_be_visible()
    context.close()
