"""What happens on the signals of Django and allauth: a session notes its start, and the audit log gets its line."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.dispatch import receiver

from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditResult

from . import given, sessions
from .provider import note_session_of_issuer


@receiver(auth.user_logged_in)
def note_start(request, **kwargs):
    sessions.start(request)


@receiver(account.user_logged_in)
def signed_in(request, user, sociallogin=None, **kwargs):
    if sociallogin:
        note_session_of_issuer(request, sociallogin)
    audit.log(AuditAction.SIGN_IN, request=request, actor=user.username)


@receiver(auth.user_logged_out)
def signed_out(request, user, **kwargs):
    if user:
        by = "the time limit" if hasattr(request, "session_is_over") else "the account"
        audit.log(AuditAction.SIGN_OUT, request=request, actor=user.username, by=by)


@receiver(account.password_changed)
def password_changed(request, user, **kwargs):
    given.changed(request, user)


@receiver(mfa.authentication_failed)
def factor_refused(request, user, authenticator, **kwargs):
    tried = {"actor": user.username, "factor": authenticator.type}
    audit.log(AuditAction.SIGN_IN, request=request, result=AuditResult.REFUSED, **tried)


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_removed)
@receiver(mfa.authenticator_reset)
def factor_changed(request, user, authenticator, signal, **kwargs):
    names = {mfa.authenticator_added: "added", mfa.authenticator_removed: "removed", mfa.authenticator_reset: "renewed"}
    done = {"factor": authenticator.type, "change": names[signal]}
    audit.log(AuditAction.CHANGE_FACTOR, f"user {user}", request=request, **done)
