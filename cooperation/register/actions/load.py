"""The data set in: everything is checked first and every error named, then all is written, or nothing.

The schema of the files is described in `docs/data.md`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from django.db import DatabaseError, OperationalError, models, transaction
from django.utils.translation import gettext as _t

from .. import actions
from ..models import Commitment, Country, Figure, Instrument, Milestone, Organisation, Source, Theme, kinds
from .lock import write_lock
from .schema import KeyField, KeysField, RecordSerializer, natural_key, natural_key_name, schema_of
from .validate import refusal

HERE = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, order=True)
class DataError:
    """What is wrong, and where: the file, the record by its key or place, the field."""

    file: str
    record: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.record}: {self.field}: {self.message}"


class LoadError(Exception):
    """The files have errors; nothing was changed."""

    def __init__(self, errors: list[DataError]):
        self.errors = errors
        super().__init__("\n".join(map(str, errors)))


@dataclass
class Summary:
    """What a load added, changed and removed, as (file, key), and how many records it left as they were."""

    added: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class DataFile:
    """One file of the data set, and the model of its records."""

    path: Path
    model: type[models.Model]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def key(self) -> str:
        return natural_key_name(self.model)


Values = dict[DataFile, dict[str, dict[str, Any]]]  # the validated values of each record, by file and key
Rows = list[tuple[models.Model, dict[str, Any]]]  # rows of one table, each with its validated values


def data_files(folder: Path | None = None) -> list[DataFile]:
    """The files of the data set, in the order in which they are written. `folder` holds them all, when given."""
    models_of = {"themes": Theme, "countries": Country, "sources": Source, "organisations": Organisation}
    files = [(HERE / f"{name}.yaml", model) for name, model in models_of.items()]
    files += [(kind.DATA_FILE, kind) for kind in kinds().values() if kind.DATA_FILE]
    files.append((HERE / "figures.yaml", Figure))
    return [DataFile(folder / path.name if folder else path, model) for path, model in files]


def load(
    folder: Path | None = None, *, dry_run: bool = False, say: Callable[[str], None] = lambda line: None
) -> Summary:
    """Bring the register to what the files say. Raises LoadError with every error at once, and changes nothing then.

    With `dry_run` all is done, and undone: the summary is that of a real load, errors that only the database can see
    included. `say` is told of each step.
    """
    errors: list[DataError] = []
    files = data_files(folder)
    read = {file: _read_file(file, errors) for file in files}
    written = {file: records for file, records in read.items() if records is not None}
    for file, records in written.items():
        say(_t("read %(file)s: %(count)d records") % {"file": file.name, "count": len(records)})
    context: dict[str, Any] = {"stored_keys": _StoredKeys()}
    if len(written) == len(files):  # while a file is missing, nothing can be said of what leads into it
        context["keys"] = _keys(written)
    schemas = {file: schema_of(file.model)(context=context) for file in files}
    values = _read_records(written, schemas, context, errors)
    _refuse(errors)
    with write_lock(patience=0):  # a program has the time
        summary = _Write(schemas, values, say).all()
        transaction.set_rollback(dry_run)
    return summary


def _refuse(errors: list[DataError]) -> None:
    if errors:
        raise LoadError(sorted(set(errors)))


# --- reading ---------------------------------------------------------------------------------------------------------


class _StrictLoader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):
    """YAML without surprises: a key that stands twice is an error, and a date stays the text that it is."""

    def construct_mapping(self, node, deep=False):
        written = list(node.value)
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(written) or node.value != written:  # the latter: it holds all of another, by `<<`
            seen = set()
            for key_node, _value in written:
                key = self.construct_object(key_node, deep=True)
                if key in seen:
                    problem = _t("“%s” stands twice in one record") % key
                    raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
                seen.add(key)
        return mapping

    def construct_object(self, node, deep=False):
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError) as error:  # `0x_`, `!!bool maybe`
            problem = _t("“%s” is not a value") % node.value
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.construct_yaml_str)


def _read_file(file: DataFile, errors: list[DataError]) -> list | None:
    """What stands in a file; None, and an error, when that is not a list."""
    try:
        records = yaml.load(file.path.read_text("utf-8"), Loader=_StrictLoader)  # noqa: S506  # nosec B506  a SafeLoader, made stricter
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        message = _t("cannot be read: %s") % " ".join(str(error).split())
    else:
        if isinstance(records, list):
            return records
        message = _t("should be a list of records")
    errors.append(DataError(file.name, "-", "-", message))
    return None


def _keys(written: dict[DataFile, list]) -> dict[type[models.Model], set[str]]:
    """The keys of all records, by model; those of every kind are those of instruments too."""
    keys = {file.model: {_key(file, record) for record in records} - {""} for file, records in written.items()}
    keys[Instrument] = set().union(*(found for model, found in keys.items() if issubclass(model, Instrument)))
    return keys


def _key(file: DataFile, record: object) -> str:
    key = record.get(file.key) if isinstance(record, dict) else None
    return key if isinstance(key, str) else ""


def _read_records(
    written: dict[DataFile, list], schemas: dict[DataFile, RecordSerializer], context: dict, errors: list[DataError]
) -> Values:
    values: Values = {}
    files: dict[tuple[type[models.Model], str], DataFile] = {}  # where each key stands first
    for file, records in written.items():
        table = Instrument if issubclass(file.model, Instrument) else file.model
        values[file] = {}
        for number, record in enumerate(records, 1):
            key = _key(file, record)
            checked, own = schemas[file].check(record)
            if key and key in values[file]:
                own.append((file.key, _t("stands twice in this file")))
            elif key and files.setdefault((table, key), file) is not file:
                own.append((file.key, _t("is the key of another instrument too")))
            values[file][key] = checked
            errors += [DataError(file.name, key or f"#{number}", *each) for each in own]
        if file.model is Source:
            context["published"] = {key: row.get("published") for key, row in values[file].items()}
    return values


# --- writing ---------------------------------------------------------------------------------------------------------


class _StoredKeys(dict):
    """The key of every stored record, by model and primary key: read once for each model."""

    def __missing__(self, model: type[models.Model]) -> dict[Any, str]:
        self[model] = dict(model._default_manager.values_list("pk", natural_key_name(model)))
        return self[model]


class _Write:
    """Bring the tables to the values that were read: only what differs is touched, a table at a time."""

    def __init__(self, schemas: dict[DataFile, RecordSerializer], values: Values, say: Callable[[str], None]):
        self.schemas, self.values, self.say = schemas, values, say
        self.pks: dict[type[models.Model], dict[Any, Any]] = defaultdict(dict)
        self.gone: list[tuple[DataFile, models.Model]] = []
        self.errors: list[DataError] = []

    def all(self) -> Summary:
        summary = Summary()
        changed = {file: self._compare(file, summary) for file in self.values}
        for write in (self._save, self._write_parts):
            for file, rows in changed.items():
                self._at_once(file, rows, write)
            _refuse(self.errors)
        self._remove()
        _refuse(self.errors)
        if self.gone or any(changed.values()):
            self.say(_t("deriving stages"))
            everything = Instrument.objects.all()  # an end may follow from a record that is gone, a word from a name
            actions.rewrite_spans(everything)
            actions.rewrite_words(everything)
        return summary

    def _compare(self, file: DataFile, summary: Summary) -> Rows:
        """The records that are new, or are not what their file says."""
        schema, changed = self.schemas[file], []
        records = file.model._default_manager.prefetch_related(*schema.related(KeysField))
        stored = {getattr(record, file.key): record for record in records}
        self._remember(file.model, stored.values())
        for key, values in self.values[file].items():
            record = stored.pop(key, None)
            if record and schema.holds(record, values):
                summary.unchanged += 1
            else:
                (summary.changed if record else summary.added).append((file.name, key))
                changed.append((record or file.model(), values))
        self.gone += [(file, record) for record in stored.values()]
        summary.removed += [(file.name, key) for key in stored]
        self.say(_t("compared %s") % file.name)
        return changed

    def _remember(self, model: type[models.Model], records: Iterable[models.Model]) -> None:
        pks = {natural_key(record): record.pk for record in records}
        for each in (model, Instrument) if issubclass(model, Instrument) else (model,):
            self.pks[each] |= pks

    def _at_once(self, file: DataFile, rows: Rows, write: Callable[[RecordSerializer, Rows], None]) -> None:
        """Write these together; if the database refuses that, one by one, so that every refusal has its record."""
        try:
            with transaction.atomic():
                write(self.schemas[file], rows)
        except OperationalError:  # no fault of a record: no room on the disk, or the database is gone
            raise
        except DatabaseError as error:
            if len(rows) == 1:
                self.errors.append(DataError(file.name, rows[0][1][file.key], *refusal(error)))
            else:
                for row in rows:
                    self._at_once(file, [row], write)

    def _save(self, schema: RecordSerializer, rows: Rows) -> None:
        """The records themselves; what hangs on them comes when every record is there."""
        model, new = schema.Meta.model, []
        for record, values in rows:
            self._fill(record, values)
            if record._state.adding and not model._meta.parents:
                new.append(record)
            else:  # Django cannot create many records of a kind at once, as each lies in two tables
                record.save()
        if new:
            model._default_manager.bulk_create(new)
        self._remember(model, (record for record, _values in rows))

    def _fill(self, record: models.Model, values: dict[str, Any]) -> None:
        for model_field in record._meta.concrete_fields:
            if model_field.name in values:
                value = values[model_field.name]
                if model_field.is_relation:
                    value = self._pk(record, model_field.related_model, value)
                setattr(record, model_field.attname, value)

    def _pk(self, record: models.Model, model: type[models.Model], key: str | None) -> Any:
        """The primary key of what a row points at, None while that is not written; a milestone is one of its record."""
        return self.pks[model].get((record.instrument_id, key) if model is Milestone else key)

    def _write_parts(self, schema: RecordSerializer, rows: Rows) -> None:
        """Whatever leads from these records: to others of their table, to many, and what hangs on them."""
        records = [record for record, _values in rows]
        if "commitments" in schema.tables:
            self._number(rows)
        for child in reversed(schema.tables.values()):
            child.Meta.model._default_manager.filter(**{f"{child.Meta.owner}__in": records}).delete()
        self._link(schema, rows)

    @staticmethod
    def _number(rows: Rows) -> None:
        """A promise keeps the number that it had, as that is its address; a new one has the next that none had."""
        had = defaultdict(dict)
        stored = Commitment.objects.filter(instrument__in=[record for record, _values in rows])
        for pk, what, number in stored.values_list("instrument", "what_nl", "number"):
            had[pk][what] = number
        for record, values in rows:
            new = count(max(had[record.pk].values(), default=0) + 1)
            for promise in values["commitments"]:
                promise["number"] = had[record.pk].pop(promise["what_nl"], None) or next(new)

    def _link(self, schema: RecordSerializer, rows: Rows) -> None:
        """Now that these rows of a table are written: their references to each other and to many, and their tables."""
        model = schema.Meta.model
        for each in schema.fields.values():
            if isinstance(each, KeysField):
                to_many = model._meta.get_field(each.source)
                own, other = to_many.m2m_column_name(), to_many.m2m_reverse_name()
                links = to_many.remote_field.through
                pks = self.pks[to_many.related_model]
                links.objects.filter(**{f"{own}__in": [record.pk for record, _row in rows]}).delete()
                links.objects.bulk_create(
                    links(**{own: record.pk, other: pks[key]}) for record, row in rows for key in row[each.source]
                )
            elif isinstance(each, KeyField) and each.model is model:
                linked = [record for record, row in rows if row[each.source]]
                for record, row in rows:
                    setattr(record, f"{each.source}_id", self._pk(record, model, row[each.source]))
                model._default_manager.bulk_update(linked, [each.source])
        for name, child in schema.tables.items():
            hanging = []
            for owner, values in rows:
                for row in values[name]:
                    hanging.append((child.Meta.model(**{child.Meta.owner: owner}), row))
                    self._fill(*hanging[-1])
            child.Meta.model._default_manager.bulk_create([record for record, _row in hanging])
            if child.Meta.model is Milestone:
                self.pks[Milestone] |= {(record.instrument_id, record.key): record.pk for record, _row in hanging}
            self._link(child, hanging)

    def _remove(self) -> None:
        """What is no longer in the files goes; first what leads from one such record to another of its table."""
        for file, record in self.gone:
            for each in self.schemas[file].fields.values():
                if isinstance(each, KeyField) and each.model is file.model:
                    file.model.objects.filter(pk=record.pk).update(**{each.source: None})
        for file, record in reversed(self.gone):
            self._at_once(file, [(record, {file.key: natural_key(record)})], lambda _schema, rows: rows[0][0].delete())
