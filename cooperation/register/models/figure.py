"""Figure: a number that a source gives."""

from functools import cached_property

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..domain.clock import Clock
from ..domain.text import localized
from .fields import EDTFDays, EDTFField, KeyField, NotesField, Text, exactly_one
from .queryset import RegisterQuerySet, there_on, visible
from .reference import Country, CountryPart, Organisation
from .source import Source


class FigureQuerySet(RegisterQuerySet):
    def visible_to(self, user):
        """Figures about what this user may see, and those about the network."""
        of_the_network = Q(instrument__isnull=True, organisation__isnull=True)
        of_an_organisation = Q(organisation__in=Organisation.objects.visible_to(user).values("pk"))
        return self.filter(of_the_network | visible(user, "instrument__") | of_an_organisation)

    def on(self, clock: Clock):
        """Figures that were known that day, about what is there."""
        return self.filter(Q(instrument__isnull=True) | there_on(clock, "instrument__"), known_from__lte=clock.known_on)

    def matching(self, words, clock: Clock):
        return self.filter(words.over(lambda text: Q(label_nl__icontains=text) | Q(label_en__icontains=text)))


class Figure(models.Model):
    """A number that a source gives about an instrument, an organisation, or (with neither) the whole network.

    Either `value`, or a bound (`min`, `max`), in `unit`. Of a day (`date`), or of all of a `period`.
    """

    key = KeyField(unique=True, verbose_name=_("key"))
    instrument = models.ForeignKey("register.Instrument", models.CASCADE, null=True, blank=True, related_name="figures")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="figures")
    label_nl = Text(_("label in Dutch"), max_length=200)
    label_en = Text(_("label in English"), max_length=200)
    value = models.BigIntegerField(_("value"), null=True, blank=True)
    min = models.BigIntegerField(_("at least"), null=True, blank=True)
    max = models.BigIntegerField(_("at most"), null=True, blank=True)
    approximate = models.BooleanField(_("approximate"), default=False)
    unit = Text(_("unit"), max_length=40)
    date = EDTFField(_("day"), null=True, blank=True)
    date_days = EDTFDays("date")
    period = EDTFField(_("period"), null=True, blank=True, help_text=_("all that time"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="figures", verbose_name=_("source"))
    also_sources = models.ManyToManyField(Source, blank=True, related_name="also_figures")
    known_from = models.DateField(_("known from"))
    notes = NotesField()

    label = localized("label")

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(instrument__isnull=True) | Q(organisation__isnull=True),
                name="figure_about_one_thing",
                violation_error_message=_("A figure is about an instrument, an organisation or the network."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, min__isnull=True, max__isnull=True)
                | Q(Q(min__isnull=False) | Q(max__isnull=False), value__isnull=True),
                name="figure_value_or_bounds",
                violation_error_message=_("A figure has a value or bounds, not both."),
            ),
            models.CheckConstraint(
                condition=Q(min__isnull=True) | Q(max__isnull=True) | Q(min__lte=F("max")),
                name="figure_bounds_in_order",
                violation_error_message=_("The lower bound lies above the upper one."),
            ),
            models.CheckConstraint(
                condition=exactly_one("date", "period"),
                name="figure_of_a_day_or_a_period",
                violation_error_message=_("A figure is of a day or of a period."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @cached_property
    def sources(self) -> list[Source]:
        """Where it stands: its source first."""
        return [self.source, *self.also_sources.all()]

    @cached_property
    def countries_named(self) -> "list[FigureCountry]":
        return list(self.countries.all())


class FigureCountry(CountryPart):
    """That a figure concerns a country."""

    figure = models.ForeignKey(Figure, models.CASCADE, related_name="countries")
    country = models.ForeignKey(Country, models.PROTECT, related_name="figures", verbose_name=_("country"))

    class Meta:
        verbose_name = _("country of a figure")
        verbose_name_plural = _("countries of a figure")
        ordering = ["id"]
