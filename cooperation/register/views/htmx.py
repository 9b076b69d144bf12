"""A list page, or what htmx takes of it: one address, one question, two sizes of answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from .base import changed

# What the templates call each field of the filter, a group of them that is folded, and its form.
FIELD, GROUP, FORM = "field-", "group-", "filter-form"


def page_or_fragment(
    request: HttpRequest, template: str, context: dict[str, Any], asked: QueryDict, status: int = 200
) -> HttpResponse:
    """The page; to htmx its content without the frame, with the address that the browser is to show."""
    fragment = fragment_of(request)
    if fragment is None:
        response = render(request, template, context | {"frame": "base.html"}, status=status)
    else:
        response = render(request, template, context | {"frame": "fragment.html", "fragment": fragment}, status=status)
        response["Cache-Control"] = "no-store"  # lest going back shows it as if it were the page
        address = request.path + changed(asked).removesuffix("?")
        response["HX-Push-Url"] = "false" if address == asking_page(request) else address
    patch_vary_headers(response, ("HX-Request",))
    return response


def part_of_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """One part, for htmx to put in its place; the address stays as it is."""
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response


def asking_page(request: HttpRequest) -> str:
    """The path and query of the page that sends an htmx request; empty where `HX-Current-URL` is no page of ours."""
    try:
        return HtmxDetails(request).current_url_abs_path or ""
    except ValueError:  # it is no address at all
        return ""


def fragment_of(request: HttpRequest) -> dict[str, Any] | None:
    """What was used in the page, if htmx asks for a part of it."""
    if not request.htmx or request.htmx.history_restore_request:
        return None
    source = request.htmx.trigger or ""
    # What was used stays as it is, so that it keeps the focus; its own choices have the numbers that they had.
    return {
        "in_form": source.startswith((FIELD, FORM)),
        "field": source.removeprefix(FIELD),
        "group": source.removeprefix(GROUP) if source.startswith(GROUP) else "",
    }


def filled(query: QueryDict) -> QueryDict:
    """Without the keys that a form sends empty, so that no link has to carry them. An empty cursor is a beginning."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if given := [value for value in values if value or name == "cursor"]:
            kept.setlist(name, given)
    return kept
