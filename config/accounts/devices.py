"""Known browsers (a signed cookie): wrong passwords from elsewhere do not lock the owner out of an account."""

from secrets import token_urlsafe

from django.conf import settings
from django.http import HttpRequest, HttpResponse

DAYS = 180


def device_of(request: HttpRequest, username: str) -> str:
    """The identifier of a browser in which this account has signed in before; empty for any other."""
    found = request.get_signed_cookie(
        settings.DEVICE_COOKIE_NAME, default="", salt=_salt(username), max_age=DAYS * 24 * 3600
    )
    return found or ""


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """After signing in. The cookie says no name, and gives no access: only a count of failures of its own."""
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME,
        device_of(request, username) or token_urlsafe(),
        salt=_salt(username),
        max_age=DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(username: str) -> str:
    return f"device {username.casefold()}"
