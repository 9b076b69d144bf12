"""What can be asked about gaps."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperation.register.lists.fields import RecordChoices
from cooperation.register.lists.filters import AnyOf, KeyFilter, QuestionFilter
from cooperation.register.models import Country, Group, Organisation, Region, Theme

from ..models import Placement

MONTHS = 12  # where the question does not say


class Months(KeyFilter):
    """A whole number of months, five years at the most."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs):
        super().__init__(min_value=1, max_value=60, help_text=_("1 to 60; 12 where nothing is given"), **kwargs)


class GapFilter(QuestionFilter):
    """Which countries are looked at (`group`, `region`), which posts count, and how far it looks ahead and back."""

    q = None
    group = AnyOf(choices=Group.choices, label=_("Group of countries"), condition="in_group")
    region = AnyOf(choices=Region.choices, label=_("Region"))
    theme = AnyOf(choices=RecordChoices(Theme), label=_("Theme"), method="no_filter")
    kind = AnyOf(choices=Placement.Kind.choices, label=_("Kind"), method="no_filter")
    organisation = AnyOf(choices=RecordChoices(Organisation), label=_("Organisation"), method="no_filter")
    withinMonths = Months(label=_("Planned ends within so many months"), method="no_filter")
    unconfirmedMonths = Months(label=_("Unconfirmed for so many months"), method="no_filter")

    class Meta:
        model = Country
        fields = []

    def in_group(self, queryset, name, value):
        return Q(pk__in=Country.objects.members_of(value, self.clock.valid_on).values("pk"))

    def months(self, name: str) -> int:
        return self.given.get(name) or MONTHS

    def part(self, *names: str) -> str:
        """These keys as part of the address of a list, which knows them by the same names."""
        return urlencode({name: ",".join(self.given[name]) for name in names if name in self.given}, safe=",")

    @property
    def posts(self) -> str:
        """Which posts count, as part of the address of the list of placements."""
        return self.part("theme", "kind", "organisation")

    @property
    def places(self) -> str:
        """Which countries are looked at, as part of the address of a list."""
        return self.part("group", "region")
