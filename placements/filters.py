"""What can be asked about placements."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from cooperation.register.lists.filters import Day, InstrumentFilter, YesOrNo
from cooperation.register.models import Milestone

from .models import Placement


class PlacementFilter(InstrumentFilter):
    # A country is asked by who sits there and by who covers it from elsewhere (domain.md, rule 9).
    default_roles = ("host", "covered")
    ranges = {"start": ("started",), "end": ("ended",), "plannedEnd": ("planned_end",)}
    range_labels = {"start": _("Started"), "end": _("Ended"), "plannedEnd": _("Planned end")}
    notSeenSince = Day(label=_("Not seen since"), method="not_seen_since")
    endingBy = Day(label=_("Planned to end by"), method="ending_by")
    succeeded = YesOrNo(label=_("Another post follows it up"), method="being_succeeded")

    class Meta(InstrumentFilter.Meta):
        model = Placement

    def not_seen_since(self, queryset, name, value):
        """Posts that may still be there, but of which no source has seen anything since that day."""
        seen = Milestone.objects.had_happened(self.clock).filter(kind__in=Placement.ladder.evidence)
        seen = seen.between(value, None).filter(instrument=OuterRef("pk"))
        return queryset.filter(~Exists(seen), stage__in=("active", "unconfirmed"))

    def ending_by(self, queryset, name, value):
        return queryset.ending_by(value, self.clock)

    def being_succeeded(self, queryset, name, value):
        return queryset.succeeded(self.clock, self.user, succeeded=value == "true")
