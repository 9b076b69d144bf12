"""What no record of the data files can see alone: references, and facts that contradict each other.

What one field may hold is said by its model, and checked in `shapes.py` while a record is read.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils.translation import gettext as _t

from ..domain.edtf import EDTF
from ..models import Figure, Instrument, Organisation, Source
from .schema import DataFile, Fault, Faults, Row


def known_since(published: Iterable[EDTF | None], when: EDTF | None = None) -> date | None:
    """From when a fact is known, where nobody says: the last possible day of its earliest dated source.

    With no such source it is the last day `when` it was so, where that is given.
    """
    days = [day.latest for day in published if day and day.latest]
    return min(days, default=when and when.latest)


class Check:
    """What one record cannot see: references, and facts that contradict each other."""

    def __init__(self, files: list[DataFile], rows: dict[str, dict[str, tuple[Row, dict]]], faults: list[Fault]):
        self.files, self.rows, self.faults = files, rows, faults
        self.keys: dict[type[models.Model], set[str]] = {file.shape.model: set(rows[file.name]) for file in files}
        self.keys[Instrument] = set().union(*(self.keys[model] for model in self.keys if issubclass(model, Instrument)))
        sources = [row for file in files if file.shape.model is Source for row in rows[file.name].items()]
        self.published = {key: row.values.get("published") for key, (row, _record) in sources}

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
                if file.shape.model is Figure:
                    self.figure(row, record, here)
                self.itself(row, record, here)

    def itself(self, row: Row, record: dict, faults: Faults) -> None:
        """What a record says is not at odds with what it says elsewhere."""
        if issubclass(row.shape.model, Instrument):
            self.instrument(row.shape.model, row, record, faults)
        for look in (self.about_fields, self.relations, self.periods, self.doubles):
            look(row, faults)

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
            milestones[milestone.values.get("key")] = milestone
            self.known_from(milestone, here)
        if not milestones and not kind.ladder.follows:
            faults.add("milestones", _t("is missing: a record is known by its milestones"))
        for key, milestone in milestones.items():
            self.closes(milestone, milestones, faults.at(path=f"milestones[{key}]"))
        for number, commitment in enumerate(row.children.get("commitments", []), 1):
            key = commitment.values.get("fulfilled_by_milestone")
            if key and key not in milestones:
                faults.add(f"commitments[{number}].fulfilled_by_milestone", _t("leads nowhere: %s") % key)
        self.order(kind, milestones, faults)
        derived = {name: record[name] for name in row.shape.allowed if record.get(name) is not None}
        for name, message in kind.check_data(row.plain() | derived):
            faults.add(name, message)

    def known_from(self, row: Row, faults: Faults) -> None:
        """Fill in the day from which a fact is known: the last possible day of its earliest dated source."""
        if row.values.get("known_from") or not row.values.get("source"):
            return
        sources = [row.values["source"], *row.values.get("also_sources", [])]
        if not self.published.keys() >= set(sources):
            return  # it leads nowhere, which is said already
        when = row.values.get("date") or row.values.get("period")
        known = known_since([self.published[key] for key in sources], when if row.shape.model is Figure else None)
        if known:
            row.values["known_from"] = known
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
            elif name == "replaces" and not _in_order(milestones[key], milestone, "known_from"):
                faults.add(name, _t("%s was not known before") % key)
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
        for name in known.keys() & record.keys():
            faults.add(name, _t("is not a field of this record"))
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
        names |= {name.removesuffix("_nl") for name in names}  # a text in both languages by its one name
        for name in ("citations", "disputes"):
            for number, child in enumerate(row.children.get(name, []), 1):
                about = child.values.get("field") or ""
                where = keys if about.startswith("milestones.") else names
                if about.removeprefix("milestones.") not in where:
                    faults.add(f"{name}[{number}].field", _t("leads nowhere: %s") % about)
                if name == "disputes" and len(child.children.get("claims", [])) < 2:
                    faults.add(f"{name}[{number}].claims", _t("a dispute has two claims or more"))

    @staticmethod
    def relations(row: Row, faults: Faults) -> None:
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

    @staticmethod
    def doubles(row: Row, faults: Faults) -> None:
        """What a unique constraint on a related table would refuse, in its words."""
        for name, children in row.children.items():
            shape = row.shape.children[name]
            for constraint in shape.model._meta.constraints:
                named = getattr(constraint, "fields", ())
                fields = [key for name_ in named for key, field in shape.fields.items() if field.name == name_]
                seen = set()
                for number, child in enumerate(children if fields else [], 1):
                    values = tuple(child.values.get(field) for field in fields)
                    if values in seen and any(values):
                        place = child.values.get("key") or number
                        faults.add(f"{name}[{place}].{fields[0]}", constraint.get_violation_error_message())
                    seen.add(values)


def _in_order(first: Row, second: Row, name: str) -> bool:
    """Whether a value of one row lies before that of another; true while one of them is not known."""
    before, after = first.values.get(name), second.values.get(name)
    return not (before and after) or before < after
