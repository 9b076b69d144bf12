"""Counts of what a question asks for, by one property of the records or by two that cross: one statement for each.

A record that has two values (two countries) is counted with both, one that has none with `null`; a total counts every
record once.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.utils import timezone
from django.utils.translation import gettext as _t

from ..models.connection import read_connection
from .choices import stages_in
from .dimensions import GROUPINGS, Labels
from .params import ParamError
from .query import ListQuery

GROUP_BY = ("country", "region", "group", "kind", "organisation", "theme", "stage", "year")
MOST_GROUPINGS = 2


def check_groupings(question: ListQuery, known: tuple[str, ...], required: bool = False) -> None:
    """Find fault with what `groupBy` says."""
    names = question.words("groupBy")
    if required and not names:
        reason = _t("“%(word)s” is not one of: %(known)s.") % {"word": "", "known": ", ".join(known)}
        question.faults.append(ParamError("groupBy", "required", reason))
    question.check.words("groupBy", list(known))
    if len(names) > MOST_GROUPINGS:
        question.faults.append(ParamError("groupBy", "max_words", _t("Give at most two properties to count by.")))


# --- the answer ------------------------------------------------------------------------------------------------------


def statistics(question: ListQuery, *names: str) -> dict[str, Any]:
    """The answer of `/statistics/{resource}`: groups of the rows of the list, with counts by stage.

    By two properties: in each group there are `groups` by the second, and `totals` has those of all groups together.
    """
    first, second = names[0], names[1] if len(names) > 1 else None
    rows, total = _groups(question, first)
    answer = {
        "groupBy": ",".join(names),
        "validOn": question.clock.valid_on.isoformat(),
        "knownOn": question.clock.known_on.isoformat(),
        "total": total,
    }
    if second is None:
        return answer | {"groups": rows}
    crossed, (totals, _total) = tallies(question, first, second), _groups(question, second)
    for group in rows:
        inner = ((total, crossed.get((group["value"], total["value"]))) for total in totals)
        group["groups"] = [_named(total) | _counts(question, tally, names) for total, tally in inner if tally]
    return answer | {"groups": rows, "totals": totals}


def _groups(question: ListQuery, name: str) -> tuple[list[dict[str, Any]], int]:
    """The groups by one property, by value, what has none last; and how many records there are in all."""
    counted, total = _counted(question, name)
    found = {value: tally for (value,), tally in counted.items()}
    values = sorted(found, key=lambda value: (value is None, str(value)))
    labels: Labels = GROUPINGS[name].labels(question, [value for value in values if value is not None])
    groups = []
    for value in values:
        dutch, english = labels.get(value, (None, None))
        named = {"value": value, "labelNl": dutch, "labelEn": english}
        groups.append(named | _counts(question, found[value], (name,)))
    return groups, total


def _named(group: dict[str, Any]) -> dict[str, Any]:
    return {name: group[name] for name in ("value", "labelNl", "labelEn")}


def _counts(question: ListQuery, tally: "Tally", names: tuple[str, ...]) -> dict[str, Any]:
    """What is told of a group by these properties."""
    in_order = (stage for stage, _label in stages_in(question.queryset.model) if stage in tally.by_stage)
    counts = {"count": tally.count, "byStage": {stage: tally.by_stage[stage] for stage in in_order}}
    if _has_posts(question):
        counts |= {"posts": tally.posts, "postsUnknown": tally.count - tally.posts_known}
    if "year" in names:
        counts |= {"certain": tally.certain, "possible": tally.standing - tally.certain, "started": tally.started}
    return counts


# --- counting --------------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What is counted of the records of a group."""

    count: int = 0
    by_stage: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    posts: int = 0
    posts_known: int = 0
    standing: int = 0
    certain: int = 0
    started: int = 0


def tallies(question: ListQuery, *names: str) -> dict[tuple[str | None, ...], Tally]:
    """Counts of the records of a question by the values of these properties."""
    return _counted(question, *names)[0]


def _counted(question: ListQuery, *names: str) -> tuple[dict[tuple[str | None, ...], Tally], int]:
    """The same, and how many records there are: a record with two values is in two counts."""
    found, total = defaultdict(Tally), 0
    for row in _rows(question, *names):
        values, (stage, count, posts, known, standing, certain, started, total) = row[: len(names)], row[len(names) :]
        tally = found[values]
        tally.count += count
        tally.by_stage[stage] += count
        tally.posts += posts or 0
        tally.posts_known += known
        tally.standing += standing
        tally.certain += certain
        tally.started += started
    return dict(found), total


def _has_posts(question: ListQuery) -> bool:
    return any(field.name == "posts" for field in question.queryset.model._meta.fields)


def _rows(question: ListQuery, *names: str) -> list[tuple]:
    """The counts as the database gives them: for each combination of values and stage one row.

    What is asked for, and the values of each property, are questions that Django writes; put together they are one
    statement, so that no record has to leave the database to be counted.
    """
    columns = ["pk", "stage", "posts" if _has_posts(question) else "stage"]
    columns += [GROUPINGS[name].column for name in names if GROUPINGS[name].column]
    try:
        records, params = _sql(question.selection.order_by().values_list(*columns))
    except EmptyResultSet:
        return []
    own = [f"own_{name}" for name in names if GROUPINGS[name].column]
    shown, joins, years, distinct = [], "", "year" in names, ""
    for name in names:
        grouping = GROUPINGS[name]
        if grouping.values is None:
            shown.append(f"record.own_{name} AS by_{name}")
            continue
        values, more = _years(question) if name == "year" else _sql(grouping.values(question))
        named = "(pk, value, certain, started)" if name == "year" else "(pk, value)"
        joins += f" LEFT JOIN ({values}) AS of_{name} {named} ON of_{name}.pk = record.pk"
        params += more
        shown.append(f"of_{name}.value AS by_{name}")
        distinct = "DISTINCT"  # in two roles in one country, a record is there once
    standing = "of_year.value IS NOT NULL AS standing, of_year.certain, of_year.started"
    values = ", ".join(f"by_{name}" for name in names)
    statement = f"""
        WITH record (pk, stage, posts{"".join(f", {name}" for name in own)}) AS ({records})
        SELECT {values}, stage, count(*), sum(posts), count(posts),
            count(*) FILTER (WHERE standing), count(*) FILTER (WHERE certain), count(*) FILTER (WHERE started),
            (SELECT count(*) FROM record)
        FROM (
            SELECT {distinct} record.pk, record.stage, {"record.posts" if _has_posts(question) else "0 AS posts"},
                {", ".join(shown)}, {standing if years else "false AS standing, false AS certain, false AS started"}
            FROM record {joins}
        ) AS one
        GROUP BY {values}, stage
    """  # noqa: S608  # nosec B608  made of names that stand here; values go along as parameters
    with read_connection().cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def _sql(queryset) -> tuple[str, tuple]:
    return queryset.query.sql_with_params()


def _years(question: ListQuery) -> tuple[str, tuple]:
    """The years in which the records stood, each with whether that is certain and whether it is their first.

    Up to the year of the clock: past today, as far as anything in the register reaches.
    """
    spans, params = _sql(GROUPINGS["year"].values(question))
    statement = f"""
        WITH span (pk, valid, certain) AS (
            SELECT * FROM ({spans}) AS every (pk, valid, certain) WHERE pk IN (SELECT pk FROM record)
        ),
        here AS (
            SELECT pk, certain, date_part('year', lower(valid)) AS first, date_part('year', upper(valid) - 1) AS last,
                min(coalesce(lower(valid), '-infinity')) OVER (PARTITION BY pk) AS begun
            FROM span
        ),
        reach AS (
            SELECT least(%s, greatest(%s, max(date_part('year', lower(valid))), max(date_part('year', upper(valid)))))
                AS last
            FROM span
        )
        SELECT pk, year::text, bool_or(certain), year = date_part('year', begun)
        FROM here, reach, generate_series(here.first::int, least(here.last, reach.last)::int) AS year
        GROUP BY pk, year, begun
    """  # noqa: S608  # nosec B608
    return statement, (*params, question.clock.valid_on.year, timezone.localdate().year)
