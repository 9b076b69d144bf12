"""StageSpan: what the register says of a stage, on both clocks."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StageSpan(models.Model):
    """One stage of one instrument, on a rectangle of days (upper bounds not included).

    Written only by `actions.rewrite_spans`; everything that asks for a stage reads it here.
    """

    instrument = models.ForeignKey("register.Instrument", models.CASCADE, related_name="spans")
    stage = models.CharField(_("stage"), max_length=30)
    certain = models.BooleanField(_("certain"))
    valid = DateRangeField(_("valid"))
    known = DateRangeField(_("known"))

    class Meta:
        verbose_name = _("stage span")
        verbose_name_plural = _("stage spans")
        ordering = ["instrument", "known", "valid"]
        indexes = [
            # Holds all that is asked of a day, so that the table itself need not be read.
            GistIndex(
                fields=["valid", "known"], include=["instrument", "stage", "certain"], name="stage_span_valid_known"
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="stage_span_one_stage_at_a_time",
                expressions=[
                    ("instrument", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    ("known", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("An instrument has one stage on a pair of days."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, known__isempty=False),
                name="stage_span_not_empty",
                violation_error_message=_("A stage lasts at least a day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.valid} {self.known}"
