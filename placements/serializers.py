"""Placements in the API."""

from cooperation.register.api.fields import DateObject
from cooperation.register.api.serializers import InstrumentSerializer

from .models import Placement


class PlacementSerializer(InstrumentSerializer):
    start = DateObject(allow_null=True)
    end = DateObject(allow_null=True)
    planned_end = DateObject(allow_null=True)

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
