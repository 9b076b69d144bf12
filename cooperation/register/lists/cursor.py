"""Cursor: the sort values of the last row of a page, so that reading on is as quick as beginning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import Expression, Q

SALT = "register.cursor"  # signed, so that nobody can put values into a comparison


@dataclass(frozen=True)
class Sort:
    """By what rows are sorted, in the database."""

    name: str
    expression: Expression
    is_given: bool  # every row has a value
    down: bool

    @property
    def value(self) -> str:
        """What it is called where it is given along with the row."""
        return f"{self.name}_value"

    @property
    def direction(self) -> str:
        """In SQL; what has no value comes last."""
        return ("DESC" if self.down else "ASC") + ("" if self.is_given else " NULLS LAST")


def write_cursor(order: str, values: Sequence[Any], key: str) -> str:
    """A cursor after a row with these sort values and this key, in this order."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return signing.dumps([order, plain, key], salt=SALT)


def read_cursor(text: str, order: str) -> tuple[list, str] | None:
    """The sort values and the key that a cursor holds; None when it is not ours, or belongs to another order."""
    try:
        of_order, values, key = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return (values, key) if of_order == order else None


def after(values: Sequence[Any], key: str, sorts: Sequence[Sort], key_name: str) -> Q:
    """Rows that come after these values in this order; what has no value comes last."""
    past, equal, from_here = Q(), Q(), Q()
    for value, one in zip(values, sorts, strict=True):
        if value is None:
            equal &= Q(**{f"{one.name}__isnull": True})
            continue
        beyond = Q(**{f"{one.name}__{'lt' if one.down else 'gt'}": value})
        if not one.is_given:
            beyond |= Q(**{f"{one.name}__isnull": True})
        elif not past:  # follows from the rest, and tells an index where to begin
            from_here = Q(**{f"{one.name}__{'lte' if one.down else 'gte'}": value})
        past |= equal & beyond
        equal &= Q(**{one.name: value})
    return from_here & (past | (equal & Q(**{f"{key_name}__gt": key})))
