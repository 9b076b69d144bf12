"""What the register knows of its own writing: a number, and counts that are kept up to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RegisterVersion(models.Model):
    """The number of the last transaction that wrote to the register: one row, kept by the database (`watching`).

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


class KeptDay(models.Model):
    """A clock on which the records of a kind were counted; the counts are right while `version` is the register's."""

    resource = models.CharField(max_length=40)
    roles = models.CharField(max_length=200)  # in which a country counts, with commas; empty: in any
    valid_on = models.DateField()
    known_on = models.DateField()
    version = models.BigIntegerField()

    class Meta:
        verbose_name = _("kept day")
        verbose_name_plural = _("kept days")
        constraints = [
            models.UniqueConstraint(fields=["resource", "roles", "valid_on", "known_on"], name="kept_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.valid_on} {self.known_on}"


class KeptCount(models.Model):
    """How many records there are on a kept day: in a country (`value` is its code, or empty), or everywhere (`*`)."""

    EVERYWHERE, NOWHERE = "*", ""

    # Without a constraint: a write must not fail because the day that it moves along is thrown away just now.
    day = models.ForeignKey(KeptDay, models.CASCADE, related_name="counts", db_constraint=False)
    classification = models.CharField(max_length=20)
    value = models.CharField(max_length=2)
    stage = models.CharField(max_length=30)
    count = models.BigIntegerField()
    posts = models.BigIntegerField()
    posts_known = models.BigIntegerField()

    class Meta:
        verbose_name = _("kept count")
        verbose_name_plural = _("kept counts")
        constraints = [
            models.UniqueConstraint(fields=["day", "value", "stage", "classification"], name="kept_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.value} {self.stage}: {self.count}"


DERIVED = (RegisterVersion, KeptDay, KeptCount)  # what is written when somebody reads
