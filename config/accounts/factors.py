"""The second factor: who must have one, and what a session may do until it has been shown."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cooperation.register.models.queryset import clearance

from .backends import FullRights, SingleFactor, second_factors

MISSING = "second_factor_missing"  # in a session: its account has rights that wait for a second factor
LAST_PERIOD = "last_period"  # in the data of an app: the period, of 30 seconds, of the last code that was used
WANTED = "wanted"  # in a session: the address to go on to, once it is there


def has_rights(user: User) -> bool:
    """Whether an account may write, or see more than is public: it needs a second factor."""
    return user.is_staff or user.is_superuser or clearance(user) != ["public"]


def is_shown(request: HttpRequest, user: User) -> bool:
    """Whether this session has shown a second factor: one of ours, or one that the issuer vouches for."""
    if not settings.SECOND_FACTOR_REQUIRED or getattr(request, "second_factor_of_issuer", False):
        return True
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))


def start_session(request: HttpRequest, user: User, *, shown: bool) -> None:
    """Signs in, with the rights of the account or without."""
    backend = FullRights if shown else SingleFactor
    login(request, user, backend=f"{backend.__module__}.{backend.__qualname__}")
    request.session[MISSING] = not shown and has_rights(user)


def update_session(request: HttpRequest) -> None:
    """Gives or takes the rights of this session after its account got or lost a factor; the session gets a new key.

    Who has just set one up has shown it. When none is left, the other sessions of the account end.
    """
    user = User.objects.get(pk=request.user.pk)
    is_left = second_factors(user).exists()
    if not is_left:
        end_other_sessions(request, user)
    request.session.cycle_key()
    start_session(request, user, shown=is_left or not settings.SECOND_FACTOR_REQUIRED)
    UserSession.objects.create_from_request(request)


def use_code(app: Authenticator, code: str) -> bool:
    """Whether a right code of an app is newer than the last one that was used (RFC 6238, 5.2), and notes it.

    allauth remembers used codes for 90 seconds, in Redis: when the clock is set back, they would be right once more.
    """
    secret, code = decrypt(app.data["secret"]), normalize_user_code(code)
    periods = [each for each in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, each)) == code]
    with transaction.atomic():
        data = Authenticator.objects.select_for_update().get(pk=app.pk).data
        newest = max(periods, default=0)
        if newest <= data.get(LAST_PERIOD, 0):
            return False
        app.data = data | {LAST_PERIOD: newest}
        app.save(update_fields=["data"])
    return True


def lead_to_setup(request: HttpRequest, wanted: str) -> HttpResponse:
    """Leads to where a second factor is set up; that page leads on to what was wanted."""
    request.session[WANTED] = wanted
    return redirect("mfa_index")


def forget(user: User) -> None:
    """Takes the factors of an account away, and ends its sessions: whoever signs in next sets up new ones."""
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
