"""Limits of a session: 12 hours, and for who may write or see more than is public 30 minutes without a request."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from config.middleware import ReadOnly, has_session, is_of_api
from cooperation.register.views.htmx import asking_page

from .factors import has_rights

STARTED, SEEN = "started_at", "seen_at"  # in a session, in seconds
CLOCKS_DIFFER = 60  # seconds, at most, those of the machines that serve
SEEN_EVERY = 60  # seconds: a page is mostly read without writing the session


def start(request: HttpRequest) -> None:
    """Notes when somebody signed in; a factor that is shown later does not lengthen the session."""
    now = time.time()
    request.session.setdefault(STARTED, now)
    request.session[SEEN] = now


class SessionLimits:
    """Ends a session that has lasted too long, or of which nobody made use, and leads to where one signs in.

    A session that does not say when it started has lasted too long; so has one of which the time is still to come, as
    the clock was set back: how long it lasts is not known. The API knows no sessions.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_of_api(request) or not has_session(request):
            return self.get_response(request)
        ReadOnly.allow_writing()  # a session that is over is deleted, whatever was asked
        if not request.user.is_authenticated:
            return self.get_response(request)
        if self.is_over(request):
            request.session_is_over = True
            logout(request)
            return self.to_sign_in(request)
        if time.time() - request.session[SEEN] > SEEN_EVERY:
            request.session[SEEN] = time.time()
        return self.get_response(request)

    @staticmethod
    def to_sign_in(request: HttpRequest) -> HttpResponse:
        """And from there back to the page; a part that htmx asks is no page."""
        if "HX-Request" in request.headers:
            return HttpResponseClientRedirect(redirect_to_login(asking_page(request)).url)
        return redirect_to_login(request.get_full_path() if request.method in ("GET", "HEAD") else request.path)

    @staticmethod
    def is_over(request: HttpRequest) -> bool:
        now, session = time.time(), request.session
        age, idle = now - session.get(STARTED, 0), now - session.get(SEEN, 0)
        return (
            min(age, idle) < -CLOCKS_DIFFER
            or age > settings.SESSION_COOKIE_AGE
            or (idle > settings.SESSION_IDLE_AGE and has_rights(request.user))
        )
