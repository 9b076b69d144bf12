"""Two days compared: of the records of a question, which came, which went, and which changed in between.

The question is asked twice, on the clock of `against` and on its own, each time of what stands (`of_what_stands`). What
only the later answer holds came; what only the other holds went: it has ended, or is not known any more. Any other
record has changed where its stage differs, or whether that is certain, or its countries or organisations in their
roles; and, where the second clocks differ as well, where something became known of it.
"""

import gc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from ..domain.clock import Clock, months_before
from ..domain.text import reader_languages
from ..models import CountryRole, Instrument, Milestone, OrganisationRole
from ..models.connection import read_connection
from ..models.fetch import Batch
from ..models.queryset import in_force_on
from .filters import DayField
from .params import ParamError
from .query import ListQuery

KEYS = ("against", "againstKnownOn")
CAME, WENT, CHANGED = "came", "went", "changed"
CHANGES = (CAME, WENT, CHANGED)
BATCH = 500  # changes that are read at once, with their records


_COUNTS = """
    SELECT change, count(*), NULL::bigint AS pk FROM change GROUP BY change
    UNION ALL SELECT 'then', count(*), NULL FROM before
    UNION ALL SELECT 'now', count(*), NULL FROM now
"""


@dataclass(frozen=True)
class Change:
    """What became of one record: how it stood then, how it stands now (None: it is not there), and what happened."""

    change: str
    then: Instrument | None
    now: Instrument | None
    events: list[Milestone]

    @property
    def record(self) -> Instrument:
        return self.now or self.then

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def english_title(self) -> str | None:
        return self.record.title_en or None

    @property
    def resource(self) -> str:
        return self.record.resource

    @property
    def differs(self) -> list[str]:
        """In what a record differs that is there on both days."""
        if not (self.then and self.now):
            return []
        return [name for name, read in _FACTS.items() if read(self.then) != read(self.now)]


_FACTS = {
    "stage": lambda record: (record.stage, record.stage_certain),
    "countries": lambda record: {(part.country_id, part.role) for part in record.countries_then},
    "organisations": lambda record: {(part.organisation_id, part.role) for part in record.organisations_then},
    "milestones": lambda record: {(milestone.key, milestone.said) for milestone in record.known_milestones},
}


@dataclass
class Diff:
    """A question on its own clock (`now`), and the same question on the clock that it is compared with (`then`)."""

    now: ListQuery
    then: ListQuery

    @cached_property
    def _counted(self) -> dict[str, int]:
        """How many records there are on each day, and of each change."""
        return {name: number for name, number, _pk in self._fetch(_COUNTS)}

    @property
    def counts(self) -> dict[str, int]:
        """How many came, went and changed."""
        return {change: self._counted.get(change, 0) for change in CHANGES}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def there_then(self) -> int:
        return self._counted["then"]

    @property
    def there_now(self) -> int:
        return self._counted["now"]

    def changes(self, first: int, last: int) -> list[Change]:
        """Some of the changes: first what came, then what went, then what changed; each by title.

        They are counted along, so that the two days are compared once.
        """
        page = f"SELECT change, NULL, pk FROM ({self._in_order} LIMIT %s OFFSET %s) AS page"  # noqa: S608  # nosec B608
        rows = self._fetch(f"{_COUNTS} UNION ALL {page}", last - first, first)
        self._counted = {name: number for name, number, pk in rows if pk is None}
        return self._read([(pk, change) for change, _number, pk in rows if pk is not None])

    def every(self) -> Iterator[Change]:
        """All of them in that order, compared once and read in batches."""
        connection = read_connection()
        using = transaction.atomic(connection.alias)
        with using, connection.cursor() as settings, connection.chunked_cursor() as cursor:
            settings.execute("SET LOCAL cursor_tuple_fraction = 1")  # all are read: the quickest way to the last
            cursor.execute(*self._statement(self._in_order))
            while rows := cursor.fetchmany(BATCH):
                yield from self._read(rows)
                if len(rows) == BATCH:
                    gc.collect()  # as in `exports.rows.records`

    def _read(self, rows: list[tuple[int, str]]) -> list[Change]:
        """What became of these records; without one that is gone since."""
        together = Batch(self.now.clock, self.now.user)
        now, then = (
            {
                row.pk: row
                for row in side.queryset.fetch_keys(
                    [pk for pk, _change in rows],
                    side.clock,
                    side.user,
                    together=replace(together, clock=side.clock),  # with the same sources still to come
                )
            }
            for side in (self.now, self.then)
        )
        together.attach_sources()
        events: dict[int, list[Milestone]] = {pk: [] for pk, _change in rows}
        for milestone in self._events(list(events)):
            events[milestone.instrument_id].append(milestone)
        there = now.keys() | then.keys()
        return [Change(change, then.get(pk), now.get(pk), events[pk]) for pk, change in rows if pk in there]

    def _events(self, pks: list[int]):
        """What may have happened between the two days, and what became known between them."""
        first, last = sorted((self.then.clock.valid_on, self.now.clock.valid_on))
        known = Milestone.objects.as_said_on(max(self.then.clock.known_on, self.now.clock.known_on))
        happened = known.between(first + timedelta(days=1), last).values("pk") if first < last else known.none()
        found = known.filter(Q(pk__in=happened) | self._learned, instrument__in=pks)
        return found.with_related()

    # --- in the database ---------------------------------------------------------------------------------------------

    @property
    def _known_between(self) -> tuple[date, date]:
        return tuple(sorted((self.then.clock.known_on, self.now.clock.known_on)))

    @property
    def _learned(self) -> Q:
        """The condition of a milestone of which more could be said on one of the clocks than on the other."""
        first, last = self._known_between
        became_known = Q(known_from__gt=first, known_from__lte=last)
        return became_known | Q(state="occurred", date_days__startswith__gt=first, date_days__startswith__lte=last)

    def _differing(self) -> list:
        """Questions for the records that differ in more than their stage."""
        found = []
        if self.then.clock.valid_on != self.now.clock.valid_on:
            found += [self._moved(CountryRole, "country"), self._moved(OrganisationRole, "organisation")]
        first, last = self._known_between
        if first != last:
            at_first = Milestone.objects.known_on(first).filter(self._learned)
            found += [
                Milestone.objects.filter(known_from__gt=first, known_from__lte=last).values_list("instrument"),
                at_first.values_list("instrument"),
            ]
        return [rows.order_by() for rows in found]

    def _moved(self, model, who: str):
        """Records of which someone holds a role on one of the days and not on the other."""
        then, now = in_force_on(self.then.clock.valid_on), in_force_on(self.now.clock.valid_on)
        always = Q(since_days__isnull=True, until_days__isnull=True)
        same = {name: OuterRef(name) for name in ("instrument", who, "role")}
        # What is held without dates is held on both days: most of all roles need no second look.
        held = model.objects.filter(~always, ~Exists(model.objects.filter(always, **same)))
        held = held.filter(instrument__in=self.now.selection.order_by().values("pk")).values("instrument", who, "role")
        return held.annotate(then=BoolOr(then), now=BoolOr(now)).exclude(then=F("now")).values_list("instrument")

    @property
    def _in_order(self) -> str:
        title = f"coalesce(nullif(sort_{reader_languages()[0]}, ''), sort_nl)"
        return f"""SELECT pk, change FROM change JOIN register_instrument ON id = pk
            ORDER BY change = 'changed', change = 'went', {title}, key"""  # noqa: S608  # nosec B608

    def _fetch(self, question: str, *values: Any) -> list[tuple]:
        with read_connection().cursor() as cursor:
            cursor.execute(*self._statement(question, *values))
            return cursor.fetchall()

    def _statement(self, question: str, *values: Any) -> tuple[str, list[Any]]:
        """A question about `change`: a row for each record that came, went or changed.

        Both answers are put beside each other in one statement, so that no record has to leave the database for it.
        """
        sides, params = [], []
        for side in (self.now, self.then):
            columns = ("pk", "stage", "stage_certain")
            try:
                rows, more = side.selection.order_by().values_list(*columns).query.sql_with_params()
            except EmptyResultSet:
                rows, more = "SELECT 0::bigint, ''::text, false WHERE false", ()
            sides.append(rows)
            params += more
        differs = "(now.stage, now.certain) IS DISTINCT FROM (before.stage, before.certain)"
        for rows in self._differing():
            try:
                statement, more = rows.query.sql_with_params()
            except EmptyResultSet:  # none can
                continue
            differs += f" OR now.pk IN (SELECT one.pk FROM ({statement}) AS one (pk))"  # noqa: S608  # nosec B608
            params += more
        statement = f"""
            WITH now (pk, stage, certain) AS ({sides[0]}), before (pk, stage, certain) AS ({sides[1]}),
            change AS (
                SELECT coalesce(now.pk, before.pk) AS pk, CASE
                    WHEN before.pk IS NULL THEN 'came'
                    WHEN now.pk IS NULL THEN 'went'
                    ELSE 'changed' END AS change
                FROM now FULL JOIN before ON before.pk = now.pk
                WHERE before.pk IS NULL OR now.pk IS NULL OR {differs}
            )
            {question}
        """  # noqa: S608  # nosec B608  put together of what Django and this module write; values go along as parameters
        return statement, [*params, *values]


def compared(question: ListQuery) -> Diff:
    """The comparison that a question asks for."""
    clock, question = clock_against(question), question.of_what_stands()
    params = question.params.copy()
    params["validOn"], params["knownOn"] = clock.valid_on.isoformat(), clock.known_on.isoformat()
    for name in ("page", "cursor"):
        params.pop(name, None)
    return Diff(question, replace(question, params=params, faults=[], has_form=False))


def clock_against(question: ListQuery) -> Clock:
    """The clock to compare with: without `against` a year before. Adds the faults of the keys that say it."""
    days: dict[str, date | None] = {}
    for name in KEYS:
        try:
            days[name] = DayField(required=False).clean(question.params.get(name, ""))
        except ValidationError as error:
            question.faults.append(ParamError(name, "invalid", " ".join(error.messages)))
    return Clock(
        days.get("against") or months_before(question.clock.valid_on, 12),
        days.get("againstKnownOn") or question.clock.known_on,
    )
