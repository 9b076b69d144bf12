"""Where allauth asks the project: who may sign in, how a session starts, what is said, how secrets are kept."""

import base64
import time

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import get_user_by_username
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from cooperation.register.history import audit
from cooperation.register.history.sealing import derived_key
from cooperation.register.models import AuditAction, AuditResult

from . import factors, given
from .devices import device_of, remember
from .provider import sign_out_address
from .recovery_codes import HASHED, HashedCode

FRESH = 5 * 60  # seconds after signing in during which the password is not asked again


class AccountAdapter(DefaultAccountAdapter):
    """Local accounts are given by people: nobody makes one for themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("This user name and this password do not belong together."),
        "too_many_login_attempts": _("Too many attempts failed. Wait five minutes, or longer if it happened before."),
        "rate_limited": _("Too many attempts failed. Wait a few minutes."),
        "incorrect_password": _("This is not your password."),
        "given_password_expired": _(
            "This password was given to you too long ago, and no longer works. Ask for a new one from the people who"
            " manage the register."
        ),
        "enter_current_password": _("This is not the password that you have now."),
    }

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """Back to a page of this site only, by its whole path: hosts that this process may serve are elsewhere too."""
        is_path = str(url).startswith("/") and str(url).isprintable()
        return is_path and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Attempts are counted by user name, whatever name the site was asked by, and whether or not it exists.

        Those of a browser that the account knows are counted apart, so that strangers do not close it to its owner.
        """
        username = credentials.get("username", "")
        return f"{username.casefold()} {device_of(request, username)}".rstrip()

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._refused(AuditAction.LOCK_OUT, request, credentials)
            raise

    def authenticate(self, request, **credentials):
        """An account that is switched off is refused in the words of a wrong password."""
        user = super().authenticate(request, **credentials)
        if user and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        if user and given.has_expired(user):
            self.authentication_failed(request, **credentials)
            raise self.validation_error("given_password_expired")
        return user

    def get_login_stages(self):
        return [*super().get_login_stages(), "config.accounts.given.ChangeGivenPassword"]

    def authentication_failed(self, request, **credentials):
        self._refused(AuditAction.SIGN_IN, request, credentials)

    @staticmethod
    def _refused(action, request, credentials):
        """A name that no account has is not written down: it may be a password in the wrong field."""
        tried = get_user_by_username(credentials.get("username", ""))
        known = {"actor": tried.username} if tried else {"actor": "", "account": "unknown"}
        audit.log(action, request=request, result=AuditResult.REFUSED, **known)

    def login(self, request, user):
        factors.start_session(request, user, shown=factors.is_shown(request, user))

    def post_login(self, request, user, **kwargs):
        """Leads to where a second factor is set up, and from there on, if the rights of the account wait for it."""
        response = super().post_login(request, user, **kwargs)
        if request.session[factors.MISSING]:
            response = factors.lead_to_setup(request, response.url)
        remember(request, response, user.username)
        return response

    def get_logout_redirect_url(self, request):
        return sign_out_address(request) or super().get_logout_redirect_url(request)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Not for who has just signed in."""
        records = get_authentication_records(self.request, self.request.user)
        if any(time.time() - record["at"] < FRESH for record in records):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user):
        """By password; who has none here signs in again."""
        again = {"id": "sign_in_again", "description": "", "url": reverse("sign_in_again")}
        return super().get_reauthentication_methods(user) or [again]

    def add_message(self, request, level, *args, **kwargs):
        """Only what went wrong: that something went well is seen on the page that follows."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of apps and hashes of recovery codes are encrypted with a key that is not in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or no longer."),
    }

    def get_totp_issuer(self):
        return _t("Register of International Police Cooperation")

    def build_totp_svg(self, url):
        return qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode")

    def generate_authenticator_name(self, user, type):
        number = user.authenticator_set.filter(type=type).count() + 1
        return _t("Passkey %(number)s") % {"number": number}

    def encrypt(self, text):
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Under another key (a backup on another machine) it is a secret that nobody has, so that no code is right."""
        try:
            text = _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()
        return HashedCode(text) if text.startswith(HASHED) else text


def _keys() -> MultiFernet:
    """The keys of now and before, derived from those of the site."""
    all_keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived_key(key, b"second factor"))) for key in all_keys])
