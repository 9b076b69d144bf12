"""The kinds of this app in the API."""

from rest_framework import serializers

from .models import EUProposal
from .register.serializers import InstrumentSerializer


class EUProposalSerializer(InstrumentSerializer):
    legal_basis = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = EUProposal
        fields = InstrumentSerializer.shape(
            "com_number",
            "procedure",
            "celex_proposal",
            "celex_act",
            "act_number",
            "oj_reference",
            "legal_basis",
            "lead_ministry",
            "bnc_fiche",
            "council_voting",
            "package",
        )

    def to_representation(self, record):
        shape = super().to_representation(record)
        return shape | {name: None for name in self.ACT if name in shape and not record.act_is_known}

    ACT = ("celexAct", "actNumber", "ojReference")
