"""Lighthouses in the API."""

from cooperation.register.api.serializers import InstrumentSerializer

from .models import Lighthouse


class LighthouseSerializer(InstrumentSerializer):
    class Meta:
        model = Lighthouse
        fields = InstrumentSerializer.shape("height", "light_list", "colour")
