"""What every page that is only read has in common: its clock, its address, its rows."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.views import View

from ..domain.clock import Clock
from ..history.answer_cache import answered
from ..lists.column import table_rows
from ..lists.fields import DayField
from ..lists.filters import QuestionFilter
from ..lists.params import DETAIL_KEYS
from ..templatetags.register import at

__all__ = ["CLOCK_KEYS", "ReadPage", "changed", "clock_of", "table_rows"]
CLOCK_KEYS = ("validOn", "knownOn")


def clock_of(request: HttpRequest) -> Clock:
    """The clock in the address of a page that is no list. An unknown key or a wrong day is a bad request."""
    faults = [f"“{name}”: {_t('This key is not known here.')}" for name in request.GET if name not in DETAIL_KEYS]
    for name, values in {"lang": ("nl", "en"), "format": ("html",)}.items():
        if (value := request.GET.get(name)) and value not in values:
            faults.append(f"“{name}”: {_t('“%s” is not possible here.') % value[:60]}")
    days = []
    for name in CLOCK_KEYS:
        try:
            days.append(DayField(required=False).clean(request.GET.get(name, "")))
        except ValidationError as error:
            faults.append(f"{QuestionFilter.base_filters[name].label}: {' '.join(error.messages)}")
    if faults:
        raise BadRequest(" ".join(faults))
    return Clock.on(*days)


def changed(query: QueryDict, **changes: Any) -> str:
    """The query string with some keys changed; None takes a key away.

    A cursor is the place in one list in one order: what is changed begins anew, unless it says otherwise.
    """
    given = dict(query.lists())
    if changes and "cursor" not in changes:
        given.pop("cursor", None)
    for name, value in changes.items():
        if value is None:
            given.pop(name, None)
        else:
            given[name] = value if isinstance(value, list) else [value]
    other = QueryDict(mutable=True)
    for name, values in given.items():
        other.setlist(name, values)
    return f"?{other.urlencode(safe=',')}" if other else "?"


class ReadPage(View):
    """A page that is only read. It is kept for readers with the same clearance, unless it is personal."""

    http_method_names = ["get", "head"]
    above: Sequence[tuple[Any, str]] = ()  # the pages above it, as (label, name of the address)

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        make = partial(super().dispatch, request, *args, **kwargs)
        return make() if self.is_personal(request) else answered(request, make, request.user)

    def is_personal(self, request: HttpRequest) -> bool:
        """Whether the page depends on more of the reader than a clearance."""
        return False

    def trail(self, clock: Clock) -> list[tuple[str, str]]:
        """The way to this page: those above it with their addresses."""
        return [(str(label), at(reverse(name), clock)) for label, name in self.above]
