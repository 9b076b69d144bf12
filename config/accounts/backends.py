"""Authentication backends: a session names the one by which it was made, and so whether it has the account's rights."""

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.contrib.auth.backends import BaseBackend
from django.db.models import Exists, OuterRef, QuerySet

from .models import SingleFactorUser


class FullRights(AuthenticationBackend):
    """By user name and password; where the account has rights also a second factor (`factors.update_session`)."""


class SingleFactor(BaseBackend):
    """Of a session that has shown one factor: its user has no rights. Nobody is authenticated here.

    It ends when the account gets a second factor elsewhere: it would else read the recovery codes, or replace them.
    """

    def get_user(self, user_id):
        second = Exists(second_factors(OuterRef("pk")))
        return SingleFactorUser.objects.filter(~second, pk=user_id, is_active=True).first()


def second_factors(user) -> QuerySet[Authenticator]:
    """The second factors of an account; its recovery codes by themselves are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
