"""Counts by country and by stage that are kept for the days that are asked for.

Why: to count a million records takes a second, and the same days are asked again and again. So what took long to count
is kept, by stage and classification, and every write moves it along in its own transaction (`following`): it is the
same as counting anew, to the last record. A kept day whose `version` is not that of the register (`RegisterVersion`)
has missed a write, by whatever way that came into the tables; it is not believed, and made anew.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from time import monotonic
from typing import TYPE_CHECKING

from django.db import IntegrityError, InternalError, OperationalError, connection, models, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from psycopg2.extras import execute_values

from ..domain.clock import Clock
from ..models import Instrument, KeptCount, KeptDay, RegisterVersion, kinds
from ..models.queryset import clearance, in_force_on
from . import sql

if TYPE_CHECKING:
    from .query import Question

WORTH_KEEPING = 0.02  # seconds: what is counted in less is as quickly counted again
MOST_DAYS = 100


# --- reading ---------------------------------------------------------------------------------------------------------


def by_country(question: "Question") -> list[tuple]:
    """Rows of (country, stage, count, posts, posts_known) for a question by its clock only; none where not kept."""
    if _country(question) != KeptCount.EVERYWHERE:
        return []
    return [(value or None, *counts) for value, *counts in _rows(question, ~Q(value=KeptCount.EVERYWHERE))]


def elsewhere(question: "Question") -> dict[str | None, int]:
    """How many records each country has, for a question by its clock and one country; empty where not kept."""
    if _country(question) is None:
        return {}
    counts = _kept(question).exclude(value=KeptCount.EVERYWHERE).order_by("value").values_list("value")
    return {value or None: count for value, count in counts.annotate(Sum("count"))}


def by_stage(question: "Question") -> dict[str, int]:
    """How many records there are at each stage, for a question by its clock and one country; empty where not kept."""
    value = _country(question)
    return {} if value is None else {stage: count for _, stage, count, *_ in _rows(question, Q(value=value))}


@contextmanager
def counting(question: "Question") -> Iterator[None]:
    """Around what counts the records of a question: keeps its day, if that took long and will be asked again."""
    begun = monotonic()
    yield
    if monotonic() - begun >= WORTH_KEEPING and _country(question) is not None:
        named = _named(question)
        if not KeptDay.objects.filter(**named, version=RegisterVersion.now()).exists():
            _keep(named)


def _keep(named: dict) -> None:
    """Keep the counts of a day."""
    try:
        with transaction.atomic():
            KeptDay.objects.filter(**named).delete()
            too_many = KeptDay.objects.order_by("-pk").values_list("pk", flat=True)[MOST_DAYS - 1 :]
            KeptDay.objects.filter(pk__in=list(too_many)).delete()
            KeptCount.objects.exclude(day__in=KeptDay.objects.all()).delete()  # that a write left to a day then gone
            # First the number, then the counts: what is written in between makes the day one that missed it.
            day = KeptDay.objects.create(**named, version=RegisterVersion.now())
            _move(_all_of(day))
    except (IntegrityError, OperationalError, InternalError):
        pass  # somebody else keeps the same day just now, or this database is only read


def _country(question: "Question") -> str | None:
    """The value under which a question is kept: its country, or everywhere; None: it asks for more."""
    asked = question.filterset.asked
    if question.faults or not getattr(question.queryset.model, "RESOURCE", "") or asked.keys() - {"country"}:
        return None
    countries = asked.get("country", [KeptCount.EVERYWHERE])
    return countries[0] if len(countries) == 1 else None


def _named(question: "Question") -> dict:
    return {
        "resource": question.queryset.model.RESOURCE,
        "roles": ",".join(question.filterset.default_roles),
        "valid_on": question.clock.valid_on,
        "known_on": question.clock.known_on,
    }


def _kept(question: "Question") -> QuerySet:
    """What is kept of a day, as far as it is right and this reader may see it."""
    day = {f"day__{name}": value for name, value in _named(question).items()}
    right = Q(day__version=Subquery(RegisterVersion.objects.values("number")[:1]))
    return KeptCount.objects.filter(right, **day, classification__in=clearance(question.user), count__gt=0)


def _rows(question: "Question", values: Q) -> list[tuple]:
    summed = _kept(question).filter(values).order_by("value", "stage").values_list("value", "stage")
    return list(summed.annotate(Sum("count"), Sum("posts"), Sum("posts_known")))


# --- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def following(keys: Iterable[int]) -> Iterator[Callable[[Iterable[int]], None]]:
    """Move the kept counts along with what is written inside, to instruments with these primary keys.

    Gives a function that takes more of them, before they change.
    """
    days = list(KeptDay.objects.filter(version=RegisterVersion.now()))
    touched, before = set(keys), _counted(days, keys)

    def also(more: Iterable[int]) -> None:
        before.update(_counted(days, set(more) - touched))
        touched.update(more)

    yield also
    if days:
        after = _counted(days, touched)
        after.subtract(before)
        _move({row: count for row, count in after.items() if count})
        with connection.cursor() as cursor:
            followed = ",".join(str(day.pk) for day in days)
            cursor.execute("SELECT set_config('register.counted', %s, true)", [followed])


def _all_of(day: KeptDay) -> Counter:
    """What there is on a day. The day stands in the statement itself: so PostgreSQL knows how much it is about."""
    text, parts = _statement(kinds()[day.resource].objects.all(), day.roles, Clock(day.valid_on, day.known_on))
    return _read(text, sql.filled(parts, {"days": [day.pk]}))


def _counted(days: list[KeptDay], keys: Iterable[int]) -> Counter:
    """What there is on these days of the records with these primary keys."""
    found: Counter = Counter()
    if not days or not (keys := sorted(keys)):
        return found
    for (resource, roles), alike in groupby(sorted(days, key=_what), key=_what):
        text, parts = _statement_of_some(kinds()[resource], roles)
        found.update(_read(text, sql.filled(parts, {"days": [day.pk for day in alike], "keys": keys})))
    return found


def _read(text: str, params: list) -> Counter:
    """By (day, value, stage, classification, what is counted)."""
    found: Counter = Counter()
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        for *row, count, posts, known in cursor:
            found.update({(*row, "count"): count, (*row, "posts"): posts, (*row, "posts_known"): known})
    return found


def _what(day: KeptDay) -> tuple[str, str]:
    return day.resource, day.roles


class _KeptClock:
    """The clock of a kept day, as columns of its row."""

    valid_on, known_on = sql.Column("day.valid_on"), sql.Column("day.known_on")


@cache
def _statement_of_some(kind: type[Instrument], roles: str) -> tuple[str, list]:
    some = kind.objects.filter(sql.AnyOfKeys(F("pk"), sql.Parameter("keys", sql.Keys())))
    return _statement(some, roles, _KeptClock)


def _statement(records: QuerySet, roles: str, clock) -> tuple[str, list]:
    """The statement that counts records on kept days, as text and its values or their slots."""
    records = records.on(clock).order_by()
    has_posts = any(one.name == "posts" for one in records.model._meta.fields)
    posts = F("posts") if has_posts else Cast(Value(None), models.IntegerField())
    columns = ("pk", "classification", "stage", "posts_or_none")
    records = records.annotate(posts_or_none=posts)
    held = in_force_on(clock.valid_on, "countries__")
    if roles:
        held &= Q(countries__role__in=roles.split(","))
    parts = records.alias(part=FilteredRelation("countries", condition=held))
    everywhere, first = records.values_list(*columns, Value(KeptCount.EVERYWHERE)).query.sql_with_params()
    # In two roles in one country, a record is there once.
    in_each, then = (
        parts.values_list(*columns, Coalesce("part__country", Value(KeptCount.NOWHERE))).distinct().query
    ).sql_with_params()
    statement = f"""
        SELECT day.id, one.value, one.stage, one.classification, count(*), coalesce(sum(one.posts), 0), count(one.posts)
        FROM register_keptday AS day
        CROSS JOIN LATERAL (({everywhere}) UNION ALL ({in_each})) AS one (pk, classification, stage, posts, value)
        WHERE day.id = ANY (%s)
        GROUP BY day.id, one.value, one.stage, one.classification
    """  # noqa: S608  # nosec B608  statements of Django's; values go along as parameters
    return statement, [*first, *then, sql.Slot("days")]


def _move(changes: dict[tuple, int]) -> None:
    """Add to the kept counts."""
    rows: dict[tuple, dict[str, int]] = {}
    for (*row, name), change in changes.items():
        rows.setdefault(tuple(row), {})[name] = change
    numbers = ("count", "posts", "posts_known")
    added = [(*row, *(change.get(name, 0) for name in numbers)) for row, change in sorted(rows.items())]
    statement = """
        INSERT INTO register_keptcount AS kept (day_id, value, stage, classification, count, posts, posts_known)
        VALUES %s ON CONFLICT (day_id, value, stage, classification) DO UPDATE SET count = kept.count + EXCLUDED.count,
            posts = kept.posts + EXCLUDED.posts, posts_known = kept.posts_known + EXCLUDED.posts_known
    """
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, statement, added)
