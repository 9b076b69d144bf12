"""Ladder: the stages of a kind in order, and which milestone brings which. Each kind declares one as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Term:
    """For how long a post was given, counted from its start."""

    years: int = 0
    weeks: int = 0

    def last_day(self, start: date) -> date:
        try:
            return add_years(start, self.years) + timedelta(weeks=self.weeks, days=-1)
        except OverflowError:
            return date.max


@dataclass(frozen=True)
class Ladder:
    """What a kind of instrument declares: its stages in order, and which milestone brings which.

    A ladder with `evidence` is climbed by evidence (placements), any other by its furthest rung.
    """

    key: str
    stages: tuple[str, ...]
    first: str = ""
    milestones: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[Mapping, ...] = ()
    ends: Mapping[str, str] = field(default_factory=dict)
    expected_ends: tuple[str, ...] = ()
    relation_ends: Mapping[str, str] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    final: Mapping[str, str] = field(default_factory=dict)
    last_due: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    plan_ends: tuple[str, ...] = ()
    years: int = 0
    marks: Mapping[str, str] = field(default_factory=dict)  # how each stage is shown (`display/badges.py`)

    @classmethod
    def load(cls, path: Path, key: str) -> "Ladder":
        """The ladder with this key from a file of ladders (`data/ladders.yaml`)."""
        record = next(record for record in yaml.safe_load(path.read_text("utf-8")) if record["key"] == key)
        known = cls.__dataclass_fields__
        return cls(**{name: _frozen(value) for name, value in record.items() if name in known})

    @cached_property
    def every_stage(self) -> tuple[str, ...]:
        """The rungs in order, then the ends."""
        return tuple(dict.fromkeys([*self.stages, *self.ends.values(), *self.relation_ends.values()]))

    @cached_property
    def end_stages(self) -> frozenset[str]:
        return frozenset([*self.ends.values(), *self.relation_ends.values()])

    @property
    def standing(self) -> tuple[str, ...]:
        """The stages in which a record stands: any rung that is no end, and of a post not `not_known`.

        The first number of a page counts these (`domain.md`, rule 13).
        """
        return self.stages[:-1] if self.evidence else self.stages

    @property
    def present(self) -> tuple[str, ...]:
        """The stages in which a country has the record: as `standing`, but a post that is only planned is not there."""
        return self.standing[1:] if self.evidence else self.standing

    @property
    def active(self) -> tuple[str, ...]:
        """The stages in which a record is at work by what sources say: as `present`, but of a post only `active`."""
        return self.stages[1:2] if self.evidence else self.stages

    @property
    def in_lists(self) -> tuple[tuple[str, ...], ...]:
        """The stages in the order of a list, what stands first; posts are told apart by what is known of them."""
        if self.evidence:
            planned, *present, not_known = self.stages
            return (*((stage,) for stage in (*present, planned, not_known)), tuple(self.end_stages))
        return self.stages, (), (), (), tuple(self.end_stages)

    def rung(self, milestone: str, kind: str = "") -> str | None:
        """The stage that a milestone brings to an instrument of a sub-kind; None when it never moves the stage."""
        for exception in self.exceptions:
            if kind in exception["kinds"] and milestone in exception["milestones"]:
                return exception["milestones"][milestone]
        return self.milestones.get(milestone)

    @property
    def follows(self) -> bool:
        """Whether the stage is read off other records, as no milestone brings it."""
        return not (self.milestones or self.evidence)

    def moves(self, milestone: str) -> bool:
        """Whether a milestone of this kind can move the stage at all."""
        kinds = (self.milestones, self.evidence, self.plans, self.plan_ends, self.ends)
        return any(milestone in group for group in kinds)

    def knows(self, milestone: str) -> bool:
        """Whether the ladder names this kind of milestone."""
        return self.moves(milestone) or milestone in self.never

    def place(self, milestone: str) -> int:
        """Its place among the kinds of milestones, as they follow each other; what moves nothing comes before ends."""
        steps, ends = self._in_order
        if milestone in ends:
            return len(steps) + 1 + ends.index(milestone)
        return steps.index(milestone) if milestone in steps else len(steps)

    @cached_property
    def _in_order(self) -> tuple[list[str], list[str]]:
        return [*self.plans, *self.milestones, *self.evidence], [*self.plan_ends, *self.ends]

    def final_rung(self, kind: str) -> str:
        return self.final.get(kind) or self.final.get("any") or self.stages[-1]

    def last_step_due(self, kind: str) -> str:
        """The last stage that somebody has to bring about: an act that is adopted enters into force by itself."""
        return self.last_due.get(kind) or self.final_rung(kind)


def add_years(day: date, years: int) -> date:
    """The same day some years on; 28 February where 29 does not exist; the end of the calendar past it."""
    year = day.year + years
    if year > date.max.year:
        return date.max
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value
