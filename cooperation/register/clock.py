"""The two clocks: what was so (`valid_on`), and what could be said (`known_on`)."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils import timezone


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
    def is_today(self) -> bool:
        return self == Clock.on()

    @property
    def query(self) -> str:
        """The clock as part of an address; empty while it is on today."""
        if self.is_today:
            return ""
        return urlencode({"validOn": self.valid_on.isoformat(), "knownOn": self.known_on.isoformat()})


def days_after(day: date, days: int) -> date:
    """The day so many days later, as far as the calendar goes."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))
