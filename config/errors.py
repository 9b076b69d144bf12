"""Error pages in the dress of the register; problem details for an address of the API."""

import sys
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404

from cooperation.register.api.problems import problem_response
from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditResult

from .middleware import has_signed_in, is_of_api
from .operations.limits import refused, unavailable
from .operations.logs import request_id


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
    """What an account is refused is a line of the audit log. Where that cannot be written it stays refused."""
    if has_signed_in(request):
        with suppress(audit.NotLogged):
            why = {"why": "form of another site"} if reason else {}
            refusal = {"result": AuditResult.REFUSED, "method": request.method, **why}
            audit.log(AuditAction.ACCESS, request.path, request=request, **refusal)
    return _answer(request, 403, exception)


def not_found(request, exception=None):
    return _answer(request, 404, exception)


def server_error(request):
    return unavailable(request, sys.exc_info()[1]) or refused(request, 500, number=request_id.get())
