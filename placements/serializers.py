"""Placements in the API."""

from cooperation.register.api.fields import DateOf
from cooperation.register.api.serializers import InstrumentSerializer

from .models import Placement


class PlannedEnd(DateOf):
    """By the latest word on it."""

    def date(self, record):
        return record.planned_end

    def milestones(self, day):
        return Placement.plans(day)


class PlacementSerializer(InstrumentSerializer):
    start = DateOf("started")
    end = DateOf("ended")
    planned_end = PlannedEnd()

    class Meta:
        model = Placement
        fields = InstrumentSerializer.shape(
            "city",
            "posts",
            "term_years",
            "duration_weeks",
            "coverage_region",
            "sending_unit",
            "start",
            "end",
            "planned_end",
        )
