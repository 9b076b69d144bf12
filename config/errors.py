"""Error pages in the dress of the register; problem details for an address of the API."""

import sys

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404

from cooperation.register.api.problems import problem_response

from .limits import refused, unavailable
from .middleware import is_of_api


def _answer(request: HttpRequest, code: int, exception: Exception | None) -> HttpResponse:
    if is_of_api(request):
        return problem_response(request, code)
    if isinstance(exception, TooManyFieldsSent | RequestDataTooBig):
        return render(request, "413.html", {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}, status=413)
    # What Django itself says is for developers; only a sentence of ours is shown.
    is_ours = isinstance(exception, BadRequest | Http404) and not isinstance(exception, Resolver404)
    reason = str(exception) if is_ours else ""
    return render(request, f"{code}.html", {"reason": reason}, status=code)


def bad_request(request, exception=None):
    return _answer(request, 400, exception)


def forbidden(request, exception=None, reason=""):
    return _answer(request, 403, exception)


def not_found(request, exception=None):
    return _answer(request, 404, exception)


def server_error(request):
    return unavailable(request, sys.exc_info()[1]) or refused(request, 500)
