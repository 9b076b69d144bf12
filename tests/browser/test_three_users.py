"""The three users, each with five questions: the answer is at most three clicks away, and stands in sight."""

import re

import pytest
from playwright.sync_api import Page, expect

from .pages import LETTER_DAY

MOST_CLICKS = 3
MOST_STOPS = 15  # presses of Tab from the search field of the filter to the first row


class Walk:
    """A person who begins at the first page; each link, button or suggestion that is pressed is a click."""

    def __init__(self, page: Page, start: str = "/"):
        self.page, self.clicks = page, 0
        page.goto(start)

    def click(self, name: str, role: str = "link", within: str = "body") -> "Walk":
        self.clicks += 1
        self.page.locator(within).get_by_role(role).filter(has_text=re.compile(name)).first.click()
        return self

    def open(self, words: str, within: str = "body") -> "Walk":
        self.clicks += 1
        self.page.locator(f"{within} summary").get_by_text(words).first.click()
        return self

    def search(self, words: str) -> "Walk":
        self.clicks += 1
        self.page.locator(".search input[type=search], .search input[name=q]").first.fill(words)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/search/?**")
        return self

    def reads(self, words: str, within: str = "main") -> None:
        assert self.clicks <= MOST_CLICKS
        expect(self.page.locator(within)).to_contain_text(re.compile(words))


class TestPolicyStaff:
    def test_what_moved_lately(self, page):
        Walk(page, f"/?{LETTER_DAY}").reads("EMPACT 2022-2025")

    def test_what_is_due_in_the_coming_weeks(self, page):
        Walk(page, f"/?{LETTER_DAY}").click("Expected in the coming 90 days").reads("Prüm II")

    def test_which_commitments_are_open(self, page):
        Walk(page).click("Commitments", within="nav.nav-bar").reads(r"\d+ commitments")

    def test_where_the_file_on_prum_stands(self, page):
        Walk(page).search("Prüm II").click("Prüm II", within="main").reads("in force")

    def test_what_parliament_was_told_in_the_letter(self, page):
        Walk(page).search("29628 nr 1053").click("Halfjaarbericht Politie 2021", within="main").reads("2 December 2021")


class TestAnalyst:
    def test_who_covers_albania_on_the_day_of_the_letter(self, page):
        Walk(page).search("albania 2 dec 2021").click("Albania", within="main").reads("1 post")

    def test_how_many_posts_stand(self, page):
        Walk(page, f"/?{LETTER_DAY}").click("Placements", within="nav.nav-bar").reads(
            "12 placements.*5 active.*7 unconfirmed"
        )

    def test_where_a_post_was_last_seen_long_ago(self, page):
        Walk(page).click("Placements", within="nav.nav-bar").click("Gaps").reads("no source after")

    def test_takes_the_numbers_along(self, page):
        walk = Walk(page, f"/placements/?{LETTER_DAY}")
        with page.expect_download() as download:
            walk.click("^CSV$")
        assert download.value.suggested_filename.endswith(".csv")
        assert walk.clicks <= MOST_CLICKS

    def test_posts_on_a_map(self, page):
        Walk(page).click("Placements", within="nav.nav-bar").click("Map", within="#results").reads("post")


class TestIntegrator:
    def test_finds_the_documentation(self, page):
        Walk(page).click("^API$", within="footer").reads("openapi")

    def test_reads_what_a_resource_gives(self, page):
        Walk(page).click("^API$", within="footer").click("placements", within="main").reads("stageCertain")

    def test_sees_the_same_in_the_api(self, page):
        walk = Walk(page).click("Placements", within="nav.nav-bar").click("/api/v1/placements", within="#results")
        walk.reads('"results"', within="body")

    def test_the_address_of_one_record_in_the_api(self, page):
        walk = Walk(page, "/eu/prum-ii-verordening/").click("/api/v1/eu-proposals")
        walk.reads('"key":"prum-ii-verordening"', within="body")

    def test_follows_a_fact_to_its_source(self, page):
        Walk(page, f"/placements/politie-lo-albanie-2021/?{LETTER_DAY}").click("^1$", within="main").reads(
            "open source|source"
        )


LISTS = ["/placements/", "/eu/", "/interpol/", "/mous/", "/initiatives/", "/benelux/provisions/", "/commitments/"]


@pytest.mark.parametrize("path", LISTS)
def test_few_stops_lead_to_the_first_row(page, path):
    page.goto(path)
    page.locator("#filter-form input[name=q]").focus()
    for stops in range(1, MOST_STOPS + 1):  # noqa: B007  (the number is what the message tells)
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#table tbody') !== null"):
            return
    pytest.fail(f"after {MOST_STOPS} stops: {page.evaluate('document.activeElement.outerHTML')[:200]}")


@pytest.mark.parametrize("path", ["/placements/", "/eu/", "/interpol/", "/mous/"])
def test_no_row_is_longer_than_a_name_and_three_small_lines(page, path):
    page.goto(path)
    tall = page.evaluate(
        """() => [...document.querySelectorAll("#table > .table--stack tbody tr")]
            .filter((row) => row.clientHeight > 96).map((row) => row.innerText.slice(0, 80))"""
    )
    assert tall == []


@pytest.mark.browser_context_args(viewport={"width": 380, "height": 800})
def test_on_a_phone_the_filter_is_a_sheet_and_the_number_stays_in_sight(page):
    page.goto(f"/placements/?country=AL&{LETTER_DAY}")
    page.evaluate("window.scrollTo(0, 900)")
    bar = page.locator("#filter-summary")
    expect(bar).to_be_in_viewport()
    expect(bar).to_contain_text("4 placements")
    bar.click()
    button = page.get_by_role("button", name="Show 4 placements")
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.locator(".filter")).not_to_have_attribute("open", "")
