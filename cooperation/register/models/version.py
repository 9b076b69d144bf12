"""The version of the register: a number that every write raises."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RegisterVersion(models.Model):
    """The number of the last transaction that wrote to the register: one row, raised by triggers (`history.triggers`).

    An answer stays the same as long as the number does. `at` tells apart the same number of two histories: where an
    older database was put back, numbers come again.
    """

    number = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of the register")
        verbose_name_plural = _("versions of the register")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="register_version_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def now(cls) -> tuple[int, datetime | None]:
        """The number as it is, and since when; 0 while nothing was ever written."""
        return cls.objects.values_list("number", "at").first() or (0, None)
