"""What a record of the register may hold: writable DRF serializers made from the models, nested for related tables.

The data files are read with them and compared with what is stored, a save in the administration is checked with them,
and the API can write with them. A field is what its model says, a reference is the key of what it points at, a list of
mappings is a related table. What fields say together is checked in `validate.py`.
"""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import SkipField, empty
from rest_framework.validators import UniqueValidator

from ..domain.edtf import EDTF, to_edtf
from ..domain.markings import marking_in
from ..models import Country, Dispute, Figure, Instrument, Milestone, Organisation
from ..models.fields import EDTFField, LongText
from .validate import Error, contradictions, place

# The tables that hang on a record, in the order in which they are written: milestones before what refers to them.
ROWS: Mapping[type[models.Model], tuple[str, ...]] = {
    Country: ("groups",),
    Organisation: ("countries", "citations", "disputes"),
    Dispute: ("claims",),
    Figure: ("countries",),
    Instrument: ("countries", "organisations", "milestones", "citations", "disputes", "relations", "commitments"),
}

# --- fields ----------------------------------------------------------------------------------------------------------


class TextField(serializers.CharField):
    """Text that is written as text: YAML takes `1.10` for a number, and `NO` for false."""

    default_error_messages = {"invalid": _("should be text; put it between quotes")}

    def __init__(self, **kwargs):
        super().__init__(**{"trim_whitespace": False, **kwargs})

    def to_internal_value(self, data):
        return data if isinstance(data, str) else self.fail("invalid")


class ChoiceField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": _("is not one of: {choices}")}

    def to_internal_value(self, data):
        if isinstance(data, str) and data in self.choices:
            return data
        return self.fail("invalid_choice", choices=", ".join(self.choices))


class DateField(serializers.Field):
    """A date of the register, in EDTF."""

    def __init__(self, *, max_length: int | None = None, **kwargs):
        super().__init__(**kwargs)

    def to_internal_value(self, data) -> EDTF:
        return to_edtf(data)

    def to_representation(self, value: EDTF) -> str:
        return value.text


class NotesField(serializers.JSONField):
    """Remarks without a field of their own: texts, or a text in each language."""

    default_error_messages = {"list": _("should be a list"), "languages": _("a note has the languages nl and en")}
    _text = TextField(max_length=LongText().max_length, validators=LongText.default_validators)

    def to_internal_value(self, data):
        for note in data if isinstance(data, list) else self.fail("list"):
            if isinstance(note, dict) and not {"nl", "en"} >= note.keys():
                self.fail("languages")
            for text in note.values() if isinstance(note, dict) else [note]:
                self._text.run_validation(text)
        return data


class KeyField(TextField):
    """A reference: the key of what it points at, before and after validation, so that it may be written later.

    The context of the serializer may hold `keys` (all that there are, by model: any other leads nowhere) and
    `stored_keys` (by model and primary key: the related records are not fetched then).
    """

    default_error_messages = {"nowhere": _("leads nowhere: {named}")}

    def __init__(self, model: type[models.Model] | None = None, **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def to_internal_value(self, data):
        return self._existing(self.model, super().to_internal_value(data))

    def _existing(self, model: type[models.Model], key: str) -> str:
        return key if key in self.context.get("keys", {}).get(model, [key]) else self.fail("nowhere", named=key)

    def get_attribute(self, record):
        return self._key_of(record, self.source, self.model)

    def _key_of(self, record: models.Model, name: str, model: type[models.Model]) -> str | None:
        if "stored_keys" in self.context:
            return self.context["stored_keys"][model].get(getattr(record, f"{name}_id"))
        related = getattr(record, name)
        return related and natural_key(related)


class SubjectField(KeyField):
    """What a figure is about: `instrument:<key>`, `organisation:<key>` or `network`."""

    default_error_messages = {"subject": _("should be instrument:<key>, organisation:<key> or network")}
    MODELS = {"instrument": Instrument, "organisation": Organisation}

    def to_internal_value(self, data):
        name, _colon, key = str(data).partition(":")
        if data != "network" and name not in self.MODELS:
            self.fail("subject")
        return {each: self._existing(model, key) if each == name else None for each, model in self.MODELS.items()}

    def get_attribute(self, record):
        return {name: self._key_of(record, name, model) for name, model in self.MODELS.items()}

    def to_representation(self, value):
        return next((f"{name}:{key}" for name, key in value.items() if key), "network")


class KeysField(serializers.ListField):
    """The keys of many related records, in the order of the alphabet."""

    default_error_messages = {"twice": _("names one twice")}

    def to_internal_value(self, data):
        keys = super().to_internal_value(data)
        return sorted(keys) if len(set(keys)) == len(keys) else self.fail("twice")

    def get_attribute(self, record):
        return sorted(natural_key(related) for related in getattr(record, self.source).all())


def natural_key(record: models.Model) -> str:
    return getattr(record, natural_key_name(type(record)))


def natural_key_name(model: type[models.Model]) -> str:
    return "code" if model._meta.pk.name == "code" else "key"


# --- records ---------------------------------------------------------------------------------------------------------


class RecordSerializer(serializers.ModelSerializer):
    """A record with what hangs on it. What is absent, null or empty is unknown: it has the default of its field."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: TextField,
        models.TextField: TextField,
        models.JSONField: NotesField,
        EDTFField: DateField,
    }
    serializer_choice_field = ChoiceField

    def build_standard_field(self, field_name, model_field):
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        validators = kwargs.get("validators", ())  # whether it is unique is asked once for all records
        kwargs["validators"] = [each for each in validators if not isinstance(each, UniqueValidator)]
        if not kwargs.pop("required", True):
            kwargs["default"] = model_field.get_default
        return field_class, kwargs

    def build_relational_field(self, field_name, relation_info):
        if relation_info.to_many:
            return KeysField, {"child": KeyField(relation_info.related_model), "default": list}
        optional = {"default": None} if relation_info.model_field.blank else {}
        return KeyField, {"model": relation_info.related_model, **optional}

    @cached_property
    def tables(self) -> dict[str, "RecordSerializer"]:
        """The related tables that hang on the record, by name."""
        return {name: each.child for name, each in self.fields.items() if isinstance(each, serializers.ListSerializer)}

    @cached_property
    def names(self) -> dict[str, str]:
        """The names under which the fields of the model stand in the data."""
        return {each.source: name for name, each in self.fields.items()}

    def check(self, data: Any) -> tuple[dict[str, Any], list[Error]]:
        """The validated values by name of the model's field, without those that are not right, and every error.

        All errors are found at once: what the fields say together is checked as far as they could be read.
        """
        errors: list[Error] = []
        values = self._read(data, errors)
        if values:  # it was a mapping
            errors += contradictions(self, values, self.context.get("published", {}))
        return values, errors

    def to_internal_value(self, data):
        values, errors = self.check(data)
        if errors:
            raise serializers.ValidationError({path: [message] for path, message in errors})
        return values

    def _read(self, data: Any, errors: list[Error], path: str = "") -> dict[str, Any]:
        if not isinstance(data, dict):
            errors.append((f"{path}-", _t("should be a mapping of fields")))
            return {}
        unknown = data.keys() - self.fields.keys()
        errors += [(f"{path}{name}", _t("is not a field of this record")) for name in unknown]
        values: dict[str, Any] = {}
        for name, serializer_field in self.fields.items():
            given = data.get(name)
            if table := self.tables.get(name):
                if isinstance(given, list | None):
                    rows = [(row, f"{path}{place(name, row, n)}.") for n, row in enumerate(given or (), 1)]
                    values[name] = [table._read(row, errors, at) for row, at in rows]
                else:
                    errors.append((path + name, _t("should be a list")))
                continue
            try:
                value = serializer_field.run_validation(empty if given is None or given == "" else given)
            except SkipField:
                continue
            except (serializers.ValidationError, DjangoValidationError) as error:
                errors += [(f"{path}{name}{at}", message) for at, message in _messages(error, given)]
                continue
            values |= value if serializer_field.source == "*" else {serializer_field.source: value}
        return values

    def holds(self, record: models.Model, values: dict[str, Any]) -> bool:
        """Whether a stored record has these values, from `check`; rows with a key of their own in any order."""
        expected = values | {name: _in_order(values[name]) for name in self.tables}
        return expected == expected | self._held(record)

    def _held(self, record: models.Model) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for each in self._readable_fields:
            value = each.get_attribute(record)
            if isinstance(each, serializers.ListSerializer):
                value = _in_order([each.child._held(row) for row in value.all()])
            values |= value if each.source == "*" else {each.source: value}
        return values

    def related(self, *fetched: type[serializers.Field]) -> list[str]:
        """What to prefetch before the values of stored records are read: fields of these classes, and all tables."""
        own = [each.source for each in self._readable_fields if isinstance(each, fetched) and each.source != "*"]
        parts = [(name, table.related(*fetched)) for name, table in self.tables.items()]
        return own + [path for name, inner in parts for path in (name, *(f"{name}__{each}" for each in inner))]


def _in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: row.get("key") or "")


def _messages(error: serializers.ValidationError | DjangoValidationError, value: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with a field, or with each item of a list, as (place, message)."""
    detail = error.detail if isinstance(error, serializers.ValidationError) else error.messages
    items = detail if isinstance(detail, dict) else {None: detail}
    for number, messages in items.items():
        message, said = " ".join(map(str, messages)), value if number is None else value[number]
        is_marked = isinstance(said, str) and marking_in(said)  # what is classified is not repeated in a log
        if isinstance(said, str | int | float) and str(said) not in message and not is_marked:
            message += f" ({Truncator(said).chars(60)})"
        yield "" if number is None else f"[{number + 1}]", message


def errors_of(record: models.Model) -> list[Error]:
    """What a stored record says against itself, by the rules that hold for the files."""
    schema = schema_of(type(record))()
    stored = type(record)._default_manager.prefetch_related(*schema.related(KeyField, KeysField)).get(pk=record.pk)
    return schema.check(schema.to_representation(stored))[1]


def data_keys(model: type[models.Model]) -> dict[str, str]:
    """What fields of a model are called in the data, where that is no name in Python or has another meaning here."""
    return {"since": "from"} | {name: key for key, name in getattr(model, "DATA_KEYS", {}).items()}


@cache
def schema_of(
    model: type[models.Model], owner: str = "", owned_by: type[models.Model] | None = None
) -> type[RecordSerializer]:
    """The serializer of a model. Of a related table, `owner` is the field that leads to the record of `owned_by`."""
    extra: dict[str, dict] = {}
    declared: dict[str, serializers.Field] = {}
    left_out = {owner}
    if issubclass(model, Instrument):
        declared = {name: TextField(required=False, write_only=True) for name in model.DERIVED_KEYS}
        declared["kind"] = ChoiceField(choices=model.Kind.choices)
        extra["classification"] = {"default": "public"}
    elif model is Milestone:
        declared["kind"] = ChoiceField(choices=owned_by.MilestoneKind.choices)
    elif model is Figure:
        declared["subject"] = SubjectField(source="*")
        left_out |= SubjectField.MODELS.keys()
    for name in _tables(model):
        relation = model._meta.get_field(name)
        declared[name] = schema_of(relation.related_model, relation.field.name, model)(many=True, required=False)
    own = [each.name for each in (*model._meta.concrete_fields, *model._meta.many_to_many) if _is_data(each)]
    if "known_from" in own:
        extra["known_from"] = {"default": None}  # `validate.py` fills it in
    called = data_keys(model)
    extra |= {called[name]: {"source": name} for name in own if name in called}
    fields = [called.get(name, name) for name in own if name not in left_out | declared.keys()] + list(declared)
    meta = type("Meta", (), {"model": model, "owner": owner, "fields": fields, "extra_kwargs": extra, "validators": []})
    return type(f"{model.__name__}Schema", (RecordSerializer,), {**declared, "Meta": meta})


def _is_data(model_field: models.Field) -> bool:
    made = model_field.auto_created or isinstance(model_field, models.GeneratedField)
    return model_field.editable and not made


def _tables(model: type[models.Model]) -> list[str]:
    """The names of the tables that hang on a record: of a kind, first those that only this kind has."""
    if not issubclass(model, Instrument):
        return list(ROWS.get(model, ()))
    own = [
        relation.get_accessor_name()
        for relation in model._meta.related_objects
        if relation.related_model._meta.app_label == model._meta.app_label
        and not issubclass(relation.related_model, Instrument)
    ]
    return [*own, *ROWS[Instrument]]
