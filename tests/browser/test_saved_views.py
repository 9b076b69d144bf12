"""Saved views by hand, without JavaScript: signing in, saving, opening, changing, taking away."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import Page, expect

from cooperation.register.models import SavedView

from .pages import LETTER_DAY
from .test_accessibility import check

WHO = {"username": "test-analyst", "password": "correct-horse-battery"}
BALKANS = f"/placements/?group=western-balkans&countryRole=host&sort=-start&pageSize=5&{LETTER_DAY}"
NAME = "Posts <b>in</b> the Balkans"


def beside(work) -> None:
    """Where Django speaks to the database: not in the thread in which the browser keeps its loop."""

    def at_work():
        work()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(at_work).result()


@pytest.fixture
def analyst(site, django_db_blocker):
    """An account, gone afterwards with what it saved."""

    def gone():
        SavedView.objects.all().delete()
        User.objects.filter(username=WHO["username"]).delete()

    with django_db_blocker.unblock():
        beside(gone)
        beside(lambda: User.objects.create_user(**WHO))
        yield
        beside(gone)


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill(WHO["username"])
    page.get_by_label("Password").fill(WHO["password"])
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).press("Enter")


def save_the_balkans(page: Page) -> None:
    page.goto(BALKANS)
    page.get_by_role("link", name="Sign in to save it under a name").press("Enter")
    sign_in(page)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Share with everyone").press("Space")
    page.get_by_role("button", name="Save", exact=True).press("Enter")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_question_is_saved_opened_changed_and_taken_away(page: Page, analyst):
    save_the_balkans(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_role("main")).to_contain_text("11 placements")
    page.get_by_role("link", name="Open this view").press("Enter")
    assert "?view=posts-b-in-b-the-balkans-" in page.url
    expect(page.get_by_role("status")).to_contain_text("on 2 December 2021")
    page.get_by_role("link", name="Remove filter Role of the country: host country").press("Enter")
    expect(page.get_by_role("link", name="Remove filter Role")).to_have_count(0)
    expect(page.get_by_role("link", name="Remove filter Group")).to_have_count(1)

    page.get_by_role("link", name="Save this view").press("Enter")
    page.get_by_label("In place of").select_option(label=NAME)
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_role("main")).not_to_contain_text("host country")

    page.get_by_label("Share with everyone").press("Space")
    page.get_by_role("button", name="Change", exact=True).press("Enter")
    expect(page.get_by_role("main")).to_contain_text("private: only you see it")
    private = page.url
    page.get_by_role("button", name="Sign out").press("Enter")
    assert page.goto(private).status == 404

    page.goto(f"/login/?next={urlsplit(private).path}")
    sign_in(page)
    page.get_by_role("link", name="Delete this view").press("Enter")
    page.get_by_role("button", name="Yes, delete it").press("Enter")
    expect(page.get_by_role("main")).not_to_contain_text(NAME)


def test_pages_of_who_has_signed_in(page: Page, analyst):
    save_the_balkans(page)
    view, save = page.url, BALKANS.replace("/placements/", "/views/save/placements/")
    for path in (view, f"{view}delete/", "/views/", BALKANS, save):
        check(page, path)
