"""The data set in: everything is checked first and every fault named, then all is written, or nothing.

The schema of the files is described in `docs/data.md`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from django.db import connection, models, transaction
from django.utils.translation import gettext as _t

from . import actions
from .models import (
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
from .shapes import Fault, Faults, Row, Shape, natural_key_name

HERE = Path(__file__).parent / "data"
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
        children={
            "countries": Shape(CountryRole, parent="instrument", rename=SINCE),
            "organisations": Shape(OrganisationRole, parent="instrument", rename=SINCE),
            "milestones": milestone,
            **CITATIONS,
            "relations": Shape(Relation, parent="instrument"),
            "commitments": Shape(Commitment, parent="instrument", local=("fulfilled_by_milestone",)),
        },
    )


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

    With `dry_run` only the summary is made. `say` is told of each step.
    """
    files = data_files(folder)
    faults: list[Fault] = []
    rows = {}
    for file in files:
        found = Faults(file.name, found=faults)
        rows[file.name] = _read_file(file, found)
        say(_t("read %(file)s: %(count)d records") % {"file": file.name, "count": len(rows[file.name])})
    _Check(files, rows, faults).all()
    if faults:
        raise LoadError(sorted(faults, key=lambda fault: (fault.file, fault.record, fault.field)))
    with transaction.atomic():
        if not dry_run:
            _one_load_at_a_time()
        return _Write(files, rows, say).all(dry_run)


# --- reading ---------------------------------------------------------------------------------------------------------


class _StrictLoader(yaml.SafeLoader):
    """YAML without two surprises: a key that stands twice is a fault, and a date stays the text that it is."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                problem = _t("“%s” stands twice in one record") % key
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read_file(file: DataFile, faults: Faults) -> dict[str, tuple[Row, dict]]:
    """The rows of a file by key, each with the mapping it was read from."""
    try:
        records = yaml.load(file.path.read_text("utf-8"), Loader=_StrictLoader)  # noqa: S506  a SafeLoader, made stricter
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        faults.at(record="-").add("-", _t("cannot be read: %s") % " ".join(str(error).split()))
        return {}
    if not isinstance(records, list):
        faults.at(record="-").add("-", _t("should be a list of records"))
        return {}
    rows = {}
    for number, record in enumerate(records, 1):
        key = record.get(file.key) if isinstance(record, dict) else None
        here = faults.at(record=key if isinstance(key, str) else f"#{number}")
        row = file.shape.read(record, here)
        if key in rows:
            here.add(file.key, _t("stands twice in this file"))
        elif isinstance(key, str):
            rows[key] = (row, record)
    return rows


# --- checking --------------------------------------------------------------------------------------------------------


class _Check:
    """What one record cannot see: references, and facts that contradict each other."""

    def __init__(self, files: list[DataFile], rows: dict[str, dict[str, tuple[Row, dict]]], faults: list[Fault]):
        self.files, self.rows, self.faults = files, rows, faults
        self.keys: dict[type[models.Model], set[str]] = {file.shape.model: set(rows[file.name]) for file in files}
        self.keys[Instrument] = set().union(*(self.keys[model] for model in self.keys if issubclass(model, Instrument)))
        sources = next(file for file in files if file.shape.model is Source)
        self.published = {key: row.values.get("published") for key, (row, _record) in rows[sources.name].items()}

    def all(self) -> None:
        owners = Counter()
        for file in self.files:
            for key, (row, record) in self.rows[file.name].items():
                here = Faults(file.name, key, found=self.faults)
                self.references(row, here)
                if issubclass(file.shape.model, Instrument):
                    owners[key] += 1
                    if owners[key] > 1:
                        here.add("key", _t("is the key of another instrument too"))
                    self.instrument(file.shape.model, row, record, here)
                if file.shape.model is Figure:
                    self.figure(row, record, here)
                for field_faults in (self.about_fields, self.periods):
                    field_faults(row, here)

    def references(self, row: Row, faults: Faults) -> None:
        """Every reference leads somewhere."""
        for name, model_field in {**row.shape.fields, **row.shape.lists}.items():
            if not model_field.is_relation or name in row.shape.local:
                continue
            value = row.values.get(name)
            for key in value if isinstance(value, list) else [value] if value else []:
                if key not in self.keys[model_field.related_model]:
                    faults.add(name, _t("leads nowhere: %s") % key)
        for name, children in row.children.items():
            for number, child in enumerate(children, 1):
                self.references(child, faults.at(path=f"{name}[{child.values.get('key') or number}]"))

    def instrument(self, kind: type[Instrument], row: Row, record: dict, faults: Faults) -> None:
        milestones = {}
        for milestone in row.children.get("milestones", []):
            here = faults.at(path=f"milestones[{milestone.values.get('key')}]")
            if milestone.values.get("key") in milestones:
                here.add("key", _t("stands twice in this record"))
            milestones[milestone.values.get("key")] = milestone
            self.known_from(milestone, here)
        if not milestones:
            faults.add("milestones", _t("is missing: a record is known by its milestones"))
        for key, milestone in milestones.items():
            self.closes(milestone, milestones, faults.at(path=f"milestones[{key}]"))
        for number, commitment in enumerate(row.children.get("commitments", []), 1):
            key = commitment.values.get("fulfilled_by_milestone")
            if key and key not in milestones:
                faults.add(f"commitments[{number}].fulfilled_by_milestone", _t("leads nowhere: %s") % key)
        self.order(kind, milestones, faults)
        for name, message in kind.check_data(record):
            faults.add(name, message)

    def known_from(self, row: Row, faults: Faults) -> None:
        """Fill in the day from which a fact is known: the last possible day of its earliest dated source."""
        if row.values.get("known_from") or not row.values.get("source"):
            return
        sources = [row.values["source"], *row.values.get("also_sources", [])]
        days = [published.latest for key in sources if (published := self.published.get(key)) and published.latest]
        when = row.values.get("date") or row.values.get("period")
        if days:
            row.values["known_from"] = min(days)
        elif row.shape.model is Figure and when and when.latest:
            row.values["known_from"] = when.latest
        else:
            faults.add("known_from", _t("is missing, and none of the sources has a date"))

    @staticmethod
    def closes(milestone: Row, milestones: dict[str, Row], faults: Faults) -> None:
        for name in ("fulfils", "replaces"):
            key = milestone.values.get(name)
            if not key:
                continue
            if key not in milestones or milestones[key] is milestone:
                faults.add(name, _t("leads nowhere: %s") % key)
            elif name == "fulfils" and milestones[key].values.get("state") != "expected":
                faults.add(name, _t("%s is not expected") % key)
        if milestone.values.get("fulfils") and milestone.values.get("state") == "expected":
            faults.add("fulfils", _t("only what occurred or was cancelled closes an expectation"))

    @staticmethod
    def order(kind: type[Instrument], milestones: dict[str, Row], faults: Faults) -> None:
        """Nothing ends before it starts."""
        ladder = kind.ladder
        starts, ends = [], []
        for key, row in milestones.items():
            name, when = row.values.get("kind"), row.values.get("date")
            if not when:
                continue
            if name in ladder.ends or name in ladder.plan_ends:
                ends.append((key, when))
            elif name in ladder.milestones or name in ladder.evidence:
                starts.append(when.first)
        for key, when in ends:
            if starts and when.last < min(starts):
                faults.add(f"milestones[{key}].date", _t("ends before it starts: %s") % when)

    def figure(self, row: Row, record: dict, faults: Faults) -> None:
        self.known_from(row, faults)
        subject = record.get("subject")
        kind, _colon, key = subject.partition(":") if isinstance(subject, str) else ("", "", "")
        known = {"instrument": self.keys[Instrument], "organisation": self.keys[Organisation]}
        if subject != "network" and kind not in known:
            faults.add("subject", _t("should be instrument:<key>, organisation:<key> or network"))
        elif kind in known and key not in known[kind]:
            faults.add("subject", _t("leads nowhere: %s") % key)
        elif kind in known:
            row.values[kind] = key
        values = row.values
        if (values.get("value") is None) == (values.get("min") is None and values.get("max") is None):
            faults.add("value", _t("a figure has a value or bounds, not both"))
        if bool(values.get("date")) == bool(values.get("period")):
            faults.add("date", _t("a figure is of a day or of a period"))
        if None not in (low := values.get("min"), high := values.get("max")) and low > high:
            faults.add("min", _t("lies above the upper bound"))

    @staticmethod
    def about_fields(row: Row, faults: Faults) -> None:
        """A citation and a dispute are about a field that is there."""
        keys = {milestone.values.get("key") for milestone in row.children.get("milestones", [])}
        names = {"general", *row.shape.fields, *row.shape.lists, *row.shape.children, *row.shape.allowed}
        for name in ("citations", "disputes"):
            for number, child in enumerate(row.children.get(name, []), 1):
                about = child.values.get("field") or ""
                where = keys if about.startswith("milestones.") else names
                if about.removeprefix("milestones.") not in where:
                    faults.add(f"{name}[{number}].field", _t("leads nowhere: %s") % about)
                if name == "disputes" and len(child.children.get("claims", [])) < 2:
                    faults.add(f"{name}[{number}].claims", _t("a dispute has two claims or more"))
        for number, relation in enumerate(row.children.get("relations", []), 1):
            if bool(relation.values.get("to")) == bool(relation.values.get("to_text")):
                faults.add(f"relations[{number}].to", _t("points to a record or names something without one"))
            elif relation.values.get("to") == row.values.get("key"):
                faults.add(f"relations[{number}].to", _t("points to itself"))

    @staticmethod
    def periods(row: Row, faults: Faults) -> None:
        for name, children in row.children.items():
            for number, child in enumerate(children, 1):
                since, until = child.values.get("from"), child.values.get("until")
                if since and until and until.last < since.first:
                    faults.add(f"{name}[{number}].until", _t("ends before it starts: %s") % until)


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
        self.saved: list[tuple[models.Model, Row]] = []
        self.gone: list[models.Model] = []

    def all(self, dry_run: bool) -> Summary:
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
                if not dry_run:
                    self._save(file, key, row, record or file.shape.model())
            self.gone += stored.values()
            summary.removed += [(file.name, key) for key in stored]
            self.say(_t("compared %s") % file.name)
        if not dry_run:
            self._link()
            self._settle()
        return summary

    def _remember(self, model: type[models.Model], key: str, record: models.Model) -> None:
        self.pks[model][key] = record.pk
        if issubclass(model, Instrument):
            self.pks[Instrument][key] = record.pk

    def _save(self, file: DataFile, key: str, row: Row, record: models.Model) -> None:
        """The record itself; what hangs on it comes when every record is there."""
        self._fill(record, row)
        record.save()
        self._remember(file.shape.model, key, record)
        self.saved.append((record, row))

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
        for record, row in self.saved:
            if any(field.related_model is type(record) for field in row.shape.fields.values()):
                self._fill(record, row)
                record.save()
            self._set_lists(record, row)
            if "commitments" in row.children:
                record.commitments.all().delete()  # they may lean on milestones, which are written before them
            for name in row.children:
                self._replace_children(record, row, name)

    def _set_lists(self, record: models.Model, row: Row) -> None:
        for name, model_field in row.shape.lists.items():
            getattr(record, name).set([self.pks[model_field.related_model][key] for key in row.values[name]])

    def _replace_children(self, record: models.Model, row: Row, name: str) -> None:
        shape, manager = row.shape.children[name], getattr(record, name)
        manager.all().delete()
        local: dict[str, object] = {}
        if shape.local and name != "milestones":
            local = dict(record.milestones.values_list("key", "pk"))
        for child_row in row.children[name]:
            child = shape.model(**{manager.field.name: record})
            self._fill(child, child_row, local)
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

    def _settle(self) -> None:
        """Remove what is no longer in the files, and derive what follows from the rest."""
        instruments = [record for record, _row in self.saved if isinstance(record, Instrument)]
        for record in reversed(self.gone):
            record.delete()
        if instruments or self.gone:
            self.say(_t("deriving stages"))
            everything = Instrument.objects.all()  # an end may follow from a record that is gone
            actions.rewrite_spans(everything)
            actions.rewrite_search_text(instruments)


def plain_records(file: DataFile) -> Iterator[dict]:
    """The records of the database that belong in this file, as they would stand in it."""
    for record in file.shape.model._default_manager.prefetch_related(*file.shape.related()):
        yield file.shape.dump(record).plain()
