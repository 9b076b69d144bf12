"""SQL that Django compiles once: its days and keys are filled in each time it is run.

To compile a query with many subqueries takes Django ten times as long as PostgreSQL takes to answer it. What the query
says depends only on the model and on who reads, so it is compiled once for these and kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Expression, Func, QuerySet

from .connection import read_connection


@dataclass(frozen=True)
class Param:
    """The place of a value that is filled in when the statement is run."""

    name: str


def bind(params: Iterable[Any], values: Mapping[str, Any]) -> list[Any]:
    """The parameters of a statement, with the values of its `Param`s by name."""
    return [values[param.name] if isinstance(param, Param) else param for param in params]


class Parameter(Expression):
    """A `Param` as an expression, to stand in a filter or an annotation."""

    def __init__(self, name: str, output_field: models.Field):
        super().__init__(output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        return f"%s::{self.output_field.db_type(connection)}", [Param(self.name)]


class Keys(models.Field):
    """A list of primary keys."""

    def db_type(self, connection):
        return "bigint[]"


class AnyOfKeys(Func):
    """Whether a key is in a list: `pk = ANY (keys)`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class AnyClock:
    """In place of a `Clock` in a query that is compiled once: its days are parameters."""

    valid_on, known_on, earliest, moved_from = (
        Parameter(name, models.DateField()) for name in ("valid_on", "known_on", "earliest", "moved_from")
    )


def days_of(clock) -> dict[str, Any]:
    """The values of the parameters of `AnyClock`."""
    return {name: getattr(clock, name) for name in ("valid_on", "known_on", "earliest", "moved_from")}


class ReadJSON(models.Field):
    """A value of PostgreSQL's type `json`, which psycopg2 reads by itself (unlike `jsonb`, which Django does)."""

    def db_type(self, connection):
        return "json"


class Row(Func):
    """A JSON array of these values: a row without the names of its columns."""

    function = "json_build_array"
    output_field = ReadJSON()


class Rows(Func):
    """The rows of a subquery as one JSON array, each made by an expression (a `Row`)."""

    function = "array_to_json"
    output_field = ReadJSON()

    def __init__(self, queryset: QuerySet, row: Expression):
        super().__init__(ArraySubquery(queryset.values_list(row)))


class Statement:
    """A compiled `values_list`. `rows()` runs it with the values of its parameters."""

    def __init__(self, queryset: QuerySet):
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select])

    @classmethod
    def of_all(cls, querysets: Sequence[QuerySet]) -> "Statement":
        """The rows of several queries with the same columns, one after the other."""
        first, *others = querysets
        return cls(first.union(*others, all=True) if others else first)

    def rows(self, **values: Any) -> list[list[Any]]:
        with read_connection().cursor() as cursor:
            cursor.execute(self.sql, bind(self.params, values))
            return self.converted(cursor.fetchall())

    def converted(self, rows: list) -> list[list[Any]]:
        """Rows as the database gives them, with the values that the fields of the model make of them."""
        return list(self.compiler.apply_converters(rows, self.converters))
