"""Dates that are as exact as their source, and not more.

Written as EDTF (Extended Date/Time Format, ISO 8601-2:2019; https://www.loc.gov/standards/datetime/), of which the
register uses a small and strict part:

    2021-12-02   2021-08   2021        a day, a month, a year
    2021-08~                           about then
    ../2021-12-02   2021-12-02/..      on or before, on or after
    2020-12-02/2021-12-02              some day in between (both ends included), never "all that time"
"""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

# Not the year 9999: a range names the day after its last one, and the calendar of Python stops there.
_POINT = re.compile(r"(?!9999)([1-9]\d{3})(?:-(\d{2})(?:-(\d{2}))?)?(~?)", re.ASCII)


_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Point:
    """One side of a date: a day, a month or a year, perhaps an approximate one."""

    year: int
    month: int | None
    day: int | None
    approximate: bool

    @classmethod
    def parse(cls, text: str) -> "_Point":
        match = _POINT.fullmatch(text)
        if not match:
            raise ValueError(_t("“%s” is not a date like 2021, 2021-08 or 2021-12-02.") % text[:40])
        year, month, day, about = match.groups()
        point = cls(int(year), month and int(month), day and int(day), bool(about))
        try:
            date(point.year, 1 if month is None else point.month, 1 if day is None else point.day)
        except ValueError:
            raise ValueError(_t("“%s” is not a day of the calendar.") % text) from None
        return point

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def words(self, short: bool) -> str:
        return _words(self, short, get_language())


@lru_cache(4096)  # the same days come again and again in the rows of a list
def _words(point: _Point, short: bool, language: str | None) -> str:
    month = "M" if short else "F"
    pattern = f"j {month} Y" if point.day else f"{month} Y" if point.month else "Y"
    words = format_date(point.first, pattern)
    if short:
        words = words.replace(" ", "\N{NO-BREAK SPACE}")  # in a narrow column a date stays on one line
        if language == "nl":
            words = words.lower()  # Django writes short months with a capital, Dutch does not
    return _t("about %s") % words if point.approximate else words


@dataclass(frozen=True)
class EDTF:
    """A date of the register: the range of days that it can mean.

    `earliest` and `latest` are the first and the last possible day, None where that side is open. Two dates are equal
    when they are written alike. Raises ValueError, with a sentence for people, when the text is not such a date.
    """

    text: str
    earliest: date | None = field(init=False, compare=False)
    latest: date | None = field(init=False, compare=False)
    approximate: bool = field(init=False, compare=False)
    _points: tuple[_Point | None, _Point | None] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        start, slash, end = self.text.partition("/")
        if slash and start == end == "..":
            raise ValueError(_t("A date cannot be open on both sides."))
        first = None if slash and start == ".." else _Point.parse(start)
        last = first if not slash else None if end == ".." else _Point.parse(end)
        if first and last and first.first > last.last:
            raise ValueError(_t("“%s” ends before it starts.") % self.text)
        set_once = object.__setattr__
        set_once(self, "earliest", first and first.first)
        set_once(self, "latest", last and last.last)
        set_once(self, "approximate", any(point.approximate for point in (first, last) if point))
        set_once(self, "_points", (first, last))

    def __str__(self) -> str:
        return self.text

    @property
    def first(self) -> date:
        """The first possible day, as a day to compare with: the beginning of the calendar when open."""
        return self.earliest or date.min

    @property
    def last(self) -> date:
        """The last possible day, as a day to compare with: the end of the calendar when open."""
        return self.latest or date.max

    @property
    def is_exact(self) -> bool:
        """Whether it can mean one day only, and the source does not call it approximate."""
        return self.earliest == self.latest and not self.approximate

    @property
    def is_one_point(self) -> bool:
        """Whether it is one day, month or year, perhaps an approximate one, and not open or some day in between."""
        first, last = self._points
        return first == last

    def words(self, short: bool = False) -> str:
        """The date in words, in the active language: “augustus 2021”, “between 2 Dec 2020 and 2 Dec 2021”."""
        first, last = self._points
        if first == last:
            return first.words(short)
        if first is None:
            pattern = _t("on or before %s") if last.day else _t("in or before %s")
            return pattern % last.words(short)
        if last is None:
            pattern = _t("on or after %s") if first.day else _t("in or after %s")
            return pattern % first.words(short)
        return _t("between %(first)s and %(last)s") % {"first": first.words(short), "last": last.words(short)}

    def words_of_last(self) -> str:
        """The end of it in words, as exact as the source: of “on or before 2 December 2021” the day alone."""
        first, last = self._points
        return (last or first).words(short=False)

    def words_of_period(self) -> str:
        """In words, where it means all that time: “2019 to 2021”."""
        first, last = self._points
        if first == last or first is None or last is None:
            return self.words()
        return _t("%(first)s to %(last)s") % {"first": first.words(False), "last": last.words(False)}

    def as_object(self) -> dict[str, str | None]:
        """The shape of a date in the API, so that a vague date cannot be read as an exact one."""
        return {
            "edtf": self.text,
            "earliest": self.earliest and self.earliest.isoformat(),
            "latest": self.latest and self.latest.isoformat(),
        }


_read = lru_cache(4096)(EDTF)  # the same days come again and again in the rows of a list; a date never changes


def to_edtf(value: object) -> EDTF | None:
    """The date that a text means, None for nothing. Raises ValidationError."""
    if value in (None, ""):
        return None
    if isinstance(value, EDTF):
        return value
    try:
        return _read(str(value))
    except ValueError as error:
        raise ValidationError(str(error), code="invalid_date") from None


def day_after(day: date) -> date | None:
    """The next day, None after the end of the calendar."""
    return None if day == date.max else day + _DAY
