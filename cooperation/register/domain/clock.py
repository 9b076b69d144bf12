"""The two clocks: what was so (`valid_on`), and what could be said (`known_on`)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.utils import timezone

# How long nothing may happen before a file that is not finished counts as stalled, by the calendar.
STALLED_MONTHS = 9


@dataclass(frozen=True)
class Clock:
    """A pair of days. Every list, count, page, export and API call is asked on one."""

    valid_on: date
    known_on: date

    @classmethod
    def on(cls, valid_on: date | None = None, known_on: date | None = None) -> "Clock":
        """The clock on these days; each that is left out is today, in the Netherlands."""
        today = timezone.localdate()
        return cls(valid_on or today, known_on or today)

    @property
    def earliest(self) -> date:
        """The day by which something must have come, to have happened and to be known."""
        return min(self.valid_on, self.known_on)

    @property
    def moved_from(self) -> date:
        """The first day on which something must have happened to a file for it not to be stalled."""
        return days_after(months_before(self.valid_on, STALLED_MONTHS), 1)

    @property
    def is_today(self) -> bool:
        return self == Clock.on()

    @cached_property
    def query(self) -> str:
        """The clock as part of an address, of which a page has hundreds; empty while it is on today."""
        return "" if self.is_today else self.both_days

    @property
    def both_days(self) -> str:
        """Both days as part of an address, also while they are today: it says the same on any later day."""
        return urlencode({"validOn": self.valid_on.isoformat(), "knownOn": self.known_on.isoformat()})


def days_after(day: date, days: int) -> date:
    """The day so many days later, or with less than none earlier, as far as the calendar goes."""
    return date.fromordinal(max(date.min.toordinal(), min(day.toordinal() + days, date.max.toordinal())))


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last day of that month; at the earliest the first of the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month; at the latest the last of the calendar."""
    return date.max if day.year + months // 12 >= date.max.year else months_before(day, -months)
