"""Words of SQL for which Django has no name, and a clock whose days are filled in when a statement is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Expression, F, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Lower, Upper


@dataclass(frozen=True)
class Slot:
    """The place of a value that is filled in when the statement is asked."""

    name: str


def filled(parts: Iterable[Any], values: Mapping[str, Any]) -> list[Any]:
    """The parameters of a statement, with the values of its slots by name."""
    return [values[part.name] if isinstance(part, Slot) else part for part in parts]


class Parameter(Expression):
    """A value that differs from one question to the next."""

    def __init__(self, name: str, output_field: models.Field):
        super().__init__(output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        return f"%s::{self.output_field.db_type(connection)}", [Slot(self.name)]


VALID_ON, KNOWN_ON, EARLIEST, MOVED_FROM = (
    Parameter(name, models.DateField()) for name in ("valid_on", "known_on", "earliest", "moved_from")
)


class AnyClock:
    """The clock of every question: its days are filled in later."""

    valid_on, known_on, earliest, moved_from = VALID_ON, KNOWN_ON, EARLIEST, MOVED_FROM


class Object(Func):
    """A JSON object with its keys in the order given."""

    function = "json_build_object"
    output_field = models.JSONField()

    def __init__(self, **fields: Expression):
        super().__init__(*(part for name, value in fields.items() for part in (Value(name, TextField()), value)))


class List(Func):
    """What a subquery finds, as a JSON list."""

    function = "array_to_json"
    output_field = models.JSONField()

    def __init__(self, rows: QuerySet, item: Expression):
        super().__init__(ArraySubquery(rows.values_list(item)))


class AnyOfKeys(Func):
    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


NOTHING = Func(template="'[]'::json", output_field=models.JSONField())


class Keys(models.Field):
    """A list of primary keys."""

    def db_type(self, connection):
        return "bigint[]"


class OfKey(Func):
    """What a JSON parameter holds for a key."""

    template = "(%(expressions)s)"
    arg_joiner = " -> "
    output_field = models.JSONField()


class DateObject(Case):
    """A date of the register as the API shows it (`EDTF.as_object`)."""

    def __init__(self, name: str):
        days = f"{name}_days"
        latest = Func(Upper(days), template="(%(expressions)s - 1)", output_field=models.DateField())
        shape = Object(edtf=F(name), earliest=Lower(days), latest=latest)
        super().__init__(When(**{f"{name}__isnull": False}, then=shape), output_field=models.JSONField())
