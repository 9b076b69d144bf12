"""What happens on the signals of Django and allauth: a session notes its start, and the audit log gets its line."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.dispatch import receiver

from . import sessions
from .audit import audit


@receiver(auth.user_logged_in)
def note_start(request, **kwargs):
    sessions.start(request)


@receiver(account.user_logged_in)
def signed_in(request, user, **kwargs):
    audit("sign in", request, actor=user)


@receiver(auth.user_logged_out)
def signed_out(request, user, **kwargs):
    if user:
        audit("sign out", request, actor=user)


@receiver(account.password_changed)
def password_changed(request, user, **kwargs):
    audit("change password", request, actor=user)


@receiver(mfa.authentication_failed)
def second_factor_refused(request, user, authenticator, **kwargs):
    audit("second factor", request, actor=user, object=f"{user}: {authenticator.type}", result="refused")


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_removed)
@receiver(mfa.authenticator_reset)
def factor_changed(request, user, authenticator, signal, **kwargs):
    names = {
        mfa.authenticator_added: "add factor",
        mfa.authenticator_removed: "remove factor",
        mfa.authenticator_reset: "new recovery codes",
    }
    audit(names[signal], request, actor=user, object=f"{user}: {authenticator.type}")
