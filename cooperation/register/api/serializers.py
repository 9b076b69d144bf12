"""The shapes of the API: one for what all kinds share, which a kind extends. Field names are camelCase."""

import re
import threading
from collections.abc import Callable, Iterable
from datetime import UTC
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ..models import (
    Citation,
    Claim,
    Commitment,
    Country,
    CountryRole,
    Dispute,
    Figure,
    GroupMembership,
    Instrument,
    Milestone,
    Organisation,
    OrganisationRole,
    Relation,
    Source,
    Theme,
)
from ..models.fields import EDTFField
from .fields import DateObject, DayOfClock, KeyOf, KeysOf, Url


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


# Values that leave as they are kept.
PLAIN = (
    serializers.CharField,
    serializers.ChoiceField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.JSONField,
)


class CamelSerializer(serializers.ModelSerializer):
    """Fields are declared in snake_case, as everywhere in Python, and leave in camelCase.

    What each field reads is looked up once for each serializer and kept (`_readers`): DRF does so again for every
    field of every row, which takes half of the time of an answer.
    """

    blank_is_null = False  # in the API what is not known is null, never an empty text

    def __init__(self, *args, only: Iterable[str] = (), **kwargs):
        """`only`: the names of the fields to show; all when empty."""
        self.only = frozenset(only)
        super().__init__(*args, **kwargs)

    def get_fields(self):
        fields = {}
        for name, declared in super().get_fields().items():
            if camel(name) != name:
                if isinstance(declared, serializers.SerializerMethodField):
                    declared.method_name = declared.method_name or f"get_{name}"
                elif declared.source is None:
                    declared.source = name
            if self.blank_is_null:  # so that the contract says it too
                declared.allow_null = declared.allow_null or getattr(declared, "allow_blank", False)
            fields[camel(name)] = declared
        return fields

    def build_standard_field(self, field_name, model_field):
        if isinstance(model_field, EDTFField):
            return DateObject, {"allow_null": True, "read_only": True}
        field_class, options = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, models.DateTimeField):
            # Moments leave in UTC, with all their digits; days stay those of the Netherlands.
            options |= {"default_timezone": UTC, "format": "%Y-%m-%dT%H:%M:%S.%fZ"}
        return field_class, options

    @cached_property
    def _readers(self) -> list[tuple[str, Callable[[Any], Any] | None, Callable[[Any], Any] | None]]:
        """For each field its name, what reads its value, and what shows that; None: the record, the value itself."""
        return [
            (
                name,
                None if declared.source == "*" else attrgetter(declared.source),
                None if isinstance(declared, PLAIN) else declared.to_representation,
            )
            for name, declared in self.fields.items()
            if not declared.write_only and (not self.only or name in self.only)
        ]

    def to_representation(self, record) -> dict[str, Any]:
        shape = {}
        for name, read, show in self._readers:
            value = read(record) if read else record
            if value is not None and show:
                value = show(value)
            shape[name] = None if value == "" and self.blank_is_null else value
        return shape


_kept = threading.local()  # a serializer holds the context of one answer


def shown(serializer_class: type[CamelSerializer], records, context: dict, only: Iterable[str] = ()) -> list[dict]:
    """Records as the API shows them. Each serializer is kept: to list its fields takes as long as to show a page."""
    kept = _kept.__dict__.setdefault("serializers", {})
    key = (serializer_class, frozenset(only))
    serializer = kept.get(key) or kept.setdefault(key, serializer_class(only=only))
    serializer._context = context
    return [serializer.to_representation(record) for record in records]


class Lasting:
    """`since` leaves as `from`, which is a keyword of Python."""

    def get_fields(self):
        fields = super().get_fields()
        fields["since"].source = "since"
        return {"from" if name == "since" else name: declared for name, declared in fields.items()}


class CountryRoleSerializer(Lasting, CamelSerializer):
    blank_is_null = True
    country = serializers.CharField(source="country_id", read_only=True)
    reason = serializers.CharField(allow_blank=True)

    class Meta:
        model = CountryRole
        fields = ["country", "role", "reason", "reason_nl", "reason_en", "since", "until"]


class OrganisationRoleSerializer(Lasting, CamelSerializer):
    organisation = KeyOf()

    class Meta:
        model = OrganisationRole
        fields = ["organisation", "role", "since", "until"]


class MilestoneSerializer(CamelSerializer):
    blank_is_null = True
    """A dated event. `state` is what could be said on `knownOn`."""

    state = serializers.CharField(source="said")
    source = KeyOf()
    also_sources = KeysOf(source="sources", but=1)
    fulfils = KeyOf(allow_null=True)

    class Meta:
        model = Milestone
        fields = [
            "key",
            "kind",
            "date",
            "state",
            "source",
            "also_sources",
            "known_from",
            "fulfils",
            "reference",
            "note_nl",
            "note_en",
        ]


class CitationSerializer(CamelSerializer):
    blank_is_null = True
    source = KeyOf()

    class Meta:
        model = Citation
        fields = ["field", "source", "locator"]


class ClaimSerializer(CamelSerializer):
    source = KeyOf()

    class Meta:
        model = Claim
        fields = ["value", "source"]


class DisputeSerializer(CamelSerializer):
    blank_is_null = True
    claims = ClaimSerializer(many=True, source="known_claims")
    follows = KeyOf(allow_null=True)
    note = serializers.CharField(allow_blank=True)

    class Meta:
        model = Dispute
        fields = ["field", "claims", "follows", "note", "note_nl", "note_en"]


class RelationSerializer(CamelSerializer):
    blank_is_null = True
    to = KeyOf(allow_null=True)

    class Meta:
        model = Relation
        fields = ["type", "to", "to_text"]


class CommitmentSerializer(CamelSerializer):
    blank_is_null = True
    """Something promised. The outcome is that of the clock: what came later is not there yet."""

    made_in = KeyOf()
    fulfilled_by = KeyOf(allow_null=True)
    fulfilled_by_milestone = KeyOf(allow_null=True)
    state = serializers.SerializerMethodField()
    outcome_date = DateObject(source="outcome_on", allow_null=True)
    days_late = serializers.IntegerField(allow_null=True, read_only=True)

    class Meta:
        model = Commitment
        fields = [
            "what_nl",
            "what_en",
            "made_in",
            "due",
            "state",
            "outcome_nl",
            "outcome_en",
            "outcome_date",
            "fulfilled_by",
            "fulfilled_by_milestone",
            "days_late",
        ]

    OUTCOME = ("outcomeNl", "outcomeEn", "outcomeDate", "fulfilledBy", "fulfilledByMilestone", "daysLate")

    def get_state(self, commitment) -> str:
        return commitment.state_on(self.context["clock"])

    def to_representation(self, commitment):
        shape = super().to_representation(commitment)
        if not commitment.outcome_had_come(self.context["clock"]):
            shape |= dict.fromkeys(self.OUTCOME)
        if not commitment.told_by(self.context["clock"]):
            shape["fulfilledBy"] = None
        return shape


class FigureSerializer(CamelSerializer):
    url = Url("figures")
    source = KeyOf()
    also_sources = KeysOf(source="sources", but=1)
    subject = serializers.SerializerMethodField()
    countries = CountryRoleSerializer(many=True, source="countries_named")

    class Meta:
        model = Figure
        fields = [
            "url",
            "key",
            "subject",
            "label_nl",
            "label_en",
            "value",
            "min",
            "max",
            "approximate",
            "unit",
            "date",
            "period",
            "source",
            "also_sources",
            "known_from",
            "countries",
            "notes",
        ]

    def get_subject(self, figure) -> str:
        if figure.instrument_id:
            return f"instrument:{figure.instrument.key}"
        return f"organisation:{figure.organisation.key}" if figure.organisation_id else "network"


class InstrumentSerializer(CamelSerializer):
    blank_is_null = True
    """What the API says of every instrument, on the clock of the question. A kind adds its own."""

    url = Url()
    valid_on = DayOfClock("valid_on")
    known_on = DayOfClock("known_on")
    stage = serializers.CharField()
    stage_certain = serializers.BooleanField()
    stalled = serializers.BooleanField(source="is_stalled")
    disputed = serializers.BooleanField(source="is_disputed")
    match_certain = serializers.BooleanField(
        allow_null=True, help_text=_("For a question with a range of days: whether the record certainly lies in it.")
    )
    themes = KeysOf(source="themes_then")
    countries = CountryRoleSerializer(many=True, source="countries_then")
    organisations = OrganisationRoleSerializer(many=True, source="organisations_then")
    milestones = MilestoneSerializer(many=True, source="known_milestones")
    citations = CitationSerializer(many=True, source="known_citations")
    disputes = DisputeSerializer(many=True, source="known_disputes")
    relations = RelationSerializer(many=True, source="visible_relations")
    commitments = CommitmentSerializer(many=True, source="known_commitments")
    figures = FigureSerializer(many=True, source="known_figures")

    class Meta:
        model = Instrument
        fields = (
            "url",
            "key",
            "resource",
            "kind",
            "short_name_nl",
            "short_name_en",
            "title_nl",
            "title_en",
            "title_is_official",
            "summary_nl",
            "summary_en",
            "valid_on",
            "known_on",
            "stage",
            "stage_certain",
            "stalled",
            "disputed",
            "match_certain",
            "classification",
            "themes",
            "countries",
            "organisations",
        )

    LAST = (
        "milestones",
        "citations",
        "disputes",
        "relations",
        "commitments",
        "figures",
        "notes",
        "created_at",
        "updated_at",
    )

    @classmethod
    def shape(cls, *kind_fields: str) -> tuple[str, ...]:
        """The fields in order: what all share, what the kind adds, what happened."""
        return (*InstrumentSerializer.Meta.fields, *kind_fields, *cls.LAST)


class EveryInstrumentSerializer(InstrumentSerializer):
    """An instrument of any kind, by what all kinds share."""

    class Meta:
        model = Instrument
        fields = InstrumentSerializer.shape()


class GroupSerializer(Lasting, CamelSerializer):
    class Meta:
        model = GroupMembership
        fields = ["group", "since", "until"]


class CountrySerializer(CamelSerializer):
    url = Url("countries", "code")
    groups = GroupSerializer(many=True)

    class Meta:
        model = Country
        fields = ["url", "code", "name_nl", "name_en", "region", "groups"]


class SourceSerializer(CamelSerializer):
    blank_is_null = True
    url = Url("sources")
    address = serializers.CharField(source="url", allow_blank=True)

    class Meta:
        model = Source
        fields = [
            "url",
            "key",
            "kind",
            "reference",
            "title",
            "publisher",
            "published",
            "address",
            "reliability",
            "note",
        ]


class OrganisationSerializer(CamelSerializer):
    blank_is_null = True
    url = Url("organisations")
    country = serializers.CharField(source="country_id", allow_null=True)
    part_of = KeyOf(allow_null=True)
    countries = CountryRoleSerializer(many=True, source="known_countries")
    citations = CitationSerializer(many=True, source="known_citations")
    disputes = DisputeSerializer(many=True, source="known_disputes")

    class Meta:
        model = Organisation
        fields = [
            "url",
            "key",
            "kind",
            "name_nl",
            "name_en",
            "country",
            "city",
            "part_of",
            "founded",
            "countries",
            "citations",
            "disputes",
            "notes",
        ]


class ThemeSerializer(CamelSerializer):
    url = Url("themes")

    class Meta:
        model = Theme
        fields = ["url", "key", "name_nl", "name_en"]
