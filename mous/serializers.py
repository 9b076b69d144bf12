"""MoUs in the API."""

from cooperation.register.api.serializers import InstrumentSerializer

from .models import Memorandum


class MemorandumSerializer(InstrumentSerializer):
    class Meta:
        model = Memorandum
        fields = InstrumentSerializer.shape("binding", "exchange_basis", "place")
