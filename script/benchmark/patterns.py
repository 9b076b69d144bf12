"""What can happen to a post: milestones as a generated record has them, by chance but always the same."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from cooperation.register.domain.edtf import EDTF
from cooperation.register.domain.ladder import Ladder
from cooperation.register.domain.order import Dated, places

LAST_DAY = date(2026, 12, 31)


@dataclass
class Event:
    """A milestone within its record: `fulfils` and `replaces` are places in the list of events."""

    key: str
    kind: str
    date: str
    state: str
    known_from: date
    fulfils: int | None = None
    replaces: int | None = None


@dataclass
class Pattern:
    """What a record has besides its words and places: its sub-kind, its term, and what happened to it."""

    kind: str
    term_years: int | None
    duration_weeks: int | None
    events: list[Event] = field(default_factory=list)

    def places(self, ladder: Ladder) -> dict[int, int]:
        """The place of each event among the others."""
        corrected = {event.replaces for event in self.events}
        dated = [
            Dated(
                key=number,
                kind=event.kind,
                date=EDTF(event.date),
                after=tuple(at for at in (event.fulfils, event.replaces) if at is not None),
                stands=number not in corrected,
            )
            for number, event in enumerate(self.events)
        ]
        return places(ladder, dated)


KINDS = {
    "liaison_officer": 50,
    "flexible_liaison": 8,
    "regional_liaison": 8,
    "secondment_multilateral": 16,
    "director": 2,
    "joint_office": 4,
    "mission": 12,
}


def patterns(number: int) -> list[Pattern]:
    random = Random(1_053)  # noqa: S311
    return [_pattern(random) for _ in range(number)]


def _pattern(random: Random) -> Pattern:
    kind = random.choices(list(KINDS), KINDS.values())[0]
    years = random.choice((2, 3, 4)) if random.random() < 0.3 else None
    weeks = random.choice((6, 12, 26)) if years is None and random.random() < 0.1 else None
    pattern = Pattern(kind, years, weeks)
    start = date(1998, 1, 1) + timedelta(days=int(random.betavariate(2.2, 1.3) * 10_400))
    _begin(pattern, random, start)
    last = _observe(pattern, random, start)
    _end(pattern, random, start, last)
    return pattern


def _begin(pattern: Pattern, random: Random, start: date) -> None:
    announced = random.random() < 0.25
    if announced:
        told = start - timedelta(days=random.randint(40, 250))
        _happen(pattern, random, "announced", told)
        _expect(pattern, random, "planned_start", start, told)
    if announced and random.random() < 0.15:
        return  # nobody ever saw it come
    _happen(pattern, random, "started", start, fulfils=1 if announced else None)
    if random.random() < 0.04:
        first = pattern.events[-1]
        corrected = start - timedelta(days=random.randint(1, 60))
        pattern.events.append(
            Event("started-2", "started", corrected.isoformat(), "occurred", first.known_from + timedelta(days=200))
        )
        pattern.events[-1].replaces = len(pattern.events) - 2


def _observe(pattern: Pattern, random: Random, start: date) -> date:
    last = start
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        last += timedelta(days=random.randint(90, 900))
        if last < LAST_DAY:
            _happen(pattern, random, "observed", last)
    return min(last, LAST_DAY)


def _end(pattern: Pattern, random: Random, start: date, last: date) -> None:
    plan = None
    if random.random() < 0.4:
        plan = len(pattern.events)
        planned = start + timedelta(days=random.choice((730, 1095, 1461, 1826)))
        _expect(pattern, random, "planned_end", planned, start)
    end = last + timedelta(days=random.randint(30, 1200))
    if random.random() < 0.5 and end < LAST_DAY:
        _happen(pattern, random, "ended", end, fulfils=plan)


def _happen(pattern: Pattern, random: Random, kind: str, day: date, fulfils: int | None = None) -> None:
    written = _written(random, day)
    told = max(day, EDTF(written).first) + timedelta(days=random.choice((0, 1, 5, 30, 120, 400)))
    pattern.events.append(Event(_free_key(pattern, kind), kind, written, "occurred", told, fulfils))


def _expect(pattern: Pattern, random: Random, kind: str, day: date, told: date) -> None:
    pattern.events.append(Event(_free_key(pattern, kind), kind, _written(random, day), "expected", told))


def _free_key(pattern: Pattern, kind: str) -> str:
    taken = sum(event.kind == kind for event in pattern.events)
    name = kind.replace("_", "-")
    return f"{name}-{taken + 1}" if taken else name


def _written(random: Random, day: date) -> str:
    """The day as a source may give it: exact, or as vague as many are."""
    month = f"{day:%Y-%m}"
    forms = {
        day.isoformat(): 55,
        month: 25,
        f"{day:%Y}": 6,
        f"{month}~": 4,
        f"{day.isoformat()}/{(day + timedelta(days=random.randint(10, 300))).isoformat()}": 6,
        f"../{day.isoformat()}": 2,
        f"{day.isoformat()}/..": 2,
    }
    return random.choices(list(forms), forms.values())[0]
