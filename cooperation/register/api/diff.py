"""What changed between two days, in the API."""

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from ..lists.diff import CHANGES, Diff
from ..lists.query import PageNotFound
from .fields import Url
from .serializers import CountryRoleSerializer, MilestoneSerializer, OrganisationRoleSerializer, camel


class _Camel(serializers.Serializer):
    """Names leave in camelCase."""

    def get_fields(self):
        fields = super().get_fields()
        for name, declared in fields.items():
            declared.source = declared.source or (name if camel(name) != name else None)
        return {camel(name): declared for name, declared in fields.items()}


class StandingSerializer(_Camel):
    """How a record stands on a pair of days."""

    stage = serializers.CharField()
    stage_certain = serializers.BooleanField()
    countries = CountryRoleSerializer(many=True, source="countries_then")
    organisations = OrganisationRoleSerializer(many=True, source="organisations_then")


class ChangeSerializer(_Camel):
    """What became of one record: how it stood then, how it stands now (null: it is not there), and what happened."""

    change = serializers.ChoiceField(CHANGES)
    url = Url()
    key = serializers.CharField()
    resource = serializers.CharField()
    kind = serializers.CharField(source="record.kind")
    title_nl = serializers.CharField(source="record.title_nl")
    title_en = serializers.CharField(source="english_title", allow_null=True)
    differs = serializers.ListField(child=serializers.CharField())
    then = StandingSerializer(allow_null=True)
    now = StandingSerializer(allow_null=True)
    events = MilestoneSerializer(many=True)


def changes(comparison: Diff, page: int, context: dict) -> tuple[dict, bool]:
    """The answer of `/changes/{resource}` without its links, and whether more is to follow. Raises PageNotFound."""
    size = comparison.now.page_size
    found = comparison.changes((page - 1) * size, page * size)
    if not found and page > 1:
        raise PageNotFound
    now, then = comparison.now.clock, comparison.then.clock
    answer = {
        "validOn": now.valid_on.isoformat(),
        "knownOn": now.known_on.isoformat(),
        "against": then.valid_on.isoformat(),
        "againstKnownOn": then.known_on.isoformat(),
        "total": comparison.now.selection.count(),
        "totalThen": comparison.then.selection.count(),
        **comparison.counts,
        "results": ChangeSerializer(found, many=True, context=context).data,
    }
    return answer, page * size < comparison.total


_DAYS = ("validOn", "knownOn", "against", "againstKnownOn")
_NUMBERS = ("total", "totalThen", *CHANGES)
SHAPE = inline_serializer(
    "Changes",
    {
        "count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        **{name: serializers.DateField() for name in _DAYS},
        **{name: serializers.IntegerField() for name in _NUMBERS},
        "results": ChangeSerializer(many=True),
    },
)
