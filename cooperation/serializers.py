"""The kinds of this app in the API."""

from rest_framework import serializers

from .models import EUProposal, Initiative, InterpolItem, Provision, Treaty, Vote
from .register.api.fields import KeyOf
from .register.api.serializers import CamelSerializer, InstrumentSerializer


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


class VoteSerializer(CamelSerializer):
    blank_is_null = True
    vars()["for"] = serializers.IntegerField(source="in_favour", allow_null=True)  # a keyword of Python

    class Meta:
        model = Vote
        fields = ["subject", "for", "against", "abstain", "other"]


class InterpolItemSerializer(InstrumentSerializer):
    votes = VoteSerializer(many=True, source="votes_then")

    class Meta:
        model = InterpolItem
        fields = InstrumentSerializer.shape(
            "session",
            "body",
            "place",
            "members_before",
            "members_after",
            "votes",
            "outcome_nl",
            "outcome_en",
        )

    TOLD = ("outcomeNl", "outcomeEn", "membersAfter")

    def to_representation(self, record):
        shape = super().to_representation(record)
        if not record.outcome_is_told(self.context["clock"]):
            shape |= {name: None for name in self.TOLD if name in shape}
            shape |= {"votes": []} if "votes" in shape else {}
        return shape


class InitiativeSerializer(InstrumentSerializer):
    class Meta:
        model = Initiative
        fields = InstrumentSerializer.shape("track")


class TreatySerializer(InstrumentSerializer):
    publications = serializers.ListField(child=serializers.CharField())
    under_treaty = KeyOf(allow_null=True)

    class Meta:
        model = Treaty
        fields = InstrumentSerializer.shape(
            "treaty_number_nl",
            "consolidated_id_nl",
            "publications",
            "dutch_bill",
            "under_treaty",
            "implements_article",
        )


class PairSerializer(serializers.Serializer):
    """Two countries of the treaty, and whether the provision works between them."""

    countries = serializers.ListField(child=serializers.CharField())
    stage = serializers.CharField()
    certain = serializers.BooleanField()


class ProvisionSerializer(InstrumentSerializer):
    treaty = KeyOf()
    predecessor = KeyOf(allow_null=True)
    implementing_agreement = KeyOf(allow_null=True)
    pairs = PairSerializer(many=True)

    class Meta:
        model = Provision
        fields = InstrumentSerializer.shape(
            "treaty",
            "article",
            "article_verified",
            "heading_nl",
            "chapter",
            "subject",
            "compared_to_predecessor",
            "predecessor",
            "needs_implementing_agreement",
            "implementing_agreement",
            "implementing_basis",
            "pairs",
        )
