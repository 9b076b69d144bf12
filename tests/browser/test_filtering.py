"""With JavaScript the results follow each change of the filter: nothing jumps, the address is right, all is said."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .pages import LETTER_DAY
from .test_accessibility import faults
from .test_journeys import fold, keys, query, row, tab_to


def group(page: Page, name: str) -> Locator:
    """A field of the filter, unfolded."""
    folded = page.locator("details.filter__more:not([open]) > summary").get_by_text(name, exact=True)
    if folded.count():
        folded.first.click()
    return page.get_by_role("group", name=name, exact=True)


def number(page: Page, of: str, choice: str) -> str:
    """The number that stands behind a choice."""
    label = group(page, of).locator("label").filter(has_text=re.compile(rf"^\s*{choice}\s*\d"))
    return label.locator("small").inner_text()


def country(page: Page) -> Locator:
    """The text in which a country is typed."""
    return group(page, "Country").get_by_role("combobox")


def type_country(page: Page, name: str) -> None:
    country(page).fill(name)
    country(page).press("Tab")


def said(page: Page) -> Locator:
    return page.get_by_role("status")


@pytest.fixture
def placements(page: Page) -> Page:
    """The list on the day of the letter; the mark in its window is gone once the page is loaded anew."""
    page.goto(f"/placements/?{LETTER_DAY}")
    page.evaluate("window.sameDocument = true")
    return page


def is_same_document(page: Page) -> bool:
    return page.evaluate("window.sameDocument === true")


def test_results_numbers_and_chips_follow_a_choice_and_the_focus_stays(placements: Page):
    active = group(placements, "Stage").get_by_label("active")
    active.check()
    expect(said(placements)).to_contain_text("placements (Stage: active) on 2 December 2021")
    placements.wait_for_url("**stage=active**")
    expect(active).to_be_focused()
    active.uncheck()
    placements.wait_for_url(lambda address: "stage" not in address)
    type_country(placements, "albanie")  # in Dutch, without its accent
    expect(said(placements)).to_contain_text("1 placement (Country: Albania) on 2 December 2021: 1 active")
    assert is_same_document(placements)
    assert query(placements) == {"country": ["AL"], "validOn": ["2021-12-02"], "knownOn": ["2021-12-02"]}
    expect(group(placements, "Country").get_by_label("Albania")).to_be_checked()
    expect(country(placements)).to_have_value("")
    assert number(placements, "Country", "Albania") == "4"
    assert number(placements, "Stage", "active") == "1"
    assert number(placements, "Stage", "planned") == "0"
    expect(placements.get_by_role("list", name="Active filters")).to_contain_text("Country: Albania")
    assert faults(placements) == []


def test_the_same_question_gives_the_same_without_javascript(
    placements: Page, browser: Browser, base_url, browser_context_args
):
    group(placements, "Stage").get_by_label("not known").check()
    placements.wait_for_url("**stage=not_known**")
    type_country(placements, "Albania")
    placements.wait_for_url("**country=AL**")
    expect(said(placements)).to_contain_text("not known")
    with browser.new_context(**{**browser_context_args, "base_url": base_url, "java_script_enabled": False}) as plain:
        page = plain.new_page()
        page.goto(f"/placements/?{LETTER_DAY}")
        group(page, "Stage").get_by_label("not known").check()
        country(page).fill("Albania")
        page.get_by_role("button", name="Show results").click()
        expect(group(page, "Country").get_by_label("Albania")).to_be_checked()
        assert keys(page) == keys(placements) != []
        assert said(page).inner_text() == said(placements).inner_text()
        assert number(page, "Kind", "liaison officer") == number(placements, "Kind", "liaison officer")


def test_words_are_waited_for_and_what_is_typed_stays(placements: Page):
    words = placements.get_by_label("Words", exact=True)
    words.press_sequentially("tirana", delay=20)
    placements.wait_for_url("**q=tirana**")
    expect(placements.get_by_role("list", name="Active filters")).to_contain_text("Words: tirana")
    expect(words).to_be_focused()
    expect(words).to_have_value("tirana")
    assert is_same_document(placements)


def test_a_chip_takes_its_filter_off_in_the_form_too(page: Page):
    page.goto(f"/placements/?country=AL&stage=active&{LETTER_DAY}")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name="Remove filter Stage: active").click()
    expect(said(page)).to_contain_text("1 placement (Country: Albania) on")
    expect(page.locator("#results")).to_be_focused()
    expect(group(page, "Stage").get_by_label("active", exact=False).first).not_to_be_checked()
    assert is_same_document(page)


def go_back(page: Page) -> None:
    """As the button does; what an earlier step still loads is then let go, which is no fault."""
    page.wait_for_load_state("networkidle")
    page.evaluate("history.back()")
    page.wait_for_load_state("networkidle")


def test_pages_sorting_and_views_follow_and_the_way_back_is_right(placements: Page):
    first = keys(placements)
    placements.get_by_role("link", name="Next page").click()
    placements.wait_for_url("**page=2")
    expect(said(placements)).to_contain_text("Page 2 of")
    second = keys(placements)
    assert not set(first) & set(second)
    head = placements.get_by_role("columnheader").get_by_role("link", name="Started")
    head.click()
    expect(placements.get_by_role("columnheader", name="Started")).to_have_attribute("aria-sort", "ascending")
    expect(head).to_be_focused()
    placements.get_by_role("navigation", name="Views").get_by_role("link", name="Map").click()
    expect(placements.locator("#map")).to_be_visible()
    assert query(placements) | {"sort": ["start"], "view": ["map"]} == query(placements)
    assert is_same_document(placements)
    group(placements, "Stage").get_by_label("planned").check()  # the form goes on from the view that is shown
    placements.wait_for_url("**stage=planned**")
    assert query(placements)["view"] == ["map"]

    go_back(placements)
    expect(placements.locator("#map")).to_be_visible()
    expect(group(placements, "Stage").get_by_label("planned")).not_to_be_checked()
    go_back(placements)
    placements.wait_for_url(lambda address: "view" not in address)
    expect(placements.locator("#table")).to_be_visible()
    go_back(placements)
    placements.wait_for_url("**page=2")
    expect(said(placements)).to_contain_text("Page 2 of")
    assert keys(placements) == second


def test_a_fault_is_said_beside_its_field_and_goes_when_it_is_put_right(placements: Page):
    until = placements.get_by_label("Started until")
    fold(placements, "More filters").click()
    fold(placements, "Started").click()
    placements.get_by_label("Started from").fill("2021-12-31")
    placements.wait_for_url("**startFrom=2021-12-31**")
    until.fill("2021-01-01")
    expect(placements.get_by_role("alert")).to_contain_text("One thing in your question is not right")
    expect(placements.locator("#fault-startUntil")).to_contain_text("Lies before the day in")
    expect(said(placements)).to_contain_text("the question has a fault")
    expect(until).to_be_visible()
    until.fill("2022-12-31")
    expect(placements.locator("#fault-startUntil")).to_have_text("")
    expect(said(placements)).to_contain_text("placements (Started from")
    assert is_same_document(placements)


def test_the_fields_of_a_folded_group_come_when_it_is_opened(placements: Page):
    errors = []
    placements.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    type_country(placements, "Albania")
    placements.wait_for_url("**country=AL**")
    fold(placements, "Theme").click()
    themes = placements.locator("#field-theme input[type=checkbox]")
    expect(themes.first).to_be_visible()
    assert 0 < themes.count() < 10  # only what has records
    themes.first.check()
    placements.wait_for_url("**theme=**")
    expect(themes.first).to_be_checked()
    group(placements, "Stage").get_by_label("not known").check()  # the numbers of the group follow
    placements.wait_for_url("**stage=not_known**")
    assert "filters" not in placements.url
    assert is_same_document(placements)
    assert errors == []


def test_a_failed_request_is_said_in_words(placements: Page):
    before = keys(placements)
    placements.evaluate("console.error = () => {}")  # htmx says it there as well
    placements.route("**/placements/?*", lambda route: route.fulfill(status=500, body=""))
    group(placements, "Stage").get_by_label("planned").check()
    expect(placements.get_by_role("alert")).to_contain_text("could not be fetched")
    assert keys(placements) == before
    placements.unroute("**/placements/?*")
    group(placements, "Stage").get_by_label("planned").uncheck()
    expect(placements.get_by_text("could not be fetched")).to_be_hidden()


def test_by_keyboard_only(placements: Page):
    tab_to(placements, country(placements))
    placements.keyboard.type("Albania")
    placements.keyboard.press("Tab")
    expect(said(placements)).to_contain_text("(Country: Albania)")
    expect(fold(placements, "Stage")).to_be_focused()  # although what it folds was replaced
    placements.keyboard.press("Shift+Tab")
    expect(country(placements)).to_be_focused()
    placements.keyboard.press("Shift+Tab")
    expect(group(placements, "Country").get_by_label("Albania")).to_be_focused()
    placements.keyboard.press("Space")
    expect(said(placements)).not_to_contain_text("Albania)")
    expect(country(placements)).to_be_focused()  # its box is gone
    placements.keyboard.type("Atlantis")
    placements.keyboard.press("Enter")
    expect(placements.locator("#fault-country")).to_contain_text("“Atlantis” is not a country here")
    expect(country(placements)).to_have_value("Atlantis")
    assert is_same_document(placements)


def test_back_from_a_record_shows_the_whole_page(placements: Page):
    """The browser must not take the part that was fetched last for the page of that address."""
    type_country(placements, "Albania")
    placements.wait_for_url("**country=AL**")
    expect(said(placements)).to_contain_text("(Country: Albania)")
    row(placements, "Liaison officer, Albania (2021)").get_by_role("rowheader").get_by_role("link").click()
    expect(placements.get_by_role("heading", level=1)).to_contain_text("Liaison officer")
    placements.go_back()
    expect(placements.get_by_role("heading", level=1)).to_have_text("Placements")
    expect(placements.get_by_role("navigation", name="Main")).to_be_visible()
    expect(said(placements)).to_contain_text("(Country: Albania)")
    assert len(keys(placements)) == 4


def test_the_maps_of_two_days_come_when_they_are_asked_for(page: Page):
    page.goto(f"/placements/?view=changes&against=2015-09-08&{LETTER_DAY}")
    page.get_by_text("Maps of both days").click()
    expect(page.locator(".maps figure.map")).to_have_count(2)
    shown = said(page).inner_text()
    expect(page.locator(".maps")).to_contain_text("A country has a post")
    assert said(page).inner_text() == shown
    assert query(page)["view"] == ["changes"]
    assert faults(page) == []
