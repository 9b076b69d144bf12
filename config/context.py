"""What the frame of every page shows."""

from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import pgettext

from cooperation.register.domain.clock import Clock
from cooperation.register.lists.fields import DayField
from cooperation.register.templatetags.register import at
from cooperation.register.views import CLOCK_KEYS, changed

from .kinds import KINDS


def page(request: HttpRequest) -> dict:
    """Places, languages and the clock. A view that knows its clock better gives its own."""
    try:
        query = request.GET
    except SuspiciousOperation:  # an address that cannot be read at all: the page that says so has a frame too
        query = QueryDict()
    clock = _clock(query)
    return {
        "clock": clock,
        "places": [
            {"label": label, "url": at(url, clock), "current": request.path.startswith(url)} for label, url in _places()
        ],
        "languages": [
            {
                "code": code,
                "name": name,
                "url": changed(query, lang=code),
                "current": code == getattr(request, "LANGUAGE_CODE", "nl"),
            }
            for code, name in (("nl", "Nederlands"), ("en", "English"))
        ],
        "clock_fields": [
            (name, value)
            for name, values in query.lists()
            for value in values
            if name not in (*CLOCK_KEYS, "page", "cursor")
        ],
        "sign_in_url": _sign_in_url(request, clock),
        "today_url": changed(query, validOn=None, knownOn=None, page=None),
    }


def _clock(query: QueryDict) -> Clock:
    """The clock for links in the frame; days that cannot be read count as today."""
    try:
        return Clock.on(*(DayField(required=False).clean(query.get(name, "")) for name in CLOCK_KEYS))
    except ValidationError:
        return Clock.on()


def _sign_in_url(request: HttpRequest, clock: Clock) -> str:
    """Where one signs in to come back here; empty where one is already there."""
    login = reverse("account_login")
    back = urlencode({"next": request.get_full_path()}, safe="/")
    return "" if request.path == login else at(f"{login}?{back}", clock)


def _places() -> list[tuple[str, str]]:
    names = [
        *(kind.menu for kind in KINDS if kind.menu),
        (_t("Countries"), "countries"),
        (pgettext("page", "Timeline"), "milestones-list"),
        (_t("Commitments"), "commitments-list"),
    ]
    return [(str(label), reverse(name)) for label, name in names]
