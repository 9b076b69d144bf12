"""In which order the milestones of a record stand: by their days, and where these leave it open, by the ladder.

A vague date says little of what came first: "2005 Ended" may stand above "2005 Started" only where nothing says
otherwise. The ladder does (what comes later on it cannot have come before), and so does a milestone that fulfils or
corrects another. The answer is a number for each, its place, by which every list sorts, also over many records.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from .edtf import EDTF
from .ladder import Ladder

_WIDEST = 99_999  # days that a date can mean; of those that begin together the vaguest comes first
_BEHIND = 100  # places behind each other where the dates leave it open
_DAY = (_WIDEST + 1) * _BEHIND


@dataclass(frozen=True)
class Dated:
    """A milestone as far as its place depends on it."""

    key: Hashable
    kind: str
    date: EDTF
    after: tuple[Hashable, ...] = ()  # what it fulfils or corrects
    stands: bool = True  # neither cancelled nor corrected: what comes later on the ladder stands behind it


def place_of(date: EDTF) -> int:
    """The place of a date by itself: its first possible day, or the last where it is open at its beginning."""
    day = date.earliest or date.latest
    width = (date.latest - date.earliest).days if date.earliest and date.latest else _WIDEST
    return day.toordinal() * _DAY + (_WIDEST - min(width, _WIDEST)) * _BEHIND


def places(ladder: Ladder, milestones: Iterable[Dated]) -> dict[Hashable, int]:
    """The place of each milestone of a record; those that are given first stand first where nothing else decides."""
    found: dict[Hashable, int] = {}
    done: list[Dated] = []
    for milestone in sorted(milestones, key=lambda one: (ladder.place(one.kind), bool(one.after))):
        own = place_of(milestone.date)
        behind = [found[other.key] + 1 for other in done if _comes_before(ladder, other, found[other.key], milestone)]
        found[milestone.key] = max([own, *behind])
        done.append(milestone)
    return found


def _comes_before(ladder: Ladder, other: Dated, place: int, milestone: Dated) -> bool:
    """Whether another, at its place, comes before this one: its day allows it, and the ladder or this one says so."""
    day = place // _DAY
    if day > milestone.date.last.toordinal():
        return False
    if other.key in milestone.after:
        return True
    if not other.stands or ladder.place(other.kind) == ladder.place(milestone.kind):
        return False
    both_move = ladder.moves(other.kind) and ladder.moves(milestone.kind)
    return both_move or day == place_of(milestone.date) // _DAY
