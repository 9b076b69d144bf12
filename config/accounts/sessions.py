"""Limits of a session: 12 hours, and for who may write 30 minutes without a request."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from config.middleware import ReadOnly, has_session

STARTED, SEEN = "started_at", "seen_at"  # in a session, in seconds
SEEN_EVERY = 60  # seconds: a page is mostly read without writing the session


def start(request: HttpRequest) -> None:
    """Notes when somebody signed in; a factor that is shown later does not lengthen the session."""
    now = time.time()
    request.session.setdefault(STARTED, now)
    request.session[SEEN] = now


class SessionLimits:
    """Ends a session that has lasted too long, or of which nobody made use, and leads to where one signs in.

    A session that does not say when it started has lasted too long.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not has_session(request):
            return self.get_response(request)
        ReadOnly.allow_writing()  # a session that is over is deleted, whatever was asked
        if not request.user.is_authenticated:
            return self.get_response(request)
        if self.is_over(request):
            request.session_is_over = True
            logout(request)
            back = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
            return redirect_to_login(back)
        if time.time() - request.session[SEEN] > SEEN_EVERY:
            request.session[SEEN] = time.time()
        return self.get_response(request)

    @staticmethod
    def is_over(request: HttpRequest) -> bool:
        now, session = time.time(), request.session
        may_write = request.user.is_staff or request.user.is_superuser
        return now - session.get(STARTED, 0) > settings.SESSION_COOKIE_AGE or (
            may_write and now - session.get(SEEN, 0) > settings.SESSION_IDLE_AGE
        )
