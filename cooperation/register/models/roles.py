"""Which countries and organisations take part in an instrument, in which role."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import EDTFDays, EDTFField, one_of
from .reference import Country, CountryPart, Organisation


class CountryRole(CountryPart):
    """That an instrument concerns a country, in a role. `covered` is coverage: served without being sat in."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="roles", verbose_name=_("country"))
    instrument = models.ForeignKey("register.Instrument", models.CASCADE, related_name="countries")

    class Meta:
        verbose_name = _("country of an instrument")
        verbose_name_plural = _("countries of an instrument")
        ordering = ["id"]
        constraints = [
            one_of("role", CountryPart.Role, "country_role_role_is_known"),
            models.UniqueConstraint(
                fields=["instrument", "country", "role", "since"],
                nulls_distinct=False,
                name="country_role_once",
                violation_error_message=_("This country has this role already."),
            ),
        ]


class OrganisationRole(models.Model):
    """That an organisation takes part in an instrument, in a role."""

    class Role(models.TextChoices):
        HOST = "host", _("host organisation")
        SENDER = "sender", _("sender")
        SIGNATORY = "signatory", _("signatory")
        PARTNER = "partner", _("partner")
        LEAD = "lead", _("lead")
        BODY = "body", _("body")

    instrument = models.ForeignKey("register.Instrument", models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="roles", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = EDTFField(_("from"), null=True, blank=True)
    since_days = EDTFDays("since")
    until = EDTFField(_("until"), null=True, blank=True)
    until_days = EDTFDays("until")

    class Meta:
        verbose_name = _("organisation of an instrument")
        verbose_name_plural = _("organisations of an instrument")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "organisation", "role", "since"],
                nulls_distinct=False,
                name="organisation_role_once",
                violation_error_message=_("This organisation has this role already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"
