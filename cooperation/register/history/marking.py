"""Marking: an answer with records that are not public says so: in its head, on its page, behind each such record."""

import re

from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape

from ..models.reading import Classification, Reading

HEADER = "Classification"
PLACE = "<!-- classification -->"  # in the frame of a page: where its marking stands
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"?#]*)[^"]*"[^>]*>.*?</a>', re.DOTALL)


def mark(response: HttpResponseBase, read: Reading) -> None:
    """Mark an answer with the highest classification of what was read for it; one of public records stays as it is."""
    level = read.level
    if level == Classification.PUBLIC or response.has_header(HEADER):
        return
    response[HEADER] = level
    response["Cache-Control"] = "no-store"
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        response.content = mark_page(response.content.decode(), read)


def mark_page(page: str, read: Reading) -> str:
    """The page with its marking, and with a mark behind each link to a record that is not public.

    Found by its address, so that no row, card or list of any page has to remember it.
    """
    if PLACE in page:
        page = page.replace(PLACE, render_to_string("components/classified_page.html", _words(read.level)))
    marks = {
        address: render_to_string("components/classified.html", _words(level))
        for (resource, key), level in read.records.items()
        if (address := _address(resource, key))
    }
    return _LINK.sub(lambda link: link[0] + marks.get(link[1], ""), page) if marks else page


def _address(resource: str, key: str) -> str:
    return conditional_escape(reverse(f"{resource}-detail", args=[key]))


def _words(level: str) -> dict[str, str]:
    return {"level": level, "label": Classification(level).label}
