"""The data set in: everything is checked first and every fault named, then all is written, or nothing.

The schema of the files is described in `docs/data.md`.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import yaml
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext as _t

from .. import actions
from ..models import (
    Citation,
    Claim,
    Commitment,
    Country,
    CountryRole,
    Dispute,
    Figure,
    FigureCountry,
    GroupMembership,
    Instrument,
    Milestone,
    Organisation,
    OrganisationCountry,
    OrganisationRole,
    Relation,
    Source,
    Theme,
    kinds,
)
from .schema import DataFile, Fault, Faults, Row, Shape, natural_key
from .validate import Check

HERE = Path(__file__).parents[1] / "data"
SINCE = {"from": "since"}


class LoadError(Exception):
    """The files have faults; nothing was changed."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


@dataclass
class Summary:
    """What a load added, changed and removed, as (file, key), and how many records it left as they were."""

    added: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0


CITATIONS = {
    "citations": Shape(Citation),
    "disputes": Shape(Dispute, children={"claims": Shape(Claim, parent="dispute")}),
}


def _instrument_shape(kind: type[Instrument]) -> Shape:
    milestone = Shape(
        Milestone,
        parent="instrument",
        local=("fulfils", "replaces"),
        optional=("known_from",),
        choices={"kind": kind.MilestoneKind},
    )
    return Shape(
        kind,
        choices={"kind": kind.Kind},
        defaults={"classification": "public"},
        allowed=kind.DERIVED_KEYS,
        rename=kind.DATA_KEYS,
        children={
            **_own_tables(kind),
            "countries": Shape(CountryRole, parent="instrument", rename=SINCE),
            "organisations": Shape(OrganisationRole, parent="instrument", rename=SINCE),
            "milestones": milestone,
            **CITATIONS,
            "relations": Shape(Relation, parent="instrument"),
            "commitments": Shape(Commitment, parent="instrument", local=("fulfilled_by_milestone",)),
        },
    )


def _own_tables(kind: type[Instrument]) -> dict[str, Shape]:
    """The tables that hang on this kind alone: in the files, lists of mappings in its records."""
    return {
        relation.get_accessor_name(): Shape(
            relation.related_model, parent=relation.field.name, rename=getattr(relation.related_model, "DATA_KEYS", {})
        )
        for relation in kind._meta.related_objects
        if relation.related_model._meta.app_label == kind._meta.app_label
        and not issubclass(relation.related_model, Instrument)
    }


def data_files(folder: Path | None = None) -> list[DataFile]:
    """The files of the data set, in the order in which they are written. `folder` holds them all, when given."""
    files = [
        (HERE / "themes.yaml", Shape(Theme)),
        (
            HERE / "countries.yaml",
            Shape(Country, children={"groups": Shape(GroupMembership, parent="country", rename=SINCE)}),
        ),
        (HERE / "sources.yaml", Shape(Source)),
        (
            HERE / "organisations.yaml",
            Shape(
                Organisation,
                children={"countries": Shape(OrganisationCountry, parent="organisation", rename=SINCE), **CITATIONS},
            ),
        ),
        *((kind.DATA_FILE, _instrument_shape(kind)) for kind in kinds().values() if kind.DATA_FILE),
        (
            HERE / "figures.yaml",
            Shape(
                Figure,
                optional=("known_from",),
                allowed=("subject",),
                children={"countries": Shape(FigureCountry, parent="figure", rename=SINCE)},
            ),
        ),
    ]
    return [DataFile(folder / path.name if folder else path, shape) for path, shape in files]


def load(
    folder: Path | None = None, *, dry_run: bool = False, say: Callable[[str], None] = lambda line: None
) -> Summary:
    """Bring the register to what the files say. Raises LoadError with every fault at once, and changes nothing then.

    With `dry_run` all is done, and undone: the summary is that of a real load, faults that only the database can see
    included. `say` is told of each step.
    """
    files = data_files(folder)
    faults: list[Fault] = []
    rows = {}
    for file in files:
        records = _read_file(file, Faults(file.name, "-", found=faults))
        if records is not None:
            rows[file.name] = _read_records(file, records, Faults(file.name, found=faults))
            say(_t("read %(file)s: %(count)d records") % {"file": file.name, "count": len(records)})
    if len(rows) == len(files):  # while a file is missing, nothing can be said of what leads into it
        Check(files, rows, faults).all()
    _refuse(faults)
    with transaction.atomic():
        _one_load_at_a_time()
        summary = _Write(files, rows, say).all()
        transaction.set_rollback(dry_run)
    return summary


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise LoadError(sorted(set(faults), key=lambda fault: (fault.file, fault.record, fault.field)))


# --- reading ---------------------------------------------------------------------------------------------------------


class _StrictLoader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):
    """YAML without surprises: a key that stands twice is a fault, and a date stays the text that it is."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                problem = _t("“%s” stands twice in one record") % key
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
            seen.add(key if isinstance(key, Hashable) else id(key))  # the other sort is refused further on
        return super().construct_mapping(node, deep)

    def construct_object(self, node, deep=False):
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError) as error:  # `0x_`, `!!bool maybe`
            problem = _t("“%s” is not a value") % node.value
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error


_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read_file(file: DataFile, faults: Faults) -> list | None:
    """What stands in a file; None, and a fault, when that is not a list."""
    try:
        records = yaml.load(file.path.read_text("utf-8"), Loader=_StrictLoader)  # noqa: S506  # nosec B506  a SafeLoader, made stricter
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        faults.add("-", _t("cannot be read: %s") % " ".join(str(error).split()))
        return None
    if isinstance(records, list):
        return records
    faults.add("-", _t("should be a list of records"))
    return None


def _read_records(file: DataFile, records: list, faults: Faults) -> dict[str, tuple[Row, dict]]:
    """The rows of a file by key, each with the mapping it was read from."""
    rows = {}
    for number, record in enumerate(records, 1):
        written = record.get(file.key) if isinstance(record, dict) else None
        key = written if isinstance(written, str) else ""
        here = faults.at(record=key or f"#{number}")
        row = file.shape.read(record, here)
        if key in rows:
            here.add(file.key, _t("stands twice in this file"))
        elif key:
            rows[key] = (row, record)
    return rows


# --- writing ---------------------------------------------------------------------------------------------------------


def _one_load_at_a_time() -> None:
    """Wait for another load to end, so that two never write through each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('register.load_data'))")


class _Write:
    """Bring the tables to the rows that were read: only what differs is touched."""

    def __init__(self, files: list[DataFile], rows: dict[str, dict[str, tuple[Row, dict]]], say: Callable[[str], None]):
        self.files, self.say = files, say
        self.rows = {name: {key: row for key, (row, _record) in found.items()} for name, found in rows.items()}
        self.pks: dict[type[models.Model], dict[str, object]] = defaultdict(dict)
        self.saved: list[tuple[DataFile, str, models.Model, Row]] = []
        self.gone: list[tuple[DataFile, str, models.Model]] = []
        self.faults: list[Fault] = []

    def all(self) -> Summary:
        summary = Summary()
        for file in self.files:
            records = file.shape.model._default_manager.prefetch_related(*file.shape.related())
            stored = {getattr(record, file.key): record for record in records}
            for key, record in stored.items():
                self._remember(file.shape.model, key, record)
            for key, row in self.rows[file.name].items():
                record = stored.pop(key, None)
                if record is not None and file.shape.dump(record).plain() == row.plain():
                    summary.unchanged += 1
                    continue
                (summary.added if record is None else summary.changed).append((file.name, key))
                self._save(file, key, row, record or file.shape.model())
            self.gone += [(file, key, record) for key, record in stored.items()]
            summary.removed += [(file.name, key) for key in stored]
            self.say(_t("compared %s") % file.name)
            _refuse(self.faults)
        for step in (self._link, self._remove):
            step()
            _refuse(self.faults)
        self._derive()
        return summary

    @contextmanager
    def _one_record(self, file: DataFile, key: str) -> Iterator[None]:
        """What the database refuses is a fault of this record; the next ones are tried all the same."""
        try:
            with transaction.atomic():
                yield
        except DatabaseError as error:
            self.faults.append(Fault(file.name, key, *refusal(error)))

    def _remember(self, model: type[models.Model], key: str, record: models.Model) -> None:
        self.pks[model][key] = record.pk
        if issubclass(model, Instrument):
            self.pks[Instrument][key] = record.pk

    def _save(self, file: DataFile, key: str, row: Row, record: models.Model) -> None:
        """The record itself; what hangs on it comes when every record is there."""
        with self._one_record(file, key):
            self._fill(record, row)
            record.save()
            self._remember(file.shape.model, key, record)
            self.saved.append((file, key, record, row))

    def _fill(self, record: models.Model, row: Row, local: Mapping[str, object] | None = None) -> None:
        for name, model_field in row.shape.fields.items():
            value = row.values.get(name)
            if model_field.is_relation:
                pks = (local or {}) if name in row.shape.local else self.pks[model_field.related_model]
                setattr(record, model_field.attname, pks.get(value))
            else:
                setattr(record, model_field.name, value)

    def _link(self) -> None:
        """What leads from record to record: lists, related tables, and references within one table."""
        for file, key, record, row in self.saved:
            with self._one_record(file, key):
                if row.shape.to_itself:
                    self._fill(record, row)
                    record.save()
                self._set_lists(record, row)
                numbers = None
                if "commitments" in row.children:
                    numbers = self._numbers(record)
                    record.commitments.all().delete()  # they may lean on milestones, which are written before them
                for name in row.children:
                    self._replace_children(record, row, name, numbers)

    @staticmethod
    def _numbers(record: models.Model) -> Callable[[Commitment], int]:
        """Gives a promise the number that it had, as that is its address, and a new one the next that none had."""
        had = dict(record.commitments.values_list("what_nl", "number"))
        new = count(max(had.values(), default=0) + 1)
        return lambda promise: had.pop(promise.what_nl, None) or next(new)

    def _set_lists(self, record: models.Model, row: Row) -> None:
        for name, model_field in row.shape.lists.items():
            getattr(record, name).set([self.pks[model_field.related_model][key] for key in row.values[name]])

    def _replace_children(self, record: models.Model, row: Row, name: str, numbers=None) -> None:
        shape, manager = row.shape.children[name], getattr(record, name)
        manager.all().delete()
        local: dict[str, object] = {}
        if shape.local and name != "milestones":
            local = dict(record.milestones.values_list("key", "pk"))
        for child_row in row.children[name]:
            child = shape.model(**{manager.field.name: record})
            self._fill(child, child_row, local)
            if isinstance(child, Commitment):
                child.number = numbers(child)
            child.save()
            self._set_lists(child, child_row)
            for related in child_row.children:
                self._replace_children(child, child_row, related)
        if name == "milestones":
            self._link_milestones(record, row.children[name])

    @staticmethod
    def _link_milestones(record: models.Model, rows: list[Row]) -> None:
        """Milestones point at each other, so these references come when all of the record are there."""
        pks = dict(record.milestones.values_list("key", "pk"))
        for row in rows:
            links = {f"{name}_id": pks[row.values[name]] for name in row.shape.local if row.values.get(name)}
            if links:
                record.milestones.filter(pk=pks[row.values["key"]]).update(**links)

    def _remove(self) -> None:
        """What is no longer in the files goes; first what leads from one such record to another of its table."""
        for file, key, record in self.gone:
            for name in file.shape.to_itself:
                with self._one_record(file, key):
                    setattr(record, name, None)
                    record.save()
        for file, key, record in reversed(self.gone):
            with self._one_record(file, key):
                record.delete()

    def _derive(self) -> None:
        """All of it, when anything changed: an end may follow from a record that is gone, a word from a new name."""
        if self.saved or self.gone:
            self.say(_t("deriving stages"))
            everything = Instrument.objects.all()
            actions.rewrite_spans(everything)
            actions.rewrite_words(everything)


def refusal(error: DatabaseError) -> tuple[str, str]:
    """What the database refused, as (field, message): in the words of the constraint, where it is one of ours."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                fields = getattr(constraint, "condition", None) and constraint.condition.referenced_base_fields
                return ", ".join(sorted(fields or ["-"])), constraint.get_violation_error_message()
    if name and name.endswith("_same_record"):  # `WITHIN_ONE_RECORD` of the first migration
        return "-", _t("A milestone can only be named within its own record.")
    return "-", " ".join(str(error.args[0]).split())


def faults_of(record: models.Model) -> list[Fault]:
    """What a record of the database says against itself, by the rules that hold for the files."""
    shape = next((file.shape for file in data_files() if file.shape.model is type(record)), None)
    if shape is None:
        return []
    faults = Faults("", natural_key(record))
    row = shape.dump(shape.model._default_manager.prefetch_related(*shape.related()).get(pk=record.pk))
    Check([], {}, []).itself(row, {}, faults)
    return faults.found


def plain_records(file: DataFile) -> Iterator[dict]:
    """The records of the database that belong in this file, as they would stand in it."""
    for record in file.shape.model._default_manager.prefetch_related(*file.shape.related()):
        yield file.shape.dump(record).plain()
