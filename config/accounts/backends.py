"""Authentication backends: a session names the one by which it was made, and so whether it has the account's rights."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import BaseBackend

from .models import SingleFactorUser


class FullRights(AuthenticationBackend):
    """By user name and password, and, where the account has rights, a second factor besides (`factors.settle`)."""


class SingleFactor(BaseBackend):
    """Of a session that has shown one factor: its user has no rights. Nobody is authenticated here."""

    def get_user(self, user_id):
        return SingleFactorUser.objects.filter(pk=user_id, is_active=True).first()
