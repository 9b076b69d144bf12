"""Replies for the pages about the API: what it really says to a reader without an account."""

import json
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, QueryDict
from django.urls import get_script_prefix, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CLOCK = "validOn=2021-12-02&knownOn=2021-12-02"
LONGEST = 16_000  # characters of a reply that are shown
_OF_THE_READER = ("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


@dataclass(frozen=True)
class Reply:
    """A question that was put to the API, and what it said."""

    origin: str  # where the reader reaches the site
    address: str
    answer: dict[str, Any]

    @property
    def command(self) -> str:
        """The question as a line for the terminal."""
        return f'curl "{self.origin}{self.address}"'

    @property
    def text(self) -> str:
        return json.dumps(self.answer, indent=2, ensure_ascii=False)

    @property
    def rows(self) -> list:
        return self.answer.get("results", [])


# Three questions that people ask, each as (the question, name of the address, what is asked).
RECIPES = (
    (
        _("Who sat in Albania, or covered it from elsewhere, on 2 December 2021?"),
        "placements-list",
        "country=AL&fields=key,{title},stage",
    ),
    (
        _("What was still expected in December 2021, as known on 2 December?"),
        "milestones-list",
        "open=true&from=2021-12-01&until=2021-12-31&sort=date&pageSize=3&fields=key,kind,date,source",
    ),
    (_("How many MoUs were there at each stage?"), "mous-statistics", "groupBy=stage"),
)


def recipes(request: HttpRequest) -> list[tuple[Any, Reply]]:
    """Each question with its reply, without those that the register as it is cannot answer."""
    title = "titleNl" if get_language() == "nl" else "titleEn"
    asked = (
        (question, reply_to(request, f"{reverse(f'api:{name}')}?{query.format(title=title)}&{CLOCK}"))
        for question, name, query in RECIPES
    )
    return [(question, reply) for question, reply in asked if reply]


def first_with_rows(request: HttpRequest, addresses: Sequence[str]) -> Reply | None:
    """The reply to the first of these that finds something, else to the last."""
    reply = None
    for address in addresses:
        reply = reply_to(request, address)
        if reply and reply.answer.get("results", reply.answer.get("groups", True)):
            break
    return reply


def reply_to(request: HttpRequest, address: str) -> Reply | None:
    """What the API says at an address to who has not signed in; None where it says nothing that can be shown."""
    path, _mark, query = address.partition("?")
    asked = copy(request)
    inside = path.removeprefix(get_script_prefix().rstrip("/"))  # the site may stand under a path
    asked.method, asked.path, asked.path_info = "GET", path, inside
    asked.META = {name: value for name, value in request.META.items() if name not in _OF_THE_READER}
    asked.META |= {"PATH_INFO": inside, "QUERY_STRING": query}
    asked.GET, asked.COOKIES, asked.user = QueryDict(query), {}, AnonymousUser()
    asked.__dict__.pop("headers", None)  # which a request remembers
    view, arguments, named = resolve(inside)
    response = view(asked, *arguments, **named)
    if hasattr(response, "render"):
        response.render()
    if response.status_code != 200 or len(response.content) > LONGEST:
        return None
    return Reply(request.build_absolute_uri("/").removesuffix("/"), address, json.loads(response.content))
