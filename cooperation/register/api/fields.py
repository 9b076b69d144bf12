"""Fields of the API: dates, keys and addresses, and what is made of a record rather than kept in it."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers

from ..domain.edtf import EDTF


@extend_schema_field(
    inline_serializer(
        "EdtfDate",
        {
            "edtf": serializers.CharField(help_text=_("The date as written, in EDTF.")),
            "earliest": serializers.DateField(allow_null=True, help_text=_("First possible day; null where open.")),
            "latest": serializers.DateField(allow_null=True, help_text=_("Last possible day; null where open.")),
        },
    )
)
class DateObject(serializers.Field):
    """A date of the register as an object, so that a vague date cannot be read as an exact one."""

    def __init__(self, **kwargs):
        super().__init__(**{"read_only": True, **kwargs})

    def to_representation(self, value: EDTF) -> dict:
        return value.as_object()


class ComputedField(serializers.Field):
    """A field that is computed from the whole record."""

    def __init__(self, **kwargs):
        super().__init__(**{"source": "*", "read_only": True, **kwargs})


@extend_schema_field(OpenApiTypes.DATE)
class DayOfClock(ComputedField):
    """A day of the clock of the question: `valid_on` or `known_on`."""

    def __init__(self, name: str, **kwargs):
        self.name = name
        super().__init__(**kwargs)

    def to_representation(self, record) -> str:
        return getattr(self.context["clock"], self.name).isoformat()


class KeyOf(serializers.SlugRelatedField):
    """A related record by its key."""

    def __init__(self, slug_field: str = "key", **kwargs):
        super().__init__(slug_field=slug_field, read_only=True, **kwargs)


class KeysOf(serializers.ListField):
    """Related records by their keys; `but` the first ones."""

    def __init__(self, *, but: int = 0, **kwargs):
        self.but = but
        super().__init__(**{"read_only": True, "child": serializers.CharField(), **kwargs})

    def to_representation(self, records) -> list[str]:
        return [record.key for record in records[self.but :]]


@extend_schema_field(OpenApiTypes.STR)
class Url(serializers.Field):
    """The address of the record in the API."""

    def __init__(self, view: str = "", lookup: str = "key", **kwargs):
        self.view, self.lookup = view, lookup
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, record) -> str:
        return f"{self.context['api']}{self.view or record.resource}/{getattr(record, self.lookup)}"


@extend_schema_field(OpenApiTypes.URI)
class RecordUrl(Url):
    """The address in the API of the record that a row belongs to."""

    def to_representation(self, row) -> str:
        return super().to_representation(row.instrument)
