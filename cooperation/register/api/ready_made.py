"""The JSON of records, made by PostgreSQL in one statement.

Why: for a page of 50 records Django writes some 15 statements anew and builds some 600 objects; that takes ten times as
long as the database needs. What a statement says depends only on the serializer, so it is read off the serializer once
and kept (`_statement`); after that only days and keys are filled in.

The serializer stays the one description of the shape. A part for which it has no words in SQL (`Untranslatable`) is
left to it: records that have such a part (promises, figures) are shown by it, and so is every record of a kind whose
own fields it cannot translate.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, singledispatch
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models import Case, Exists, Expression, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.relations import ManyRelatedField

from ..domain.clock import Clock
from ..domain.text import reader_languages
from ..lists import sql
from ..models.fields import EDTFField
from ..models.queryset import clearance
from .fields import DateObject, KeyOf, Made, Url
from .serializers import BlankAsNull

MOST_STATEMENTS = 200  # kept: one for each serializer, choice of fields, language and clearance


class Untranslatable(Exception):
    """A field for which there are no words in SQL."""


# --- from the fields of a serializer ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Level:
    """Where a field stands: the model it is read from, and what its questions bring along."""

    model: type[models.Model]
    rows: dict[str, tuple[QuerySet, str]]  # by name: related rows, and the field that leads back
    blank_is_null: bool

    def column(self, name: str) -> models.Field:
        try:
            return self.model._meta.get_field(name)
        except FieldDoesNotExist:
            raise Untranslatable(name) from None


def _level(queryset: QuerySet, serializer: serializers.Serializer) -> _Level:
    meta, rows = queryset.model._meta, {}
    for lookup in queryset._prefetch_related_lookups:
        if isinstance(lookup, models.Prefetch) and "__" not in lookup.prefetch_through:
            relation = meta.get_field(lookup.prefetch_through)
            rows[lookup.to_attr or lookup.prefetch_through] = (lookup.queryset, relation.remote_field.name)
    return _Level(queryset.model, rows, isinstance(serializer, BlankAsNull))


def _object(serializer: serializers.Serializer, level: _Level, chosen: Iterable[str] = ()) -> tuple[sql.Object, Q]:
    """The shape of a record, and the condition of those that the serializer must show itself."""
    if type(serializer).to_representation not in _PLAIN:
        raise Untranslatable(type(serializer).__name__)
    shape, by_serializer = {}, Q()
    for name, declared in serializer.fields.items():
        if chosen and name not in chosen:
            continue
        if isinstance(declared, serializers.ListSerializer):
            rows, back = _related(declared.source, level)
            rows = rows.filter(**{back: OuterRef("pk")})
            try:
                item, _never = _object(declared.child, _level(rows, declared.child))
            except Untranslatable:
                by_serializer |= Q(Exists(rows))
                shape[name] = sql.NOTHING
            else:
                shape[name] = sql.List(rows, item)
        else:
            shape[name] = _value(declared, level)
    return sql.Object(**shape), by_serializer


_PLAIN = {serializers.Serializer.to_representation, BlankAsNull.to_representation}


def _related(name: str, level: _Level) -> tuple[QuerySet, str]:
    if name in level.rows:
        return level.rows[name]
    relation = level.column(name)
    back = relation.related_query_name() if relation.many_to_many else relation.remote_field.name
    return relation.related_model._default_manager.all(), back


@singledispatch
def _value(declared: serializers.Field, level: _Level) -> Expression:
    """What a field shows, in SQL. Raises Untranslatable."""
    raise Untranslatable(type(declared).__name__)


@_value.register(serializers.CharField)
@_value.register(serializers.ChoiceField)
def _text(declared, level: _Level) -> Expression:
    name = declared.source
    if isinstance(getattr(level.model, name, None), property):  # a text in two languages
        first, second = (f"{name}_{language}" for language in reader_languages())
        value = Coalesce(NullIf(F(level.column(first).name), Value("")), level.column(second).name)
    else:
        value = F(name)
    return NullIf(value, Value("")) if level.blank_is_null else value


@_value.register(serializers.IntegerField)
@_value.register(serializers.BooleanField)
@_value.register(serializers.JSONField)
@_value.register(serializers.ListField)
@_value.register(serializers.DateField)
def _as_it_is(declared, level: _Level) -> Expression:
    return F(declared.source)


@_value.register
def _moment(declared: serializers.DateTimeField, level: _Level) -> Expression:
    in_utc = Func(Value("UTC"), F(declared.source), function="timezone", output_field=models.DateTimeField())
    pattern = Value('YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    return Func(in_utc, pattern, function="to_char", output_field=TextField())


@_value.register
def _date(declared: DateObject, level: _Level) -> Expression:
    if not isinstance(level.column(declared.source), EDTFField):
        raise Untranslatable(declared.source)
    return sql.DateObject(declared.source)


@_value.register
def _key(declared: KeyOf, level: _Level) -> Expression:
    if declared.source in level.rows:  # what the reader may not see is not in its questions
        rows, _back = level.rows[declared.source]
        return Subquery(rows.filter(pk=OuterRef(declared.source)).order_by().values(declared.slug_field)[:1])
    return F(f"{declared.source}__{declared.slug_field}")


@_value.register
def _keys(declared: ManyRelatedField, level: _Level) -> Expression:
    rows, back = _related(declared.source, level)
    return sql.List(rows.filter(**{back: OuterRef("pk")}), F(declared.child_relation.slug_field))


@_value.register
def _url(declared: Url, level: _Level) -> Expression:
    part = Value(declared.view) if declared.view else F("resource")
    return Concat(sql.Parameter("api", TextField()), part, Value("/"), F(declared.lookup), output_field=TextField())


@_value.register
def _made(declared: Made, level: _Level) -> Expression:
    return declared.in_sql()


# --- the statement ---------------------------------------------------------------------------------------------------


@lru_cache(MOST_STATEMENTS)
def _statement(serializer_class, chosen: tuple[str, ...], language: str, levels: tuple[str, ...]) -> tuple | None:
    """The statement for records of a kind, as text and its values or their slots; None where there is none."""
    model = serializer_class.Meta.model
    rows = model.objects.on(sql.AnyClock).with_all_facts(sql.AnyClock, _Reader(levels))
    serializer = serializer_class()
    try:
        shape, by_serializer = _object(serializer, _level(rows, serializer), chosen)
    except Untranslatable:
        return None
    asked = sql.AnyOfKeys(F("pk"), sql.Parameter("keys", sql.Keys()))
    is_left = Case(When(by_serializer, then=True), default=False) if by_serializer else Value(False)
    found = rows.filter(asked).order_by().values_list("pk", is_left, Cast(shape, TextField()))
    return found.query.sql_with_params()


@dataclass(frozen=True)
class _Reader:
    """Someone who may see these classifications."""

    levels: tuple[str, ...]

    def has_perm(self, name: str) -> bool:
        return name.removeprefix("register.see_") in self.levels


def ready_made(
    serializer_class, matches: dict[int, bool | None], clock: Clock, user, chosen: list[str], api: str
) -> dict[int, str]:
    """The JSON of records by primary key, without those that the serializer must show itself.

    `matches` holds their primary keys, each with whether it certainly lies in the days of the question, where that
    names days. `chosen` are the fields, all when empty; `api` is the address of the API.
    """
    statement = _statement(serializer_class, tuple(chosen), get_language(), tuple(clearance(user)))
    if not statement or not matches:
        return {}
    values: dict[str, Any] = {
        "keys": list(matches),
        "matches": json.dumps(matches),
        "valid_on": clock.valid_on,
        "known_on": clock.known_on,
        "earliest": clock.earliest,
        "moved_from": clock.moved_from,
        "api": api,
    }
    text, parts = statement
    with connection.cursor() as cursor:
        cursor.execute(text, sql.filled(parts, values))
        return {pk: shape for pk, is_left, shape in cursor if not is_left}
