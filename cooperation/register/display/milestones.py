"""Milestones in words, as of a clock: what is to come, what was expected, what happened."""

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _t

from ..domain.clock import Clock
from ..models import Milestone

NOTE_WORDS = 12  # of a note, where an event has no other name


def is_without_word(milestone: Milestone, clock: Clock, is_open: bool) -> bool:
    """Whether it was expected on a day that has passed, and no source says what became of it."""
    return is_open and milestone.has_passed(clock) and not milestone.takes_effect_by_itself


def told(milestone: Milestone, clock: Clock, is_open: bool, label: str = "") -> str:
    """What a milestone is, with whether it is to come, was expected, or was cancelled. `is_open`: nothing closed it."""
    label = label or str(milestone.kind_label)
    if milestone.said == "cancelled":
        return _t("Cancelled: %s") % label
    if milestone.said != "expected" or (is_open and milestone.has_passed(clock) and milestone.takes_effect_by_itself):
        return capfirst(label)
    if is_open and not milestone.has_passed(clock):
        return _t("Expected: %s") % label
    return _t("Was expected: %s") % label


def what(milestone: Milestone) -> str:
    """What a milestone is in a few words; of an event without a name the beginning of its note."""
    note = Truncator(milestone.note.rstrip(".")).words(NOTE_WORDS) if milestone.kind == "other" else ""
    return note or str(milestone.kind_label)
