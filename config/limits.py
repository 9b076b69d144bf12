"""Limits of a request: what may be asked, before it costs anything."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cooperation.register.api.problems import problem_response

from .middleware import is_of_api

LONGEST_ADDRESS = 8190  # characters, what servers and proxies commonly pass on


class LongAddresses:
    """An address with more choices than fit into one is refused: a page in both languages, a problem in the API."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.get_full_path()) <= LONGEST_ADDRESS:
            return self.get_response(request)
        if is_of_api(request):
            return problem_response(request, 414)
        return HttpResponse(render_to_string("414.html"), status=414)
