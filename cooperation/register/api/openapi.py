"""What the contract of the API (OpenAPI) says of a list: read off its FilterSet, its columns and its serializer."""

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, inline_serializer
from rest_framework import serializers

from ..exports import api_formats
from ..lists.fields import AnyOfField, DayField, KeysField, MomentField
from ..lists.params import PAGE_SIZE, PAGE_SIZE_LIMIT
from . import diff as changes
from .expand import EXPANDABLE

EXAMPLES = {
    "q": "tirana",
    "validOn": "2021-12-02",
    "knownOn": "2021-12-02",
    "country": "AL",
    "group": "western-balkans",
    "milestone": "proposed",
    "from": "2021-12-01",
    "until": "2021-12-31",
    "changedSince": "2026-11-01T00:00:00Z",
    "source": "brief-2021-12-02",
}


class QuestionSchema(AutoSchema):
    """One question in the contract: every key with its meaning, its values and an example."""

    def get_tags(self) -> list[str]:
        return [self.view.basename]

    def _is_list_view(self, serializer=None) -> bool:
        return False  # a list is an object with counts and clocks around its rows

    def get_filter_backends(self) -> list:
        return []

    def get_summary(self) -> str:
        noun = self.view.queryset.model._meta.verbose_name_plural
        return {
            "list": _t("List of %s"),
            "retrieve": _t("One of the %s"),
            "statistics": _t("Counts of %s"),
            "changes": _t("What changed between two days: %s"),
        }[self.view.action] % noun

    def get_description(self) -> str:
        return str(self.view.about)

    def get_operation_id(self) -> str:
        return f"{self.view.basename}_{self.view.action}".replace("-", "_")

    def get_override_parameters(self) -> list[OpenApiParameter]:
        keys = self._presentation()
        if self.view.action == "retrieve":
            return [*self._filters(only=("validOn", "knownOn")), keys["fields"], keys["expand"], keys["lang"]]
        if self.view.action == "statistics":
            by = _words(
                "groupBy",
                list(self.view.group_by),
                _t(
                    "Property to count by; with a comma two of them, which cross. A record with two values (two"
                    " countries) is counted with both, one that has none with null; a total counts every record once."
                    " By year: when records stood, certainly or only possibly, and how many started in that year."
                ),
                required=True,
                examples=_example("country", many=True),
            )
            return [by, *self._filters(), keys["lang"]]
        if self.view.action == "changes":
            return [*_against(), *self._filters(), keys["page"], keys["pageSize"], keys["lang"]]
        return [*self._filters(), *keys.values()]

    def _filters(self, only: tuple[str, ...] = ()) -> list[OpenApiParameter]:
        filterset = self.view.filterset_class()
        return [
            self._parameter(name, field) for name, field in filterset.form.fields.items() if not only or name in only
        ]

    @staticmethod
    def _parameter(name: str, field: forms.Field) -> OpenApiParameter:
        schema: dict = {"type": "string"}
        if isinstance(field, DayField):
            schema["format"] = "date"
        elif isinstance(field, MomentField):
            schema["format"] = "date-time"
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, AnyOfField):
            schema["enum"] = [value for value, _label in field.choices if value]
        elif isinstance(field, AnyOfField):
            items: dict = {"type": "string"}
            if not isinstance(field.choices, CallableChoiceIterator):  # those follow from data, not from the contract
                items["enum"] = [value for value, _label in field.choices]
            schema = {"type": "array", "items": items}
        elif isinstance(field, KeysField):
            schema = {"type": "array", "items": {"type": "string"}}
        elif isinstance(field, forms.IntegerField):
            schema = {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
        elif isinstance(field, forms.CharField) and field.max_length:
            schema["maxLength"] = field.max_length
        description = str(field.label)
        if schema["type"] == "array":
            description += ". " + _t("Repeat the key, or put commas between values: any of them.")
        return OpenApiParameter(
            name,
            schema,
            description=description,
            explode=False if schema["type"] == "array" else None,
            style="form" if schema["type"] == "array" else None,
            examples=_example(EXAMPLES[name], many=schema["type"] == "array") if name in EXAMPLES else None,
        )

    def _presentation(self) -> dict[str, OpenApiParameter]:
        columns = self.view.columns
        sortable = [sign + column.key for column in columns if column.sort for sign in ("", "-")]
        page_size = {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_LIMIT, "default": PAGE_SIZE}
        parameters = [
            _words("sort", sortable, _t("Columns to sort by; a minus sign turns one round.")),
            OpenApiParameter(
                "page",
                {"type": "integer", "minimum": 1},
                description=_t("Number of the page, as far as row 10,000; from there `next` goes on with a cursor."),
            ),
            OpenApiParameter("pageSize", page_size, description=_t("Rows on a page.")),
            OpenApiParameter(
                "cursor",
                str,
                description=_t(
                    "Instead of a page: read everything in order. Start with an empty cursor, then follow `next`."
                ),
            ),
            OpenApiParameter("count", str, enum=["exact"], description=_t("Count exactly, also past ten thousand.")),
            _words("expand", list(EXPANDABLE), _t("Bring the records along that are named by key.")),
            _words("fields", list(self.view.serializer_class().fields), _t("Only these fields.")),
            OpenApiParameter(
                "format",
                str,
                enum=["json", *api_formats(self.view.queryset.model)],
                description=_t("The form of the answer."),
            ),
            _words("columns", [column.key for column in columns], _t("Columns of an export, in this order.")),
            OpenApiParameter(
                "headers", str, enum=["keys", "labels"], description=_t("What stands above the columns of an export.")
            ),
            OpenApiParameter(
                "beside",
                str,
                enum=["all", "none"],
                description=_t(
                    "Whether an export has beside its columns what belongs to them: the words and the days of a date,"
                    " and where a fact stands. Unless `none` is said, it has."
                ),
            ),
            OpenApiParameter(
                "view",
                str,
                description=_t("Key of a saved view: its question is filled in, and keys beside it replace its own."),
            ),
            OpenApiParameter("lang", str, enum=["nl", "en"], description=_t("Language of messages and of an export.")),
        ]
        return {parameter.name: parameter for parameter in parameters}

    def get_response_serializers(self):
        shape = self.view.serializer_class
        name = shape.__name__.removesuffix("Serializer")
        if self.view.action == "retrieve":
            return shape
        if self.view.action == "statistics":
            return STATISTICS
        if self.view.action == "changes":
            return changes.SHAPE
        return inline_serializer(
            f"{name}List",
            {
                "count": serializers.IntegerField(help_text=_t("How many rows the question has.")),
                "countExact": serializers.BooleanField(help_text=_t("Whether the count is exact, or a lower bound.")),
                "countPossible": serializers.IntegerField(
                    required=False,
                    help_text=_t("For a question with a range of days: how many may lie in it, and may not."),
                ),
                "next": serializers.URLField(allow_null=True),
                "previous": serializers.URLField(allow_null=True),
                "validOn": serializers.DateField(),
                "knownOn": serializers.DateField(),
                **READINGS,
                "results": shape(many=True),
            },
        )


def _words(name: str, known: list[str], description: str, **options) -> OpenApiParameter:
    """A key that takes some of the known words, with commas between them."""
    schema = {"type": "array", "items": {"type": "string", "enum": known}}
    return OpenApiParameter(name, schema, description=description, explode=False, style="form", **options)


def _against() -> list[OpenApiParameter]:
    """The clock that is compared with."""
    day = {"type": "string", "format": "date"}
    then = _t("The day to compare with; not given: a year before `validOn`.")
    known = _t("As known on which day; not given: the same as `knownOn`.")
    return [
        OpenApiParameter("against", day, description=then, examples=_example("2015-09-08")),
        OpenApiParameter("againstKnownOn", day, description=known),
    ]


def _example(value: str, many: bool = False) -> list[OpenApiExample]:
    return [OpenApiExample(value, value=[value] if many else value)]


_COUNTS = {
    "value": serializers.CharField(allow_null=True),
    "labelNl": serializers.CharField(allow_null=True),
    "labelEn": serializers.CharField(allow_null=True),
    "count": serializers.IntegerField(),
    "byStage": serializers.DictField(child=serializers.IntegerField()),
    "posts": serializers.IntegerField(required=False),
    "postsUnknown": serializers.IntegerField(required=False),
    "certain": serializers.IntegerField(required=False, help_text=_("By year: how many certainly stood in it.")),
    "possible": serializers.IntegerField(required=False, help_text=_("By year: how many only possibly did.")),
    "started": serializers.IntegerField(required=False, help_text=_("By year: how many first stood in it.")),
}
_CROSSED = inline_serializer("StatisticsCrossedGroup", dict(_COUNTS), many=True, required=False)
_GROUP = inline_serializer("StatisticsGroup", {**_COUNTS, "groups": _CROSSED}, many=True)
_TOTALS = inline_serializer("StatisticsTotal", dict(_COUNTS), many=True, required=False)
_TEXTS = serializers.ListField(child=serializers.CharField())
READINGS = {
    "corrected": inline_serializer(
        "CorrectedWord",
        {"word": serializers.CharField(), "shown": _TEXTS},
        many=True,
        required=False,
        help_text=_("Words of `q` that nothing has, and what was looked for instead. Left out when there are none."),
    ),
    "understood": inline_serializer(
        "UnderstoodWords",
        {"words": serializers.CharField(), "key": serializers.CharField(), "values": _TEXTS},
        many=True,
        required=False,
        help_text=_("Words of `q` that were read as another key, such as a stage; left out when there are none."),
    ),
}
STATISTICS = inline_serializer(
    "Statistics",
    {
        "groupBy": serializers.CharField(),
        "validOn": serializers.DateField(),
        "knownOn": serializers.DateField(),
        "total": serializers.IntegerField(),
        "groups": _GROUP,
        "totals": _TOTALS,
        **READINGS,
    },
)
