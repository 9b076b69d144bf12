"""What the fields of a record say together: rules for the data files and for a save in the administration alike.

What one field may hold is in `schema.py`. The constraints that a model declares are checked here without the database,
as far as that goes; what only the database can see, it refuses (`refusal`).
"""

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models
from django.db.models import F, Func, Q
from django.utils.translation import gettext as _t
from rest_framework.serializers import ModelSerializer

from ..domain.edtf import EDTF
from ..models import Dispute, Figure, Instrument

Error = tuple[str, str]  # path of the field, message


def contradictions(
    schema: ModelSerializer, record: dict[str, Any], published: Mapping[str, EDTF | None]
) -> Iterator[Error]:
    """Where validated values are at odds with each other. Fills in from when facts are known.

    `published` is the day of publication of every source, by key.
    """
    milestones = {each.get("key"): each for each in record.get("milestones", ())}
    rows = list(_rows(schema, record))
    for table, row, path, _owner in rows:
        if row.get("known_from", "?") is None and row.get("source"):
            sources = [row["source"], *row.get("also_sources", ())]
            row["known_from"] = known_since(table.Meta.model, row, [published.get(key) for key in sources])
            if not row["known_from"]:
                yield f"{path}known_from", _t("is missing, and none of the sources has a date")
    for table, row, path, owner in rows:
        for name, message in _row_errors(table, row, owner, milestones):
            yield path + name, message
    if issubclass(schema.Meta.model, Instrument):
        yield from _instrument_errors(schema.Meta.model, record, milestones)
    names = {"general", *schema.fields, *(name.removesuffix("_nl") for name in schema.fields)}
    names |= {f"milestones.{key}" for key in milestones}
    for name in ("citations", "disputes"):
        for number, row in enumerate(record.get(name, ()), 1):
            if row.get("field", "general") not in names:
                yield f"{place(name, row, number)}.field", _t("leads nowhere: %s") % row["field"]


def _rows(
    table: ModelSerializer, row: dict, path: str = "", owner: dict | None = None
) -> Iterator[tuple[ModelSerializer, dict, str, dict | None]]:
    """A row and all that hang on it, each with the row that it hangs on."""
    yield table, row, path, owner
    for name, child in table.tables.items():
        for number, each in enumerate(row.get(name, ()), 1):
            yield from _rows(child, each, f"{path}{place(name, each, number)}.", row)


def _row_errors(table: ModelSerializer, row: dict, owner: dict | None, milestones: Mapping) -> Iterator[Error]:
    own_key = dict.fromkeys(("id", table.Meta.model._meta.pk.name), row.get("key"))  # references are keys here
    values = own_key | row | {table.Meta.owner: owner and owner.get("key")}
    for constraint in _checks(table.Meta.model, frozenset(values)):
        if _holds(constraint.condition, values) is False:
            name = _first_field(constraint.condition)
            yield table.names.get(name, name), constraint.get_violation_error_message()
    yield from _doubles(table, row)
    since, until = row.get("since"), row.get("until")
    if since and until and until.last < since.first:
        yield "until", _t("ends before it starts: %s") % until
    if table.Meta.model is Dispute and len(row.get("claims", "??")) < 2:
        yield "claims", _t("a dispute has two claims or more")
    for name in ("fulfils", "replaces", "fulfilled_by_milestone"):  # these lead to a milestone of the same record
        if key := row.get(name):
            named = milestones.get(key)
            if named is None or named is row:
                yield name, _t("leads nowhere: %s") % key
            elif name == "fulfils" and named.get("state", "expected") != "expected":
                yield name, _t("%s is not expected") % key
            elif name == "replaces" and (named.get("known_from") or date.min) >= (row.get("known_from") or date.max):
                yield name, _t("%s was not known before") % key


def place(name: str, row: Any, number: int) -> str:
    """Where a row of a related table stands: by its key where it has one, else by its number."""
    key = row.get("key") if isinstance(row, dict) else None
    return f"{name}[{key if key and isinstance(key, str) else number}]"


def known_since(model: type[models.Model], row: Mapping, published: Iterable[EDTF | None]) -> date | None:
    """From when a fact is known, where nobody says: the last possible day of its earliest dated source.

    A figure without such a source is known from the end of its own day or period.
    """
    days = [day.latest for day in published if day and day.latest]
    when = (row.get("date") or row.get("period")) if model is Figure else None
    return min(days, default=when and when.latest)


def _instrument_errors(kind: type[Instrument], record: dict, milestones: Mapping) -> Iterator[Error]:
    ladder = kind.ladder
    if record.get("milestones") == [] and not ladder.follows:
        yield "milestones", _t("is missing: a record is known by its milestones")
    closing = {*ladder.ends, *ladder.plan_ends}
    opening = {*ladder.milestones, *ladder.evidence} - closing
    dated = [(each["kind"], key, each["date"]) for key, each in milestones.items() if {"kind", "date"} <= each.keys()]
    start = min((when.first for name, _key, when in dated if name in opening), default=date.min)
    for name, key, when in dated:
        if name in closing and when.last < start:
            yield f"milestones[{key}].date", _t("ends before it starts: %s") % when
    yield from kind.check_data(record)


# --- constraints of the models ---------------------------------------------------------------------------------------

_LOOKUPS = {
    "": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda value, among: value in among,
    "regex": lambda value, pattern: re.search(pattern, value) is not None,
}


def _holds(condition: Q | Func | tuple[str, Any], values: Mapping[str, Any]) -> bool | None:
    """What a condition says of these values; None, as in SQL, where a value is missing: a constraint passes then.

    Raises KeyError for a field that is not among them, and for a lookup or a function that only the database has.
    """
    if isinstance(condition, Func):
        raise KeyError(condition.function)
    if isinstance(condition, tuple):
        name, _underscores, lookup = condition[0].partition("__")
        value, wanted = values[name], condition[1]
        if lookup == "isnull":
            return (value is None) is wanted
        compare = _LOOKUPS[lookup]
        wanted = values[wanted.name] if isinstance(wanted, F) else wanted
        return None if value is None or wanted is None else compare(value, wanted)
    found = [_holds(part, values) for part in condition.children]
    enough = condition.connector == Q.OR
    result = enough if enough in found else None if None in found else not enough
    return result if result is None or not condition.negated else not result


def _constraints(model: type[models.Model]) -> list[models.BaseConstraint]:
    return [each for part in (*model._meta.all_parents, model) for each in part._meta.constraints]


@cache
def _checks(model: type[models.Model], names: frozenset[str]) -> list[models.CheckConstraint]:
    """The constraints of a model that can be checked with values of these fields."""
    found = []
    for constraint in (each for each in _constraints(model) if isinstance(each, models.CheckConstraint)):
        with suppress(KeyError):
            _holds(constraint.condition, dict.fromkeys(names))
            found.append(constraint)
    return found


def _first_field(condition: Q | Func | tuple[str, Any]) -> str:
    while isinstance(condition, Q):
        condition = condition.children[0]
    if isinstance(condition, Func):
        return condition.source_expressions[0].name
    return condition[0].partition("__")[0]


def _doubles(table: ModelSerializer, record: dict) -> Iterator[Error]:
    """What a unique constraint on a related table would refuse, in its words."""
    for name, child in table.tables.items():
        for constraint in _constraints(child.Meta.model):
            fields = [each for each in getattr(constraint, "fields", ()) if each in child.names]
            seen = set()
            for number, row in enumerate(record.get(name, ()) if fields else (), 1):
                values = tuple(row.get(each) for each in fields)
                if values in seen and any(values):
                    path = f"{place(name, row, number)}.{child.names[fields[0]]}"
                    yield path, constraint.get_violation_error_message()
                seen.add(values)


def refusal(error: DatabaseError) -> Error:
    """What the database refused: in the words of the constraint, where it is one of ours."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                condition = getattr(constraint, "condition", None)
                return _first_field(condition) if condition else "-", constraint.get_violation_error_message()
    if name and name.endswith("_same_record"):  # `WITHIN_ONE_RECORD` of the first migration
        return "-", _t("A milestone can only be named within its own record.")
    return "-", " ".join(str(error.args[0]).split())
