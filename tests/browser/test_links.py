"""Every link on the pages leads somewhere, and takes the clock along."""

from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import parse_qs, urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.urls import resolve

from config.kinds import KINDS

from .pages import LETTER_DAY, PAGES

INSTRUMENTS = [kind.resource for kind in KINDS]
CLOCK = {"validOn": ["2021-12-02"], "knownOn": ["2021-12-02"]}
EVERY_KIND = {
    *("home", "countries", "country", "sources-list", "source", "organisation", "marks", "api-docs", "openapi"),
    "api-docs-resource",
    *("instruments-list", "milestones-list", "commitments-list", "organisations-list", "benelux"),
    *(f"{resource}-list" for resource in INSTRUMENTS),
    *(f"{resource}-detail" for resource in INSTRUMENTS if resource != "provisions"),  # one address with treaties
}
WITHOUT_CLOCK = ("/api/v1/openapi.json",)  # the description is the same on any day


class Links(HTMLParser):
    """The addresses in a page; those by which the clock or the language is changed stand apart."""

    def __init__(self, text: str):
        super().__init__()
        self.addresses, self.changes, self._in_clock = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "section":
            self._in_clock = "clock" in given.get("class", "").split()
        if tag == "a" and not given["href"].startswith(("#", "mailto:")):
            (self.changes if self._in_clock or "hreflang" in given else self.addresses).append(given["href"])

    def handle_endtag(self, tag):
        if tag == "section":
            self._in_clock = False


def get(address: str, language: str) -> tuple[int, str]:
    """The status and, of a page, the text."""
    try:
        with urlopen(Request(address, headers={"Accept-Language": language}), timeout=30) as answer:
            is_page = answer.headers.get_content_type() == "text/html"
            return answer.status, answer.read().decode() if is_page else ""
    except HTTPError as error:
        return error.code, error.read().decode()


def links_of_the_site(address: str, text: str, site: str) -> Iterator[str]:
    for link in Links(text).addresses:
        whole = urljoin(address, link).partition("#")[0]
        if whole.startswith(f"{site}/"):
            yield whole


# Pages that also lead to a day beside the one that is asked: that of the other state, or of a source that counts.
ON_OTHER_DAYS = ("gaps", "gaps of a group on a past clock", *(name for name in PAGES if name.startswith("placements")))


@pytest.mark.parametrize("name", [name for name in PAGES if name != "bad request"])
def test_the_clock_travels_in_every_link(base_url, name):
    path = urlsplit(PAGES[name])
    others = [part for part in path.query.split("&") if part and not part.startswith(("validOn", "knownOn"))]
    address = f"{base_url}{path.path}?{'&'.join([*others, LETTER_DAY])}"
    _status, text = get(address, "nl")

    def has_clock(query: dict) -> bool:
        return CLOCK.items() <= query.items() or (name in ON_OTHER_DAYS and CLOCK.keys() <= query.keys())

    lost = [
        link
        for link in links_of_the_site(address, text, base_url)
        if (asked := urlsplit(link)).path not in WITHOUT_CLOCK and not has_clock(parse_qs(asked.query))
    ]
    # An empty list offers the state of today, and the docs of the API are the same on any day.
    empty = {"saved views": "/views/", "placements without results": "/placements/?q=zzzz"}
    offered = "/api/docs/" if name.startswith("API docs") else empty.get(name)
    lost = [link for link in lost if link != f"{base_url}{offered}"]
    # Two languages, and back to today where a day means something.
    assert len(Links(text).changes) == (3 if '<section class="clock' in text else 2)
    assert lost == []


@pytest.mark.parametrize(("clock", "language"), [("", "nl"), (f"?{LETTER_DAY}", "en")], ids=["today", "letter day"])
def test_no_link_is_dead(base_url, clock, language):
    """From the first page on, through all kinds of pages and of questions, some of each."""
    start = f"{base_url}/{clock}"
    waiting, seen, questions, pages = deque([start]), {start}, Counter(), Counter()
    while waiting:
        address = waiting.popleft()
        name, keys = kind(address)
        if questions[name, keys] == 2 or pages[name] == 6:
            continue
        status, text = get(address, language)
        assert status < 400, address
        questions[name, keys] += 1
        pages[name] += 1
        for link in links_of_the_site(address, text, base_url):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    assert pages.keys() >= EVERY_KIND


def kind(address: str) -> tuple[str, frozenset[str]]:
    """Which page, asked by which keys."""
    asked = urlsplit(address)
    return resolve(asked.path).url_name, frozenset(parse_qs(asked.query)) - set(CLOCK)
