"""Relation: typed and directed, from one instrument to another or to something that has no record."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import Text, exactly_one, one_of


class RelationType(models.TextChoices):
    """How an instrument relates to another."""

    AMENDS = "amends", _("amends")
    REPEALS = "repeals", _("repeals")
    REPLACES = "replaces", _("replaces")
    IMPLEMENTS = "implements", _("implements")
    FOLLOWS_FROM = "follows_from", _("follows from")
    DEPENDS_ON = "depends_on", _("depends on")
    PART_OF = "part_of", _("is part of")
    RELATED_TO = "related_to", _("is related to")


# The same read from the other side.
INVERSE = {
    RelationType.AMENDS: _("is amended by"),
    RelationType.REPEALS: _("is repealed by"),
    RelationType.REPLACES: _("is replaced by"),
    RelationType.IMPLEMENTS: _("is implemented by"),
    RelationType.FOLLOWS_FROM: _("is followed by"),
    RelationType.DEPENDS_ON: _("is needed by"),
    RelationType.PART_OF: _("has as part"),
    RelationType.RELATED_TO: _("is related to"),
}


class Relation(models.Model):
    """That an instrument amends, repeals, … another one (`to`), or an act without a record (`to_text`)."""

    instrument = models.ForeignKey("register.Instrument", models.CASCADE, related_name="relations")
    type = models.CharField(_("type"), max_length=20, choices=RelationType)
    to = models.ForeignKey(
        "register.Instrument", models.CASCADE, null=True, blank=True, related_name="relations_to", verbose_name=_("to")
    )
    to_text = Text(_("to (without a record)"), max_length=300, null=True, blank=True)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ["id"]
        constraints = [
            one_of("type", RelationType, "relation_type_is_known"),
            models.CheckConstraint(
                condition=exactly_one("to", "to_text"),
                name="relation_to_one_thing",
                violation_error_message=_("A relation points to a record or names something without one."),
            ),
            models.CheckConstraint(
                condition=Q(to__isnull=True) | ~Q(to=F("instrument")),
                name="relation_not_to_itself",
                violation_error_message=_("An instrument has no relation to itself."),
            ),
            models.UniqueConstraint(
                fields=["instrument", "type", "to", "to_text"],
                nulls_distinct=False,
                name="relation_once",
                violation_error_message=_("This relation is there already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.to or self.to_text}"
