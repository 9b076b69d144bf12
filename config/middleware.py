"""What every answer gets: the language of the reader, compression, what search engines are told, headers of the API."""

import re
from contextlib import ExitStack

from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes
from django.utils.translation.trans_real import parse_accept_lang_header

from cooperation.register.api.problems import problem_response
from cooperation.register.history import audit

from .accounts.factors import MISSING
from .operations import patience

API = "/api/v1"
OPEN_DOCUMENT = f"{API}/openapi.json"


def is_of_api(request: HttpRequest) -> bool:
    """Whether an address is one of the API; its documentation is a page."""
    return request.path_info == API or request.path_info.startswith(f"{API}/")


def has_session(request: HttpRequest) -> bool:
    """Whether a session is named: without one there is nobody to look up."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def has_signed_in(request: HttpRequest) -> bool:
    """Whether somebody is signed in. An answer that was given before that was asked is nobody's."""
    return has_session(request) and hasattr(request, "user") and request.user.is_authenticated


class SharedLinks:
    """Tracking parameters (`utm_source`, `fbclid`) are redirected away; filtered lists say `noindex` to search engines.

    Not in the API, where such a parameter is an unknown key.
    """

    TRACKING = re.compile(r"utm_\w+|fbclid|gclid")
    LANGUAGE = re.compile(r"lang=\w+")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if not asked or is_of_api(request) or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        if self.TRACKING.search(asked) and (found := [name for name in request.GET if self.TRACKING.fullmatch(name)]):
            kept = request.GET.copy()
            for name in found:
                del kept[name]
            query = f"?{kept.urlencode(safe=',')}" if kept else ""
            return HttpResponseRedirect(escape_leading_slashes(request.path) + query)
        response = self.get_response(request)
        if not self.LANGUAGE.fullmatch(asked):
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response


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
            if not is_api and not response.has_header("Cache-Control"):
                # A page is for this reader, now: what it shows may change with the next milestone. That of somebody who
                # has signed in is kept nowhere: after signing out, going back must not show it.
                response["Cache-Control"] = "no-store" if has_signed_in(request) else "private, no-cache"
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
        for wish, quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
            if quality and (language := wish.split("-")[0]) in dict(settings.LANGUAGES):
                return language
        return None

    @staticmethod
    def _in_language(language: str, content):
        with translation.override(language):
            yield from content


class Account:
    """Puts who is signed in, with the way out, into a page that was made for everyone with the same clearance."""

    MARKER = b"<!-- account -->"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        if is_page and self.MARKER in response.content:
            shown = {"user": request.user, MISSING: request.session.get(MISSING)}
            account = render_to_string("components/account.html", shown, request)
            response.content = response.content.replace(self.MARKER, account.encode())
        return response


class ReadOnly:
    """Reading never writes: GET, HEAD and OPTIONS run on a connection that refuses to.

    The connection has the limits of time of the kind of request as well (`DATABASE_LIMITS`).

    The mode is set with the first statement, as not every answer needs the database, and stays with the connection
    until a request of another sort comes: so it costs readers no statement. A request that may write takes it back
    before anything else, as a transaction that has begun keeps its mode. So does one with a session, and who is signed
    in is looked up before it is set: a session that has run out is deleted by whatever reads it. OpenID Connect comes
    back with GET, and signs in.

    Who reads what is not public, or is refused, is logged: the one line that such a request writes (`history.audit`).
    """

    SIGNS_IN = "/login/issuer/callback/"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_safe = request.method in ("GET", "HEAD", "OPTIONS") and request.path_info != self.SIGNS_IN
        is_named = has_session(request)
        if is_named or not is_safe:
            self.allow_writing()
        if not is_safe:
            return self.get_response(request)
        has_signed_in(request)  # asked now, as the session may have to be deleted
        mode = "export" if request.GET.get("format") else "read"

        def in_mode(execute, sql, params, many, context):
            self.set_mode("write" if audit.is_writing() else mode, context["connection"])
            return execute(sql, params, many, context)

        with ExitStack() as stack:
            for each in connections.all():
                stack.enter_context(each.execute_wrapper(in_mode))
            try:
                return self.get_response(request)
            finally:
                if is_named or (hasattr(request, "session") and request.session.modified):
                    self.set_mode("write")  # the session is written after this

    @classmethod
    def allow_writing(cls) -> None:
        connection.close_if_health_check_failed()
        cls.set_mode("write")

    @staticmethod
    def set_mode(mode: str, connection=connection) -> None:
        statement, lock, idle = settings.DATABASE_LIMITS[mode]
        if connection.connection and (mode, connection.connection) == getattr(connection, "register_mode", None):
            patience.statements_take_at_most(statement)  # the last statement may have been one of another database
            return
        connection.ensure_connection()
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:  # without the wrapper
            cursor.execute(
                f"SET default_transaction_read_only = {'off' if mode == 'write' else 'on'};"
                f"SET statement_timeout = '{statement}s'; SET lock_timeout = '{lock}s';"
                f"SET idle_in_transaction_session_timeout = '{idle}s'"
            )
        connection.register_mode = mode, connection.connection
        patience.statements_take_at_most(statement)


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
        response.headers.setdefault("Cache-Control", "no-cache")
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        response["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
        if request.path_info == OPEN_DOCUMENT:
            response["Access-Control-Allow-Origin"] = "*"
        return response
