"""A day within a text that someone typed: `albanië 2 dec 2021`, `prüm ii maart 2024`, in Dutch or English."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date

_MONTHS = (
    ("jan", "januari", "january"),
    ("feb", "febr", "februari", "february"),
    ("mrt", "mar", "maart", "march"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "augustus", "august"),
    ("sep", "sept", "september"),
    ("okt", "oct", "oktober", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = rf"(?P<name>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:e|ste|de|st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
# From exact to vague: a month or a year stands for its last day, on which all of it can be told.
_SHAPES = [
    re.compile(rf"(?<![\w/(-]){shape}(?![\w/)-])", re.IGNORECASE)
    for shape in (
        rf"{_YEAR}-(?P<month>\d\d)-{_DAY}",
        rf"{_DAY}[-/.](?P<month>\d{{1,2}})[-/.]{_YEAR}",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_MONTH},?\s+{_YEAR}",
        rf"{_YEAR}-(?P<month>\d\d)",
        _YEAR,
    )
]
_PREPOSITION = re.compile(r"\b(?:op|per|in|on|as of|at|sinds|since)\s*$", re.IGNORECASE)


def day_in(text: str, today: date) -> tuple[date | None, str]:
    """The day that the text names, if any, and the text without it. What is going on ends today."""
    for shape in _SHAPES:
        if match := shape.search(text):
            if not (day := _day(match.groupdict().get, today)):
                break
            before, after = _PREPOSITION.sub("", text[: match.start()]), text[match.end() :]
            return day, " ".join(f"{before} {after}".split())
    return None, text


def _day(part: Callable[[str], str | None], today: date) -> date | None:
    name, year = part("name"), int(part("year") or 0)
    month = _NUMBERS[name.lower()] if name else int(part("month") or 0)
    try:
        if day := part("day"):
            return date(year, month, int(day))
        first, last = date(year, month or 1, 1), date(year, month or 12, monthrange(year, month or 12)[1])
    except ValueError:  # no such day
        return None
    return min(last, today) if first <= today else last
