"""What every answer gets: the language of the reader, compression, and the headers of the API."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from cooperation.register.api.problems import problem_response

API = "/api/v1"
OPEN_DOCUMENT = f"{API}/openapi.json"


def is_of_api(request: HttpRequest) -> bool:
    """Whether an address is one of the API; its documentation is a page."""
    return request.path == API or request.path.startswith(f"{API}/")


class Compression(GZipMiddleware):
    """Text leaves compressed where that is asked for, a stream piece by piece; spreadsheets (zip) are so already.

    Django adds a random number of bytes, and masks CSRF tokens, so that the length tells nothing of a secret (BREACH).
    """

    TEXT = re.compile(r"text/|[\w.-]+/([\w.-]+\+)?(json|xml|yaml|javascript)\b")

    def process_response(self, request, response):
        is_text = self.TEXT.match(response.get("Content-Type", ""))
        return super().process_response(request, response) if is_text else response


class Language:
    """The language: `lang` in the address, else what was chosen before, else what the browser asks, else Dutch.

    A choice by `lang` on a page is remembered in a cookie. The API knows no cookies.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_api = is_of_api(request)
        asked = request.GET.get("lang")
        chosen = asked if asked in dict(settings.LANGUAGES) else None
        remembered = None if is_api else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if remembered not in dict(settings.LANGUAGES):
            remembered = None
        language = chosen or remembered or self._of_browser(request) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            if not is_api:
                # A page is for this reader, now: what it shows may change with the next milestone.
                response.headers.setdefault("Cache-Control", "private, no-cache")
            patch_vary_headers(response, ("Accept-Language",) if is_api else ("Accept-Language", "Cookie"))
            if chosen and not is_api and chosen != remembered:
                response.set_cookie(
                    settings.LANGUAGE_COOKIE_NAME,
                    chosen,
                    max_age=settings.LANGUAGE_COOKIE_AGE,
                    samesite=settings.LANGUAGE_COOKIE_SAMESITE,
                    secure=settings.LANGUAGE_COOKIE_SECURE,
                    httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                )
            if response.streaming:
                # The rows of a stream are written after this; they are to be in the same language.
                response.streaming_content = self._in_language(language, response.streaming_content)
        return response

    @staticmethod
    def _of_browser(request: HttpRequest) -> str | None:
        for wish, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
            if (language := wish.split("-")[0]) in dict(settings.LANGUAGES):
                return language
        return None

    @staticmethod
    def _in_language(language: str, content):
        with translation.override(language):
            yield from content


class ApiHeaders:
    """The headers that the Dutch API Design Rules ask of every answer under `/api/v1/`, errors included.

    Over plain http the API refuses rather than redirects, so that nobody gets used to sending tokens that way.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_of_api(request):
            return self.get_response(request)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            response = problem_response(request, 403)
        else:
            response = self.get_response(request)
        response.cookies.clear()  # the API is stateless: whatever a session wanted to say, it does not say here
        response["API-Version"] = settings.API_VERSION
        response["Cache-Control"] = "no-cache"
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        response["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
        if request.path == OPEN_DOCUMENT:
            response["Access-Control-Allow-Origin"] = "*"
        return response
