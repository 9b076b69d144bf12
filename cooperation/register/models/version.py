"""The version of the register: a number that every write raises."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RegisterVersion(models.Model):
    """The number of the last transaction that wrote to the register: one row, raised by triggers (`history.triggers`).

    An answer stays the same as long as the number does.
    """

    number = models.BigIntegerField()

    class Meta:
        verbose_name = _("version of the register")
        verbose_name_plural = _("versions of the register")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="register_version_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def now(cls) -> int:
        """The number as it is; 0 while nothing was ever written."""
        return cls.objects.values_list("number", flat=True).first() or 0
