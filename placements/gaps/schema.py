"""The shape of the answer about gaps, for the contract of the API."""

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from cooperation.register.api.fields import DateObject
from cooperation.register.api.openapi import QuestionSchema

from .. import network
from ..presence import Has

# How many countries have what, by the name that the answer has for it.
COUNTED = {
    "withPost": Has.POST,
    "onlyCovered": Has.COVERED,
    "planned": Has.PLANNED,
    "notKnown": Has.NOT_KNOWN,
    "ended": Has.ENDED,
    "noneOnRecord": Has.NONE,
}


def _shape(name: str, many: bool = False, **fields):
    return inline_serializer(f"Gaps{name}", fields, many=many)


def _list(name: str, **fields):
    """A number, the list that it counts, and more."""
    counted = {
        "count": serializers.IntegerField(),
        "countExact": serializers.BooleanField(help_text=_("Whether the count is exact, or a lower bound.")),
        "url": serializers.URLField(help_text=_("The list that the number counts.")),
    }
    return _shape(name, **counted, **fields)


_POST = {
    "key": serializers.CharField(),
    "stage": serializers.CharField(),
    "stageCertain": serializers.BooleanField(),
}


def _role(name: str):
    return _shape(
        name,
        activeCertain=serializers.IntegerField(),
        byStage=serializers.DictField(child=serializers.IntegerField()),
        url=serializers.URLField(),
    )


def _ends(name: str):
    end = {"plannedEnd": serializers.JSONField(), "successor": serializers.CharField(allow_null=True)}
    return _shape(
        name,
        count=serializers.IntegerField(allow_null=True, help_text=_("Null: too many ends to tell; ask for less.")),
        url=serializers.URLField(help_text=_("The list that the number counts.")),
        results=_shape(f"{name}Post", many=True, **_POST, **end),
    )


def _tally(name: str):
    part = _shape(
        f"{name}TallyPart",
        many=True,
        reason=serializers.ChoiceField([reason[0] for reason in network.REASONS]),
        records=serializers.IntegerField(),
        count=serializers.IntegerField(),
        url=serializers.URLField(),
    )
    return inline_serializer(
        f"Gaps{name}",
        {
            "validOn": serializers.DateField(),
            "knownOn": serializers.DateField(),
            "count": serializers.IntegerField(),
            "atLeast": serializers.BooleanField(),
            "difference": serializers.IntegerField(),
            "url": serializers.URLField(),
            "parts": part,
        },
        allow_null=True,
    )


GAPS = _shape(
    "",
    validOn=serializers.DateField(),
    knownOn=serializers.DateField(),
    countries=_shape(
        "Countries",
        count=serializers.IntegerField(),
        **{name: serializers.IntegerField() for name in COUNTED},
        present=_list("Present"),
        results=_shape(
            "Country",
            many=True,
            country=serializers.CharField(),
            nameNl=serializers.CharField(),
            nameEn=serializers.CharField(),
            has=serializers.ChoiceField(Has.values),
            certain=serializers.BooleanField(),
            since=DateObject(
                allow_null=True, help_text=_("Of “not_known” and “ended”: the date of which a source last spoke.")
            ),
            host=_role("Host"),
            covered=_role("Covered"),
        ),
    ),
    plannedEnds=_list(
        "PlannedEnds",
        until=serializers.DateField(),
        withoutSuccessor=_ends("WithoutSuccessor"),
        withSuccessor=_ends("WithSuccessor"),
    ),
    unconfirmed=_list(
        "Unconfirmed", since=serializers.DateField(), results=_shape("UnconfirmedPost", many=True, **_POST)
    ),
    networkCounts=_shape(
        "NetworkCount",
        many=True,
        figure=serializers.CharField(),
        url=serializers.URLField(),
        why=serializers.CharField(),
        counts=serializers.ChoiceField(["posts", "records", "countries"], allow_null=True),
        asKnownNow=_tally("AsKnownNow"),
        asKnownThen=_tally("AsKnownThen"),
    ),
    agreedWithoutPost=_shape(
        "Agreed",
        many=True,
        resource=serializers.CharField(),
        count=serializers.IntegerField(),
        url=serializers.URLField(),
    ),
)


class GapsSchema(QuestionSchema):
    """Gaps have keys and a language, and neither pages nor columns."""

    def get_summary(self) -> str:
        return _t("What is missing in the network of placements")

    def get_override_parameters(self):
        return [
            *self._filters(),
            OpenApiParameter("lang", str, enum=["nl", "en"], description=_t("Language of messages.")),
        ]

    def get_response_serializers(self):
        return GAPS
