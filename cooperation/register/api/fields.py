"""Fields of the API: dates, keys and addresses, and what is made of a record rather than kept in it."""

from django.db import models
from django.db.models import Expression, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from ..domain.edtf import EDTF
from ..lists import sql
from ..models import Milestone


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


class Made(serializers.Field):
    """A field that is no column: it is made of a record, in Python, and in SQL (`ready_made`)."""

    def __init__(self, **kwargs):
        super().__init__(**{"source": "*", "read_only": True, **kwargs})

    def in_sql(self) -> Expression:
        """The same for PostgreSQL, beside the columns of the record."""
        raise NotImplementedError


@extend_schema_field(OpenApiTypes.DATE)
class DayOfClock(Made):
    """A day of the clock of the question."""

    def to_representation(self, record) -> str:
        return getattr(self.context["clock"], self.name).isoformat()

    def in_sql(self):
        return getattr(sql.AnyClock, self.name)

    @property
    def name(self) -> str:
        return {"validOn": "valid_on", "knownOn": "known_on"}[self.field_name]


@extend_schema_field(OpenApiTypes.BOOL)
class MatchCertain(Made):
    def to_representation(self, record) -> bool | None:
        return record.match_certain

    def in_sql(self):
        keys = sql.Parameter("matches", models.JSONField())
        return sql.OfKey(keys, Cast("pk", models.TextField()))


@extend_schema_field(DateObject)
class DateOf(Made):
    """When the first milestone of these kinds occurred, by what is known."""

    def __init__(self, *milestone_kinds: str, **kwargs):
        self.milestone_kinds = milestone_kinds
        super().__init__(**{"allow_null": True, **kwargs})

    def date(self, record) -> EDTF | None:
        return record.date_of(*self.milestone_kinds)

    def milestones(self, day):
        """The milestones of which the first is shown."""
        return Milestone.objects.as_said_on(day).filter(kind__in=self.milestone_kinds, said="occurred")

    def to_representation(self, record) -> dict | None:
        date = self.date(record)
        return date and date.as_object()

    def in_sql(self):
        found = self.milestones(sql.AnyClock.known_on).filter(instrument=OuterRef("pk"))
        return Subquery(found.values_list(sql.DateObject("date"))[:1])


class KeyOf(serializers.SlugRelatedField):
    """A related record by its key."""

    def __init__(self, slug_field: str = "key", **kwargs):
        super().__init__(slug_field=slug_field, read_only=True, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class Url(serializers.Field):
    """The address of the record in the API."""

    def __init__(self, view: str = "", lookup: str = "key", **kwargs):
        self.view, self.lookup = view, lookup
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, record) -> str:
        view = self.view or record.resource
        return reverse(f"api:{view}-detail", args=[getattr(record, self.lookup)], request=self.context.get("request"))
