"""The three users of the register with their own questions, without JavaScript."""

import csv
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from .pages import AFTERWARDS, LETTER_DAY

pytestmark = pytest.mark.browser_context_args(java_script_enabled=False)
SCHENGEN_BORDERS_CODE = "Schengen Borders Code (revision)"


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def places(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main")


def results(page: Page) -> Locator:
    return page.locator("#table")


def row(page: Page, title: str) -> Locator:
    return results(page).get_by_role("row").filter(has=page.get_by_role("rowheader").filter(has_text=title))


def titles(page: Page) -> list[str]:
    page.wait_for_load_state()  # a click ends when the next page begins to come in
    return results(page).locator("a.row").all_inner_texts()


def keys(page: Page) -> list[str]:
    page.wait_for_load_state()  # a click ends when the next page begins to come in
    links = results(page).locator("a.row").all()
    return [urlsplit(link.get_attribute("href")).path.split("/")[-2] for link in links]


def fold(page: Page, legend: str) -> Locator:
    """What unfolds this part of the filter."""
    return page.locator(".filter__more summary").get_by_text(legend, exact=True)


def set_clock(page: Page, day: str) -> None:
    clock = page.get_by_role("region", name="Clock")
    clock.get_by_text("Other days").click()
    clock.get_by_label("State on").fill(day)
    clock.get_by_label("as known on").fill(day)
    clock.get_by_role("button", name="Show").click()


def tab_to(page: Page, there: Locator, at_most: int = 120) -> None:
    for _press in range(at_most):
        page.keyboard.press("Tab")
        if there.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{at_most} presses of the Tab key do not lead to {there}")


class TestTheAnalyst:
    def test_who_sits_in_and_who_covers_albania(self, page: Page):
        page.goto("/")
        places(page).get_by_role("link", name="Placements").click()
        page.get_by_role("group", name="Country", exact=True).get_by_role("combobox").fill("Albania")
        page.get_by_role("button", name="Show results").click()
        set_clock(page, "2021-12-02")

        expect(page.get_by_role("region", name="Clock")).to_contain_text("Not today")
        expect(page.get_by_role("status")).to_contain_text(
            "1 placement (Country: Albania) on 2 December 2021: 1 active"
        )
        results(page).get_by_text("3 more on this page").click()
        liaison, vienna = row(page, "Liaison officer, Albania (2021)"), row(page, "Austria, Albania and Italy")
        expect(liaison).to_contain_text("active")
        expect(vienna).to_contain_text("covers Albania")
        expect(vienna).to_contain_text("not known")

        page.get_by_role("link", name="Remove filter Country: Albania").click()
        assert query(page) == {"validOn": ["2021-12-02"], "knownOn": ["2021-12-02"]}
        expect(page.get_by_role("list", name="Active filters")).to_have_count(0)

    def test_sorts_pages_and_takes_the_rows_along(self, page: Page):
        page.goto(f"/placements/?{LETTER_DAY}")
        results(page).get_by_role("columnheader").get_by_role("link", name="Started").click()
        expect(results(page).get_by_role("columnheader", name="Started")).to_have_attribute("aria-sort", "ascending")
        on_pages = titles(page)
        while (following := page.get_by_role("link", name="Next page")).count():
            with page.expect_navigation():
                following.click()
            on_pages += titles(page)
        assert len(on_pages) == len(set(on_pages)) > 50
        assert query(page)["validOn"] == ["2021-12-02"]

        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        with open(download.value.path(), encoding="utf-8-sig") as file:
            assert [line["Post"] for line in csv.DictReader(file)] == on_pages

    def test_by_keyboard_only(self, page: Page):
        page.goto("/placements/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        countries = page.get_by_role("group", name="Country", exact=True)
        tab_to(page, countries.get_by_role("combobox"))
        page.keyboard.type("Albania")
        tab_to(page, fold(page, "Stage"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("group", name="Stage").get_by_label("active"))
        page.keyboard.press("Space")
        tab_to(page, fold(page, "More filters"))
        page.keyboard.press("Enter")
        tab_to(page, fold(page, "Started"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("button", name="Show these choices").filter(visible=True))
        page.keyboard.press("Enter")
        expect(page.get_by_label("Started from")).to_be_visible()
        tab_to(page, page.get_by_role("button", name="Show results"))
        page.keyboard.press("Enter")
        page.wait_for_url("**country=Albania**")
        assert query(page)["stage"] == ["active"]
        expect(page.get_by_role("list", name="Active filters")).to_contain_text("Country: Albania")


class TestThePolicyOfficer:
    def test_the_package_of_december_2021(self, page: Page):
        page.goto("/")
        places(page).get_by_role("link", name="EU").click()
        fold(page, "More filters").click()
        fold(page, "Other properties").click()
        page.get_by_role("button", name="Show these choices").filter(visible=True).click()
        page.locator("[name=package]").and_(page.get_by_label("Schengen package of December 2021")).check()
        page.get_by_role("button", name="Show results").click()

        set_clock(page, "2021-12-02")
        assert len(keys(page)) == 4
        for line in results(page).locator("tbody tr").all():
            expect(line).to_contain_text("announced")
            expect(line).to_contain_text("8 Dec 2021")

        set_clock(page, "2022-02-05")
        came = row(page, SCHENGEN_BORDERS_CODE)
        expect(came).to_contain_text("14 Dec 2021")
        expect(came).to_contain_text("was expected 8 Dec 2021")
        expect(results(page).get_by_text("was expected")).to_have_count(1)
        came.get_by_role("rowheader").get_by_role("link").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(SCHENGEN_BORDERS_CODE)
        expect(page.locator("#timeline")).to_contain_text("6 days later")

    def test_from_a_fact_to_its_source(self, page: Page):
        page.goto(f"/eu/schengengrenscode-herziening/?{AFTERWARDS}")
        fact = page.locator("#timeline li").filter(has_text="14 Dec 2021")
        mark = fact.get_by_role("link", name=re.compile("^Source "))
        mark.click()
        entry = page.locator(":target")
        expect(entry).to_be_in_viewport()
        link = entry.get_by_role("link").first
        title = link.inner_text()
        link.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator("#uses")).to_contain_text(SCHENGEN_BORDERS_CODE)
        assert query(page)["knownOn"] == ["2022-02-05"]

    def test_the_language_is_remembered_and_keeps_the_clock(self, page: Page):
        page.goto(f"/eu/?package=schengen-2021-12&{AFTERWARDS}")
        page.get_by_role("link", name="Nederlands").click()
        expect(page.locator("html")).to_have_attribute("lang", "nl")
        assert {name: query(page)[name] for name in ("package", "validOn", "knownOn")} == {
            "package": ["schengen-2021-12"],
            "validOn": ["2022-02-05"],
            "knownOn": ["2022-02-05"],
        }
        page.locator(".nav-bar a").first.click()
        assert "lang" not in query(page)
        expect(page.locator("html")).to_have_attribute("lang", "nl")
        assert query(page)["validOn"] == ["2022-02-05"]


class TestTheIntegrator:
    @pytest.mark.parametrize(
        "path", [f"/placements/?country=AL&sort=-start&{LETTER_DAY}", "/eu/?disputed=true&q=pr%C3%BCm"]
    )
    def test_the_same_in_the_api(self, page: Page, path: str):
        page.goto(path)
        on_page = keys(page)
        assert on_page
        link = page.locator(".api-address a")
        assert link.get_attribute("href") == link.inner_text()
        with page.expect_response("**/api/v1/**") as answer:
            link.click()
        assert answer.value.headers["content-type"].startswith("application/json")
        assert [record["key"] for record in answer.value.json()["results"]] == on_page

    def test_the_docs_name_every_path(self, page: Page, base_url):
        page.goto("/api/docs/")
        with page.expect_response("**/openapi.json") as answer:
            page.get_by_role("link", name="openapi.json").click()
        described = {f"/api/v1{path}" for path in answer.value.json()["paths"]}
        page.go_back()
        named = page.get_by_role("navigation", name="All addresses").locator("code").all_inner_texts()
        assert set(named) == described
