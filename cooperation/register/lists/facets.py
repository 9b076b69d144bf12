"""How many records stand behind each choice of the filter, for the rest of the question.

The number behind a choice is what the list would count if its key were set to that choice only, and every other key
stayed as it is. So a key that is set is counted over the question without it; all other keys share one selection.
"""

from collections.abc import Callable, Collection
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from ..domain.clock import Clock
from ..models import CountryRole, Instrument, Milestone, OrganisationRole
from ..models.connection import read_connection
from ..models.queryset import clearance, in_force_on
from .dimensions import GROUPINGS
from .query import ListQuery

Facets = dict[str, dict[str, int] | None]

# To count what is behind a choice, every record of the selection must be read. Up to so many that is quick however
# large the register; beyond it nothing is counted, and the form says so. A sample would be quick at any size, but would
# be a wrong number that looks like a right one.
MOST_COUNTED = 1_000


def facets(question: ListQuery, wanted: Collection[str] | None = None, *, known_too_many: bool = False) -> Facets:
    """How many records by value of each key that can be counted, of those that are wanted; None: they are too many.

    One statement, whatever is asked. Each selection is the question's own, so that what this reader may not see is in
    no number. `known_too_many`: that there are more than can be counted was found out before.
    """
    if question.faults:
        return {}
    given, columns = question.filterset.given, _columns(question)
    keys = [key for key in _countable(question, columns) if wanted is None or key in wanted]
    selections: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for key in keys:
        answers = {name: None for name in (key, f"{key}Not") if name in given}
        if key == "country" and "countryNot" not in given:
            answers = {}  # only those that are chosen are counted, which the question itself has
        if key in ROLES:
            answers[key] = ROLES[key]  # in any, also where only some count unasked
        selections.setdefault(str(answers), (answers, []))[1].append(key)
    if known_too_many:  # so are they with a key less
        return dict.fromkeys(keys)
    found: Facets = {key: {} for key in keys}
    parts = [_over(question, f"s{place}", *one, columns) for place, one in enumerate(selections.values())]
    for names, value, count in _ask([part for part in parts if part]):
        for key in names.split():
            if value:
                found[key][value] = count
            elif value is None and count > MOST_COUNTED:
                found[key] = None
    return found


# --- the statement ---------------------------------------------------------------------------------------------------

# A selection, what is counted over it, and the parameters of both.
Counted = tuple[str, str, tuple, tuple]
# Made of names that stand here; what was given goes along as parameters.
SIZE = "SELECT '{keys}', NULL, count(*) FROM {name}"
FEW = "WHERE (SELECT count(*) FROM {name}) <= {most}"
BY_COLUMN = "SELECT '{key}', coalesce(by_{key}::text, 'unknown'), count(*) FROM {name} {few} GROUP BY by_{key}"
BY_VALUE = """
    SELECT '{key}', of.value::text, count(DISTINCT {name}.pk)
    FROM {name} JOIN ({values}) AS of (pk, value) ON of.pk = {name}.record {few} GROUP BY of.value
"""


def _ask(parts: list[Counted]) -> list[tuple[str, str | None, int]]:
    """Rows of (keys, value, count); without a value, the size of their selection."""
    if not parts:
        return []
    selections, counts, first, more = zip(*parts, strict=True)
    with read_connection().cursor() as cursor:
        statement = f"WITH {', '.join(selections)} {' UNION ALL '.join(counts)}"
        cursor.execute(statement, [value for params in (*first, *more) for value in params])
        return cursor.fetchall()


def _over(
    question: ListQuery, name: str, answers: dict, keys: list[str], every_column: dict[str, str]
) -> Counted | None:
    """These keys, counted over the question with other answers: read once, up to one record more than are counted."""
    if answers:
        asked = question.filterset.asking(**answers)
        selection = asked.filter_queryset(asked.queryset.all())
    else:
        selection = question.selection
    columns = {key: every_column[key] for key in keys if key in every_column}
    record = "instrument" if hasattr(question.queryset.model, "instrument") else "pk"
    rows = selection.order_by().values_list("pk", record, *columns.values())
    try:
        sql, params = rows[: MOST_COUNTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return None
    counts, more = [SIZE.format(keys=" ".join(keys), name=name)], []
    asked_of = _asked(question)
    for key in keys:
        names = {"key": key, "name": name, "few": FEW.format(name=name, most=MOST_COUNTED)}
        if key in columns:
            counts.append(BY_COLUMN.format(**names))
        else:
            values, value_params = _values(question, key, asked_of)
            counts.append(BY_VALUE.format(**names, values=values))
            more += value_params
    shown = ", ".join(["pk", "record", *(f"by_{key}" for key in columns)])
    return f"{name} ({shown}) AS MATERIALIZED ({sql})", " UNION ALL ".join(counts), params, tuple(more)


# --- which values the records have -----------------------------------------------------------------------------------


def countable(question: ListQuery) -> list[str]:
    """The keys behind whose choices the form shows a number."""
    return _countable(question, _columns(question))


def _countable(question: ListQuery, columns: dict[str, str]) -> list[str]:
    model, given = question.queryset.model, question.filterset.given
    values = VALUES if issubclass(model, Instrument) else OF_THE_RECORD if hasattr(model, "instrument") else ()
    keys = [key for key in question.filterset.base_filters if key in values or key in columns]
    # Of countries the form shows only those that are chosen.
    asked = {"country": given.get("country"), "countryRole": _place(question), "organisationRole": _body(question)}
    return [key for key in keys if asked.get(key, True)]


def _columns(question: ListQuery) -> dict[str, str]:
    """By key the column with the one value that a record has of it, where its choices can be counted by one."""
    filters = question.filterset.base_filters.items()
    return {key: one.column for key, one in filters if "choices" in one.extra and not one.exclude and one.column}


def _place(question: ListQuery) -> Q | None:
    """The countries that are asked for, where one key tells: a role says more about others than a number can."""
    given = question.filterset.given
    asked = [key for key in ("country", "region", "group") if key in given]
    others = [key for key in given if key in ("countryNot", "regionNot", "groupNot", "countryWithout")]
    if len(asked) != 1 or others:
        return None
    (key,) = asked
    if key == "group":
        member = in_force_on(question.clock.valid_on, "country__groups__")
        return member & Q(country__groups__group__in=given[key])
    return Q(**{"country__in" if key == "country" else "country__region__in": given[key]})


def _body(question: ListQuery) -> list[str] | None:
    """The organisations that are asked for."""
    given = question.filterset.given
    return None if "organisationNot" in given else given.get("organisation")


Sql = tuple[str, tuple]


def _values(question: ListQuery, key: str, asked: tuple) -> Sql:
    """Rows of (record, value) of a key of which a record may have several values, or must have one worked out."""
    if made := VALUES[key]:
        return made(question).query.sql_with_params()
    return _values_on(key, question.queryset.model, question.clock, *asked)


def _asked(question: ListQuery) -> tuple:
    """What of the question makes a difference to `_values_on`."""
    given, defaults = question.filterset.given, question.filterset.default_roles
    roles = tuple(given.get("countryRole") or defaults), tuple(given.get("organisationRole", ()))
    return tuple(clearance(question.user)), *roles, (given.get("from"), given.get("until"))


# To write these statements takes Django longer than to ask them, and nothing else makes a difference to them.
@lru_cache(maxsize=1024)
def _values_on(
    key: str, model: type[Instrument], clock: Clock, levels: tuple, roles: tuple, body_roles: tuple, days: tuple
) -> Sql:
    if key == "milestone":
        known = Milestone.objects.known_on(clock.known_on).between(*days)
        return known.order_by().values_list("instrument", "kind").query.sql_with_params()
    if key in GROUPINGS:
        given = {"countryRole": roles, "organisationRole": body_roles}
        asked = SimpleNamespace(clock=clock, filterset=SimpleNamespace(given=given, default_roles=()))
        return GROUPINGS[key].values(asked).query.sql_with_params()
    records = model.objects.on(clock).order_by()
    answer = ExpressionWrapper(CONDITIONS[key](records, clock), output_field=BooleanField())
    return records.annotate(answer=answer).values_list("pk", "answer").query.sql_with_params()


def _chosen_countries(question: ListQuery) -> QuerySet:
    """The countries that are asked for, each with the records that have to do with it."""
    held = CountryRole.objects.filter(
        in_force_on(question.clock.valid_on), country__in=question.filterset.given["country"]
    )
    _levels, roles, *_others = _asked(question)
    return (held.filter(role__in=roles) if roles else held).order_by().values_list("instrument", "country")


def _roles(question: ListQuery) -> QuerySet:
    """The roles that the records have in the countries that are asked for."""
    parts = CountryRole.objects.filter(in_force_on(question.clock.valid_on), _place(question)).order_by()
    return parts.values_list("instrument", "role")


def _roles_of_bodies(question: ListQuery) -> QuerySet:
    """The roles that the organisations that are asked for have in the records."""
    held = OrganisationRole.objects.filter(in_force_on(question.clock.valid_on)).order_by()
    return held.filter(organisation__key__in=_body(question)).values_list("instrument", "role")


ROLES = {"countryRole": CountryRole.Role.values, "organisationRole": OrganisationRole.Role.values}
CONDITIONS = {
    "standing": lambda records, clock: records.stands(),
    "disputed": lambda records, clock: records.disputed(clock),
    "stalled": lambda records, clock: records.stalled(clock),
    "inLetter": lambda records, clock: records.in_letter(clock.known_on),
}
OF_THE_RECORD = ("country", "organisation", "theme")  # also asked of what hangs on a record
VALUES: dict[str, Callable[[ListQuery], QuerySet] | None] = {
    **dict.fromkeys(("region", "group", "organisation", "theme", "milestone", *CONDITIONS)),
    "country": _chosen_countries,
    "countryRole": _roles,
    "organisationRole": _roles_of_bodies,
}
