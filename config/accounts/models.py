"""Who has signed in without a second factor, and whose password somebody else knows."""

from django.contrib.auth.models import User
from django.db import models


class SingleFactorUser(User):
    """A user in a session that shows one factor only: has none of the rights of the account, a superuser's included.

    A class of its own, and not a flag on the user: nothing that is saved from such a session can lose the rights that
    the account has.
    """

    class Meta:
        proxy = True
        default_permissions = ()

    def has_perm(self, perm, obj=None):
        return False

    def has_module_perms(self, app_label):
        return False

    def get_all_permissions(self, obj=None):
        return set()

    get_user_permissions = get_group_permissions = get_all_permissions


class GivenPassword(models.Model):
    """The password of an account was set by somebody else, who knows it: it is there until its owner changes it."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.user}, {self.at:%Y-%m-%d}"
