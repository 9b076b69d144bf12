"""Reference data: countries with their groups, organisations, themes."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Count, Exists, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..domain.addresses import address_of
from ..domain.clock import Clock
from ..domain.text import localized
from .fields import EDTFDays, EDTFField, KeyField, NotesField, ShownField, SortKeyField, Text, one_of
from .queryset import NamedQuerySet, UnclassifiedQuerySet, in_force_on, there_on, visible


class Region(models.TextChoices):
    """Subregions of the United Nations' M49 standard."""

    ANTARCTICA = "antarctica", _("Antarctica")
    AUSTRALIA_AND_NEW_ZEALAND = "australia-and-new-zealand", _("Australia and New Zealand")
    CARIBBEAN = "caribbean", _("Caribbean")
    CENTRAL_AMERICA = "central-america", _("Central America")
    CENTRAL_ASIA = "central-asia", _("Central Asia")
    EASTERN_AFRICA = "eastern-africa", _("Eastern Africa")
    EASTERN_ASIA = "eastern-asia", _("Eastern Asia")
    EASTERN_EUROPE = "eastern-europe", _("Eastern Europe")
    MELANESIA = "melanesia", _("Melanesia")
    MICRONESIA = "micronesia", pgettext_lazy("region", "Micronesia")
    MIDDLE_AFRICA = "middle-africa", _("Middle Africa")
    NORTHERN_AFRICA = "northern-africa", _("Northern Africa")
    NORTHERN_AMERICA = "northern-america", _("Northern America")
    NORTHERN_EUROPE = "northern-europe", _("Northern Europe")
    POLYNESIA = "polynesia", _("Polynesia")
    SOUTH_AMERICA = "south-america", _("South America")
    SOUTH_EASTERN_ASIA = "south-eastern-asia", _("South-eastern Asia")
    SOUTHERN_AFRICA = "southern-africa", _("Southern Africa")
    SOUTHERN_ASIA = "southern-asia", _("Southern Asia")
    SOUTHERN_EUROPE = "southern-europe", _("Southern Europe")
    WESTERN_AFRICA = "western-africa", _("Western Africa")
    WESTERN_ASIA = "western-asia", _("Western Asia")
    WESTERN_EUROPE = "western-europe", _("Western Europe")


class Group(models.TextChoices):
    """Groups of countries that people ask for."""

    EU = "eu", _("European Union")
    SCHENGEN = "schengen", _("Schengen area")
    BENELUX = "benelux", _("Benelux")
    KINGDOM = "kingdom", _("Kingdom of the Netherlands")
    WESTERN_BALKANS = "western-balkans", _("Western Balkans")
    LATIN_AMERICA = "latin-america", _("Latin America")
    CARIBBEAN = "caribbean", pgettext_lazy("group of countries", "Caribbean")


class CountryQuerySet(NamedQuerySet):
    def with_groups(self):
        return self.prefetch_related("groups")

    def members_of(self, groups: Iterable[str], day: date):
        """Countries that belong to one of these groups on a day."""
        memberships = GroupMembership.objects.filter(in_force_on(day), group__in=groups)
        return self.filter(pk__in=memberships.values("country"))


class Country(models.Model):
    """A country or territory of ISO 3166-1, and Kosovo (XK)."""

    code = models.CharField(_("code"), primary_key=True, max_length=2, help_text=_("ISO 3166-1 alpha-2, or XK"))
    name_nl = Text(_("name in Dutch"), max_length=100)
    name_en = Text(_("name in English"), max_length=100)
    region = models.CharField(_("region"), max_length=30, choices=Region)
    sort_nl = SortKeyField("name_nl")
    sort_en = SortKeyField("name_en")

    name = localized("name")

    objects = CountryQuerySet.as_manager()

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["sort_nl"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z]{2}$"),
                name="country_code_is_alpha_2",
                violation_error_message=_("A country code is two capital letters."),
            ),
            one_of("region", Region, "country_region_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("country", self.code)


class GroupMembership(models.Model):
    """That a country belongs to a group, from a day to a day. A side that is not certain is left out."""

    country = models.ForeignKey(Country, models.CASCADE, related_name="groups", verbose_name=_("country"))
    group = models.CharField(_("group"), max_length=20, choices=Group)
    since = EDTFField(_("from"), null=True, blank=True)
    since_days = EDTFDays("since")
    until = EDTFField(_("until"), null=True, blank=True)
    until_days = EDTFDays("until")

    class Meta:
        verbose_name = _("membership of a group")
        verbose_name_plural = _("memberships of groups")
        ordering = ["country", "group"]
        constraints = [
            one_of("group", Group, "group_membership_group_is_known"),
            models.CheckConstraint(
                condition=Q(since__isnull=True)
                | Q(until__isnull=True)
                | Q(until_days__endswith__gt=Lower("since_days")),
                name="group_membership_ends_after_start",
                violation_error_message=_("A membership cannot end before it starts."),
            ),
            ExclusionConstraint(
                name="group_membership_once_at_a_time",
                expressions=[
                    ("country", RangeOperators.EQUAL),
                    ("group", RangeOperators.EQUAL),
                    (Func(Lower("since_days"), Upper("until_days"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The country is a member of this group already in that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country_id} {self.get_group_display()}"


class OrganisationKind(models.TextChoices):
    """What sort of body an organisation is."""

    COORDINATION_UNIT = "coordination_unit", _("coordination unit")
    CROSS_BORDER_BODY = "cross_border_body", _("cross-border body")
    DIPLOMATIC_NETWORK = "diplomatic_network", _("diplomatic network")
    EU_AGENCY = "eu_agency", _("EU agency")
    EU_MISSION = "eu_mission", _("EU mission")
    FORMER_SERVICE = "former_service", _("former service")
    HOST_SERVICE = "host_service", _("host service")
    INTERNATIONAL_ORGANISATION = "international_organisation", _("international organisation")
    JUDICIAL_AUTHORITY = "judicial_authority", _("judicial authority")
    MINISTRY = "ministry", _("ministry")
    MULTILATERAL_CENTRE = "multilateral_centre", _("multilateral centre")
    NATIONAL_BUREAU = "national_bureau", _("national bureau")
    NAVY = "navy", _("navy")
    PARTNER_SERVICE = "partner_service", _("partner service")
    POLICE_FORCE = "police_force", _("police force")
    SECURITY_SERVICE = "security_service", _("security service")
    SENDING_SERVICE = "sending_service", _("sending service")
    SENDING_UNIT = "sending_unit", _("sending unit")
    UN_BODY = "un_body", _("UN body")


class OrganisationQuerySet(UnclassifiedQuerySet, NamedQuerySet):
    def uses(self, user) -> Iterator[Q]:
        """It is used where it takes part in an instrument."""
        yield visible(user, "roles__instrument__")

    def counting_records(self, clock: Clock, user):
        """Each with the number of `records` in which it takes part on these days, as far as this user may see."""
        there = self._taking_part(clock, user).values("pk")
        counted = there.annotate(number=Count("roles__instrument", distinct=True))
        return self.annotate(records=Coalesce(Subquery(counted.values("number")), 0))

    def counted_on(self, clock: Clock, user):
        """Of a past day, those that take part in something that was there."""
        if clock.is_today:
            return self
        return self.filter(Exists(self._taking_part(clock, user)))

    def _taking_part(self, clock: Clock, user):
        """The organisation of the outer query, with its roles in records that are there and that this user may see."""
        role, record = "roles__", "roles__instrument__"
        held = in_force_on(clock.valid_on, role) & visible(user, record) & there_on(clock, record)
        return self.model.objects.filter(held, pk=OuterRef("pk")).order_by()

    def with_related(self):
        return self.select_related("country")

    def fetch_keys(self, keys, clock: Clock, user, *, whole: bool = False, together=None) -> list:
        return self._with_facts(super().fetch_keys(keys, clock, user), clock, user, whole)

    def fetch(self, clock: Clock, user, *, whole: bool = False, together=None) -> list:
        return self._with_facts(super().fetch(clock, user), clock, user, whole)

    @staticmethod
    def _with_facts(found: list, clock: Clock, user, whole: bool) -> list:
        from .fetch import Batch, read_facts  # which knows the models of all that is read

        if whole:
            read_facts(found, Batch(clock, user))
        return found


class Organisation(models.Model):
    """A body that sends, hosts, signs or leads."""

    key = KeyField(unique=True, verbose_name=_("key"))
    kind = models.CharField(_("kind"), max_length=30, choices=OrganisationKind)
    name_nl = Text(_("name in Dutch"), max_length=200)
    name_en = Text(_("name in English"), max_length=200)
    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, verbose_name=_("country"))
    city = Text(_("city"), max_length=100, blank=True)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    founded = EDTFField(_("founded"), null=True, blank=True)
    notes = NotesField()
    shown = ShownField()
    sort_nl = SortKeyField("name_nl")
    sort_en = SortKeyField("name_en")

    name = localized("name")

    # What it has where it is read whole (`fetch.read_facts`).
    known_countries: list[models.Model]
    known_citations: list[models.Model]
    known_disputes: list[models.Model]
    visible_part_of: list[models.Model]  # one or none

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_nl"]
        constraints = [
            one_of("kind", OrganisationKind, "organisation_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(part_of=models.F("id")),
                name="organisation_not_part_of_itself",
                violation_error_message=_("An organisation cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("organisation", self.key)


class ThemeQuerySet(UnclassifiedQuerySet, NamedQuerySet):
    def uses(self, user) -> Iterator[Q]:
        """It is used where an instrument is about it."""
        yield visible(user, "instruments__")

    def counted_on(self, clock: Clock, user):
        """Of a past day, those that something which was there is about."""
        if clock.is_today:
            return self
        about = self.model.objects.filter(visible(user, "instruments__"), there_on(clock, "instruments__"))
        return self.filter(Exists(about.filter(pk=OuterRef("pk"))))


class Theme(models.Model):
    """What an instrument is about."""

    key = KeyField(unique=True, verbose_name=_("key"))
    name_nl = Text(_("name in Dutch"), max_length=100)
    name_en = Text(_("name in English"), max_length=100)
    shown = ShownField()
    sort_nl = SortKeyField("name_nl")
    sort_en = SortKeyField("name_en")

    name = localized("name")

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["sort_nl"]

    def __str__(self) -> str:
        return self.name


class CountryPart(models.Model):
    """That a country takes part in something, in a role, perhaps from a day to a day."""

    class Role(models.TextChoices):
        HOST = "host", _("host country")
        COVERED = "covered", _("covered")
        PARTNER = "partner", _("partner")
        PARTY = "party", _("party")
        BENEFICIARY = "beneficiary", _("beneficiary")
        CONCERNED = "concerned", _("concerned")

    country = models.ForeignKey(Country, models.PROTECT, related_name="+", verbose_name=_("country"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = EDTFField(_("from"), null=True, blank=True)
    since_days = EDTFDays("since")
    until = EDTFField(_("until"), null=True, blank=True)
    until_days = EDTFDays("until")
    reason_nl = Text(_("reason in Dutch"), blank=True)
    reason_en = Text(_("reason in English"), blank=True)

    reason = localized("reason")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.country_id} ({self.get_role_display()})"

    def holds_on(self, day: date) -> bool:
        """Whether it may hold that day: a side that is not known is open."""
        return not ((self.since and self.since.first > day) or (self.until and self.until.last < day))


class OrganisationCountry(CountryPart):
    """That a country takes part in an organisation."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="countries")

    class Meta:
        verbose_name = _("country of an organisation")
        verbose_name_plural = _("countries of organisations")
        ordering = ["id"]
        constraints = [one_of("role", CountryPart.Role, "organisation_country_role_is_known")]
