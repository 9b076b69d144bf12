"""A password that an administrator gave: it must be changed at the first sign-in, and expires."""

from datetime import timedelta

from allauth.account.stages import LoginStage
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from cooperation.register.history import audit
from cooperation.register.models import AuditAction

from .models import GivenPassword


def note(user: User) -> None:
    """After somebody else set the password of an account, or took it away."""
    GivenPassword.objects.filter(user=user).delete()
    if user.has_usable_password():
        GivenPassword.objects.create(user=user)


def changed(request: HttpRequest, user: User) -> None:
    """After the owner of an account chose a password."""
    GivenPassword.objects.filter(user=user).delete()
    audit.log(AuditAction.CHANGE_PASSWORD, f"user {user}", request=request, actor=user.username)


def has_expired(user: User) -> bool:
    oldest = timezone.now() - timedelta(days=settings.GIVEN_PASSWORD_DAYS)
    return GivenPassword.objects.filter(user=user, at__lt=oldest).exists()


class ChangeGivenPassword(LoginStage):
    """A step of signing in, after the second factor."""

    key = "change_given_password"
    urlname = "change_given_password"

    def handle(self):
        is_given = GivenPassword.objects.filter(user=self.login.user).exists()
        return (redirect(self.urlname) if is_given else None), True
