"""Find the rows of a page, count all rows and those at each stage, in one statement that reads the selection once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import F

from ..models.compiled import Statement
from ..models.connection import read_connection
from ..models.queryset import RegisterQuerySet
from .cursor import Sort

# Made of names that stand here; what was given goes along as parameters.
SQL = """
WITH found ({names}) AS MATERIALIZED ({selection})
SELECT (SELECT count(*) FROM found), {stages}, found.* FROM found ORDER BY {order} OFFSET %s LIMIT %s
"""
STAGES = """(SELECT json_object_agg(stage, numbers) FROM (SELECT stage, json_build_array(
    count(*), count(*) FILTER (WHERE stage_certain)) AS numbers FROM found GROUP BY stage) AS counted)"""


class StageCount(NamedTuple):
    """How many records are at a stage, and how many of these for certain."""

    number: int
    certain: int


@dataclass(frozen=True)
class Found:
    """Some rows (`pk`, key, the values they are sorted by, `match_certain`), and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int
    by_stage: dict[str, StageCount] | None  # None for rows that have no stage


def sorted_by(selection: RegisterQuerySet, sorts: Sequence[Sort]) -> RegisterQuerySet:
    """The selection, each row with the values by which it is sorted."""
    with_sort = selection.alias(**{one.name: one.expression for one in sorts})
    return with_sort.annotate(**{one.value: F(one.name) for one in sorts})


def names_of(rows: RegisterQuerySet, sorts: Sequence[Sort], key_name: str) -> list[str]:
    """What is read of each row first: what places it. All about it is read in a second step (`fetch_keys`)."""
    of_ranges = ["match_certain"] if "match_certain" in rows.query.annotations else []
    return ["pk", key_name, *(one.value for one in sorts), *of_ranges]


def find(
    selection: RegisterQuerySet, sorts: Sequence[Sort], key_name: str, start: int, end: int, most: int
) -> Found | None:
    """The rows from `start` until `end`; None when there are more than `most` in all, which an index must sort."""
    rows = sorted_by(selection, sorts).order_by()
    has_stage = "stage" in rows.query.annotations
    names = [*names_of(rows, sorts, key_name), *(["stage", "stage_certain"] if has_stage else [])]
    try:
        statement = Statement(rows.values_list(*names)[: most + 1])
    except EmptyResultSet:
        return Found([], 0, {} if has_stage else None)
    sql = SQL.format(
        names=", ".join(f'"{name}"' for name in names),
        selection=statement.sql,
        stages=STAGES if has_stage else "NULL",
        order=", ".join([*(f'"{one.value}" {one.direction}' for one in sorts), f'"{key_name}"']),
    )
    with read_connection().cursor() as cursor:
        cursor.execute(sql, [*statement.params, start, end - start])
        found = cursor.fetchall()
    if not found:  # no row at all, or no page so far on
        return Found([], 0, {} if has_stage else None) if start == 0 else None
    total, by_stage, *_row = found[0]
    if total > most:
        return None
    placed = statement.converted([row[2:] for row in found])
    if has_stage:
        by_stage = {stage: StageCount(*numbers) for stage, numbers in by_stage.items()}
    return Found([dict(zip(names, row, strict=True)) for row in placed], total, by_stage)
