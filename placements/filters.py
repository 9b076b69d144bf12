"""What can be asked about placements."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.filters import InstrumentFilter

from .models import Placement


class PlacementFilter(InstrumentFilter):
    # A country is asked by who sits there and by who covers it from elsewhere (domain.md, rule 9).
    default_roles = ("host", "covered")
    ranges = {"start": ("started",), "end": ("ended",), "plannedEnd": ("planned_end",)}
    range_labels = {"start": _("Started"), "end": _("Ended"), "plannedEnd": _("Planned end")}

    class Meta(InstrumentFilter.Meta):
        model = Placement
