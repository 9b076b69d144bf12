"""What can be asked about the kinds of this app."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models import EUProposal
from .register.filters import AnyOf, InstrumentFilter


class EUProposalFilter(InstrumentFilter):
    package = AnyOf(choices=EUProposal.Package.choices, label=_("Package"), method="in_package")
    packageNot = AnyOf(choices=EUProposal.Package.choices, label=_("Not in package"), method="in_package")

    ranges = {
        "proposed": ("proposed",),
        "adopted": ("council_adopted",),
        "signed": ("signed",),
        "inForce": ("entry_into_force",),
        "applied": ("applies_from", "transposition_deadline"),
    }
    range_labels = {
        "proposed": _("Proposed"),
        "adopted": _("Adopted"),
        "signed": _("Signed"),
        "inForce": _("In force"),
        "applied": _("Applied"),
    }

    class Meta(InstrumentFilter.Meta):
        model = EUProposal

    def in_package(self, queryset, name, value):
        return self.either(queryset, name, Q(package__in=value))
