"""From milestones to stages: the one algorithm that climbs a ladder.

`spans()` is pure: it knows no database and no day of today. It returns what the register says of the stage of one
record on every pair of days (`domain.md`, rules 2 to 6).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, pairwise

from .edtf import EDTF, day_after
from .ladder import Ladder, Term, add_years

OCCURRED, EXPECTED, CANCELLED = "occurred", "expected", "cancelled"


@dataclass(frozen=True)
class Fact:
    """A milestone as the algorithm sees it. Known from `known_from` to the day before `known_until`."""

    kind: str
    date: EDTF
    state: str
    known_from: date
    known_until: date | None = None

    def as_said_on(self, day: date) -> "Fact":
        """What could be said of it that day: before its own first possible day, it was still expected."""
        return replace(self, state=EXPECTED) if self.state == OCCURRED and day < self.date.first else self

    @property
    def appears(self) -> date:
        """The day from which it shows that the record exists: its own, or the one on which it became known."""
        return min(self.date.first, self.known_from)


@dataclass(frozen=True)
class Span:
    """One stage, on a rectangle of days: valid and known from the first day to the day *before* the second.

    None means: without end (or, for `valid_from`, without beginning).
    """

    stage: str
    certain: bool
    valid_from: date | None
    valid_until: date | None
    known_from: date
    known_until: date | None


def spans(
    ladder: Ladder,
    facts: Iterable[Fact],
    *,
    kind: str = "",
    term: Term | None = None,
    ends_by_relation: Iterable[Fact] = (),
) -> list[Span]:
    """What the register says of the stage on every pair of days: spans that do not overlap.

    `kind` is the sub-kind of the record, `term` how long a post was given. `ends_by_relation` are the days on which
    other records ended this one; the `kind` of such a fact is the type of the relation (`repeals`).
    """
    facts, ends_by_relation = list(facts), list(ends_by_relation)
    drawn: list[tuple[tuple, date, date | None]] = []
    for known_from, known_until in _slices([*facts, *ends_by_relation]):
        said = [fact.as_said_on(known_from) for fact in _known(facts, known_from)]
        said_by_relation = [fact.as_said_on(known_from) for fact in _known(ends_by_relation, known_from)]
        if said:
            climb = _ByEvidence if ladder.evidence else _ByRung
            line = climb(ladder, said, kind=kind, term=term, ends_by_relation=said_by_relation)
            drawn += [(segment, known_from, known_until) for segment in _segments(line)]
    return sorted(_merge(drawn), key=lambda span: (span.known_from, span.valid_from or date.min))


def follow(lines: Iterable[Iterable[Span]], say: Callable[..., tuple[str, bool] | None]) -> list[Span]:
    """Spans that follow from those of other records.

    `lines` holds the spans of each. `say` is given one span of each (None where it has none), and tells the stage and
    whether it is certain, or None.
    """
    lines = [list(line) for line in lines]
    moments = {day for line in lines for span in line for day in (span.known_from, span.known_until)}
    drawn = [
        (segment, known_from, known_until)
        for known_from, known_until in pairwise([*sorted(moments - {None}), None])
        for segment in _segments(_Following([_known(line, known_from) for line in lines], say))
    ]
    return sorted(_merge(drawn), key=lambda span: (span.known_from, span.valid_from or date.min))


class _Following:
    """What is said of a record where others stand at the stages of their spans."""

    def __init__(self, lines: list[list[Span]], say: Callable):
        self.lines, self.say = lines, say

    def days(self) -> set[date | None]:
        spans = [span for line in self.lines for span in line]
        return {span.valid_from or date.min for span in spans} | {span.valid_until for span in spans}

    def at(self, day: date) -> tuple[str, bool] | None:
        return self.say(*(self._span(line, day) for line in self.lines))

    @staticmethod
    def _span(line: list[Span], day: date) -> Span | None:
        there = (
            span
            for span in line
            if (span.valid_from or date.min) <= day and (span.valid_until is None or day < span.valid_until)
        )
        return next(there, None)


class _ByRung:
    """The furthest rung reached; an end overrides from its date."""

    def __init__(self, ladder, facts, *, kind, term, ends_by_relation):
        self.first = ladder.first
        self.appears = min(fact.appears for fact in facts)
        occurred = [fact for fact in facts if fact.state == OCCURRED]
        self.certain_from = min([fact.known_from for fact in facts] + [fact.date.last for fact in occurred])
        self.rungs = [
            (ladder.stages.index(stage), fact.date) for fact in occurred if (stage := ladder.rung(fact.kind, kind))
        ]
        own = [fact for fact in facts if fact.kind in ladder.ends and fact.state != CANCELLED]
        ends = own or [fact for fact in ends_by_relation if fact.kind in ladder.relation_ends]
        by = ladder.ends if own else ladder.relation_ends
        self.ends = sorted(
            [(fact.date.first, fact.date.last, by[fact.kind]) for fact in ends if fact.state == OCCURRED]
            # What runs out on a day that was set beforehand is over once that day has passed.
            + [
                (day_after(fact.date.first) or date.max, day_after(fact.date.last) or date.max, by[fact.kind])
                for fact in ends
                if fact.state == EXPECTED and fact.kind in ladder.expected_ends
            ]
        )
        self.stages = ladder.stages

    def days(self) -> set[date | None]:
        dates = {day for _, when in self.rungs for day in (when.first, when.last)}
        return (
            dates | {day for first, last, _ in self.ends for day in (first, last)} | {self.appears, self.certain_from}
        )

    def at(self, day: date) -> tuple[str, bool] | None:
        if day < self.appears:
            return None
        for first, _last, stage in self.ends:
            if first <= day:
                return stage, any(last <= day for _, last, _ in self.ends)
        possible = max((rung for rung, when in self.rungs if when.first <= day), default=None)
        if possible is None:
            return self.first, day >= self.certain_from
        certain = max((rung for rung, when in self.rungs if when.last <= day), default=None)
        return self.stages[possible], certain == possible


class _ByEvidence:
    """Active between the first and the last evidence, and less and less known after it (`domain.md`, rule 6).

    An end is evidence too: what ended in 2010 was there until then. On a day that other evidence can mean, that
    evidence speaks; an end that is vague shows from the day after.

    What is dated "on or before" a day is evidence of that day. Before it the stage is uncertain, for at most
    `ladder.years`: a source of 2016 says nothing about 1950.
    """

    def __init__(self, ladder, facts, *, kind, term, ends_by_relation):
        occurred = [fact for fact in facts if fact.state == OCCURRED]
        seen = [fact.date for fact in occurred if fact.kind in ladder.evidence]
        ended = [fact.date for fact in occurred if fact.kind in ladder.ends]
        self.end = next(iter(ladder.ends.values()), "")
        self.planned, self.active, self.unconfirmed, self.not_known = ladder.stages

        self.active_first = min((_possible_from(when, ladder.years) for when in seen), default=None)
        self.certain_first = min((when.last for when in seen), default=None)
        self.active_last = max((when.last for when in seen), default=None)
        self.certain_last = max((when.earliest or when.last for when in seen), default=None)
        self.end_first = min((_possible_from(when, ladder.years) for when in ended), default=None)
        self.end_last = min((when.last for when in ended), default=None)
        if seen and ended:
            after_evidence = day_after(self.active_last) or date.max
            end_first = min(when.first for when in ended)  # not cut short: it may have ended any day after the evidence
            self.certain_last = max(self.certain_last, _day_before(end_first))
            self.end_first = min(max(end_first, after_evidence), self.end_last)
            self.active_last = max(self.active_last, self.end_last)

        self.limit = self._limit(ladder, facts, occurred, term) if seen else None

        plans = [fact for fact in facts if fact.kind in ladder.plans and fact.state != CANCELLED]
        self.plan_first = min(
            (_shown_from(fact, _possible_from(fact.date, ladder.years)) for fact in plans), default=None
        )
        self.plan_certain = min((_shown_from(fact, fact.date.last) for fact in plans), default=None)
        self.plan_limit = max((add_years(fact.date.last, ladder.years) for fact in plans), default=None)

    def _limit(self, ladder, facts, occurred, term) -> date:
        """The last day on which the post, though no longer confirmed, may be taken to be there."""
        ends = [fact for fact in facts if fact.kind in ladder.plan_ends and fact.state != CANCELLED]
        if ends:
            latest_word = max(ends, key=lambda fact: (fact.known_from, fact.date.last))
            if latest_word.date.last > self.active_last:
                return latest_word.date.last
        started = [fact.date.last for fact in occurred if fact.kind == "started"]
        if term and started and (last_day := term.last_day(min(started))) > self.active_last:
            return last_day
        return add_years(self.active_last, ladder.years)

    def days(self) -> set[date | None]:
        begins = {
            self.active_first,
            self.certain_first,
            self.end_first,
            self.end_last,
            self.plan_first,
            self.plan_certain,
        }
        lasts = {self.active_last, self.certain_last, self.limit, self.plan_limit} - {None}
        return begins - {None} | {day_after(day) for day in lasts}

    def at(self, day: date) -> tuple[str, bool] | None:
        if self.end_first is not None and day >= self.end_first:
            return self.end, day >= self.end_last
        if self.active_first is not None and day >= self.active_first:
            if day <= self.active_last:
                return self.active, self.certain_first <= day <= self.certain_last
            return (self.unconfirmed if day <= self.limit else self.not_known), True
        if self.plan_first is not None and day >= self.plan_first:
            return (self.planned if day <= self.plan_limit else self.not_known), day >= self.plan_certain
        return None


def _possible_from(when: EDTF, years: int) -> date:
    """The first day that a date can mean; where it is open at its beginning, so many years before its last one."""
    return when.earliest or add_years(when.last, -years)


def _shown_from(fact: Fact, day: date) -> date:
    """The day from which a plan shows: that of the announcement, or for a day to come, when it became known."""
    return min(day, fact.known_from) if fact.state == EXPECTED else day


def _day_before(day: date) -> date:
    return day if day == date.min else day - timedelta(days=1)


def _known(facts: Iterable, day: date) -> list:
    return [fact for fact in facts if fact.known_from <= day and (fact.known_until is None or day < fact.known_until)]


def _slices(facts: Iterable[Fact]) -> Iterator[tuple[date, date | None]]:
    """The stretches of time during which the same could be said."""
    moments = set()
    for fact in facts:
        own_day = {fact.date.first} if fact.state == OCCURRED and fact.date.first > fact.known_from else set()
        moments |= {fact.known_from, fact.known_until} | own_day
    return pairwise([*sorted(moments - {None}), None])


def _segments(line) -> Iterator[tuple[str, bool, date | None, date | None]]:
    """A line of stages as pieces (stage, certain, from, until), neighbours that say the same joined."""
    days = sorted(line.days() - {None, date.max})  # what is open at the end never becomes certain
    pieces = groupby(days, key=line.at)
    starts = [(said, next(iter(group))) for said, group in pieces]
    for (said, start), (_, until) in pairwise([*starts, (None, None)]):
        if said:
            yield *said, None if start == date.min else start, until


def _merge(drawn: list[tuple[tuple, date, date | None]]) -> Iterator[Span]:
    """The same piece in one slice of knowledge after another is one span."""
    open_spans: dict[tuple, Span] = {}
    for segment, known_from, known_until in drawn:
        before = open_spans.get(segment)
        if before and before.known_until == known_from:
            open_spans[segment] = replace(before, known_until=known_until)
        else:
            if before:
                yield before
            open_spans[segment] = Span(*segment, known_from=known_from, known_until=known_until)
    yield from open_spans.values()
