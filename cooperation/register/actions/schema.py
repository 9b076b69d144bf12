"""How rows of the register stand in the data files: read with every fault named, written back the same.

The shape of a record follows from its model: a data key is the name of a field, a reference is the key of what it
points at, a list of mappings is a related table. What differs is said once, in `loading.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t

from ..domain.edtf import EDTF
from ..models.fields import EDTFField, LongText

_NOTE = LongText()


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the file, the record by its key or place, the field."""

    file: str
    record: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.record}: {self.field}: {self.message}"


class Faults:
    """Collects faults at one place in a file; `at` goes a step deeper."""

    def __init__(self, file: str, record: str = "", path: str = "", found: list[Fault] | None = None):
        self.file, self.record, self.path = file, record, path
        self.found = [] if found is None else found

    def at(self, *, record: str | None = None, path: str = "") -> "Faults":
        deeper = f"{self.path}.{path}" if self.path and path else self.path or path
        return Faults(self.file, self.record if record is None else record, deeper, self.found)

    def add(self, name: str, message: object) -> None:
        self.found.append(Fault(self.file, self.record, f"{self.path}.{name}" if self.path else name, str(message)))


@dataclass
class Row:
    """A record as the register will hold it: values by data key, and rows of related tables by name.

    A reference is held as the key of what it points at until it is written.
    """

    shape: "Shape"
    values: dict[str, Any]
    children: dict[str, list["Row"]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The record in its plainest form, to compare with another or to write to a file: defaults left out."""
        record = {name: _plain(value) for name, value in self.values.items() if not self.shape.is_default(name, value)}
        # Rows with a key of their own have no order that means anything; the others keep theirs.
        in_order = {
            name: sorted(rows, key=lambda row: row.values.get("key") or "")
            for name, rows in self.children.items()
            if rows
        }
        return record | {name: [row.plain() for row in rows] for name, rows in in_order.items()}


class Shape:
    """How rows of one model stand in a file.

    `parent` is the field that leads to the record they are written under. `rename` gives data keys that differ from
    the field's name. `local` names references to milestones of the same record. `choices` overrides lists of values.
    """

    def __init__(
        self,
        model: type[models.Model],
        *,
        parent: str = "",
        rename: Mapping[str, str] | None = None,
        local: tuple[str, ...] = (),
        optional: tuple[str, ...] = (),
        defaults: Mapping[str, Any] | None = None,
        choices: Mapping[str, type[models.TextChoices]] | None = None,
        children: Mapping[str, "Shape"] | None = None,
        allowed: tuple[str, ...] = (),
    ):
        self.model, self.parent, self.local, self.optional, self.allowed = model, parent, local, optional, allowed
        self.choices, self.children, self.defaults = choices or {}, children or {}, defaults or {}
        data_key = {name: key for key, name in (rename or {}).items()}
        self.fields = {data_key.get(f.name, f.name): f for f in model._meta.concrete_fields if self._is_data(f)}
        self.lists = {f.name: f for f in model._meta.many_to_many}
        self.to_itself = [f.name for f in self.fields.values() if f.related_model is model]

    def _is_data(self, model_field: models.Field) -> bool:
        left_out = model_field.name == self.parent or model_field.auto_created or not model_field.editable
        return not (left_out or isinstance(model_field, (models.GeneratedField, models.AutoField)))

    def is_default(self, name: str, value: Any) -> bool:
        if name in self.lists:
            return not value
        if name in self.defaults:
            return value == self.defaults[name]
        model_field = self.fields[name]
        return value in (None, "") or (model_field.has_default() and value == model_field.get_default())

    # --- from a file -------------------------------------------------------------------------------------------------

    def read(self, data: Any, faults: Faults) -> Row:
        """The row that a mapping of a file means. Every fault is added to `faults`; reading goes on."""
        row = Row(self, {})
        if not isinstance(data, dict):
            faults.add("-", _t("should be a mapping of fields"))
            return row
        for name in data.keys() - self.fields.keys() - self.lists.keys() - self.children.keys() - set(self.allowed):
            faults.add(str(name), _t("is not a field of this record"))
        for name, model_field in self.fields.items():
            row.values[name] = self._read_field(name, model_field, data, faults)
        for name in self.lists:
            row.values[name] = sorted(_list_of_keys(data.get(name, []), name, faults))
        for name, shape in self.children.items():
            row.children[name] = list(shape.read_all(data.get(name, []), name, faults))
        return row

    def read_all(self, data: Any, name: str, faults: Faults) -> Iterator[Row]:
        if not isinstance(data, list):
            faults.add(name, _t("should be a list"))
            return
        for number, item in enumerate(data, 1):
            place = item["key"] if isinstance(item, dict) and isinstance(item.get("key"), str) else number
            yield self.read(item, faults.at(path=f"{name}[{place}]"))

    def _read_field(self, name: str, model_field: models.Field, data: dict, faults: Faults) -> Any:
        if data.get(name) in (None, ""):
            if name in self.defaults:
                return self.defaults[name]
            if model_field.has_default():
                return model_field.get_default()
            if not (model_field.null or model_field.blank or name in self.optional):
                faults.add(name, _t("is missing"))
            return None if model_field.null or model_field.is_relation else model_field.get_default()
        value = data[name]
        try:
            return self._clean(name, model_field, value)
        except ValidationError as error:
            for message in error.messages:
                faults.add(name, f"{message} ({_shown(value)})")
            return None

    def _clean(self, name: str, model_field: models.Field, value: Any) -> Any:
        if model_field.is_relation:
            return _text(value)
        if name in self.choices:
            if value not in self.choices[name].values:
                raise ValidationError(_t("is not one of: %s") % ", ".join(self.choices[name].values))
            return value
        if isinstance(model_field, models.JSONField):
            return check_notes(value)
        if isinstance(model_field, ArrayField):
            value = [_text(item) for item in _list(value)]
        expected = {models.BooleanField: bool, models.IntegerField: int}
        for field_class, python_class in expected.items():
            if isinstance(model_field, field_class) and type(value) is not python_class:
                raise ValidationError(_t("should be a whole number") if python_class is int else _t("is true or false"))
        written = models.CharField | models.TextField | models.DateField
        if isinstance(model_field, written) and not isinstance(model_field, EDTFField):
            _text(value)
        return model_field.clean(value, None)

    # --- from the database -------------------------------------------------------------------------------------------

    def dump(self, record: models.Model) -> Row:
        """The row that a record of the database is. Related records must be prefetched to be quick."""
        values = {}
        for name, model_field in self.fields.items():
            value = getattr(record, model_field.name)
            values[name] = natural_key(value) if model_field.is_relation and value is not None else value
        for name in self.lists:
            values[name] = sorted(natural_key(related) for related in getattr(record, name).all())
        children = {
            name: [shape.dump(child) for child in getattr(record, name).all()] for name, shape in self.children.items()
        }
        return Row(self, values, children)

    def related(self) -> list[str]:
        """What to prefetch before `dump`."""
        own = [f.name for f in self.fields.values() if f.is_relation] + list(self.lists)
        return own + [
            path for name, shape in self.children.items() for path in [name, *(f"{name}__{p}" for p in shape.related())]
        ]


@dataclass(frozen=True)
class DataFile:
    """One file of the data set, and the shape of its records."""

    path: Path
    shape: Shape

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def key(self) -> str:
        return natural_key_name(self.shape.model)


def natural_key(record: models.Model) -> str:
    return getattr(record, natural_key_name(type(record)))


def natural_key_name(model: type[models.Model]) -> str:
    return "code" if model._meta.pk.name == "code" else "key"


def _plain(value: Any) -> Any:
    if isinstance(value, EDTF):
        return value.text
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_t("should be text; put it between quotes"))
    return value


def _list(value: Any) -> list:
    if not isinstance(value, list):
        raise ValidationError(_t("should be a list"))
    return value


def _list_of_keys(value: Any, name: str, faults: Faults) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        faults.add(name, _t("should be a list of keys"))
        return []
    for double in {item for item in value if value.count(item) > 1}:
        faults.add(name, _t("names %s twice") % double)
    return list(dict.fromkeys(value))


def check_notes(value: Any) -> list:
    """Remarks without a field of their own: texts in both languages, or in one."""
    for note in _list(value):
        texts = [note] if isinstance(note, str) else list(note.values()) if isinstance(note, dict) else [None]
        if isinstance(note, dict) and not note.keys() <= {"nl", "en"}:
            raise ValidationError(_t("a note has the languages nl and en"))
        for text in texts:
            for validate in _NOTE.validators:
                validate(_text(text))
    return value
