"""Errors of the API as problem details (RFC 9457): `application/problem+json`, every fault named at once."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from ..lists.params import ParamError

CONTENT_TYPE = "application/problem+json"


class BadQuestion(exceptions.APIException):
    """A question with faults: 400, and nothing returned."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, faults: list[ParamError]):
        self.faults = faults
        wrong = ngettext("%d key of the question is wrong.", "%d keys of the question are wrong.", len(faults))
        super().__init__(wrong % len(faults))


def problem(request, code: int, detail: str = "", faults: list[ParamError] = ()) -> dict:
    """The members of a problem. `about:blank` means: no more than what the status says."""
    shape = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail or _detail(code),
        "instance": request.get_full_path(),
    }
    if faults:
        shape["invalidParams"] = [{"name": fault.name, "code": fault.code, "reason": fault.reason} for fault in faults]
    return shape


def _detail(code: int) -> str:
    details = {
        400: _t("The request cannot be read."),
        401: _t("Log in first."),
        403: _t("This is not allowed."),
        404: _t("There is nothing at this address."),
        405: _t("This method is not allowed here."),
        406: _t("There is no answer in the form that was asked for."),
        412: _t("The answer is not the one that the request says it must be."),
        414: _t("The address is too long."),
        415: _t("The request has a form that is not understood."),
        429: _t("Too many requests; try again later."),
        500: _t("Something went wrong here."),
        503: _t("The register is busy or partly out of order. Try again in a moment."),
    }
    return details.get(code, HTTPStatus(code).description)


def handler(error, context) -> Response | None:
    """DRF's exception handler. The texts of the framework, which name its models, do not leave."""
    answer = exception_handler(error, context)
    if answer is None:
        return None
    faults = getattr(error, "faults", [])
    detail = str(error.detail) if isinstance(error, BadQuestion) else ""
    answer.data = problem(context["request"], answer.status_code, detail, faults)
    answer.content_type = CONTENT_TYPE
    return answer


def problem_response(request, code: int) -> JsonResponse:
    """A problem for an address under /api/ that no view answers."""
    return JsonResponse(problem(request, code), status=code, content_type=CONTENT_TYPE)


def conditional(request, response: HttpResponse) -> HttpResponse:
    """The answer to a request with preconditions: one that failed (412), which Django tells in HTML, as a problem."""
    failed = response.status_code == HTTPStatus.PRECONDITION_FAILED
    return problem_response(request, response.status_code) if failed else response
