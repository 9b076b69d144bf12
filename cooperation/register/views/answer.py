"""Answer: what a list of instruments says first. A sentence that can be copied into a letter, with its sources."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from ..display.badges import StageMark
from ..display.dates import date_html
from ..display.footnotes import SourceMarks
from ..domain.clock import Clock
from ..lists.found import StageCount
from ..models import Instrument

MOST_NAMED = 3  # records that the sentence names; of more it gives the number
_MARK = re.compile(r'<a class="source-mark"[^>]*>(\d+)</a>')
_LINK = re.compile(r"</?a\b[^>]*>")


def stages_in_words(kind: type[Instrument], counted: dict[str, StageCount], stages: Iterable[str]) -> Iterator[str]:
    """How many records are at each of these stages; what is only possible is counted apart."""
    for stage in stages:
        if stage not in counted:
            continue
        number, certain = counted[stage]
        words = {"number": number, "stage": StageMark(kind, stage).label, "possible": number - certain}
        if number == certain:
            yield _t("%(number)d %(stage)s") % words
        elif certain:
            yield _t("%(number)d %(stage)s (%(possible)d of them possibly)") % words
        else:
            yield _t("%(number)d possibly %(stage)s") % words


def others_in_words(kind: type[Instrument], counted: dict[str, StageCount]) -> str:
    """How many records do not stand: they have ended, or nothing is known of them. Empty if there are none."""
    stages = [stage for stage in kind.ladder.every_stage if stage in counted and stage not in kind.ladder.standing]
    if not stages:
        return ""
    number = sum(counted[stage].number for stage in stages)
    if set(stages) <= kind.ladder.end_stages:
        words = ngettext("%(number)d more has ended: %(stages)s.", "%(number)d more have ended: %(stages)s.", number)
    else:
        words = ngettext(
            "%(number)d more has ended, or nothing is known of it: %(stages)s.",
            "%(number)d more have ended, or nothing is known of them: %(stages)s.",
            number,
        )
    return words % {"number": number, "stages": ", ".join(stages_in_words(kind, counted, stages))}


def named(records: Iterable[Instrument], clock: Clock, marks: SourceMarks) -> SafeString:
    """Records by name, each with the last thing that happened to it and the source that says so."""
    return format_html_join(" ", "{}", ((one,) for record in records for one in _last_of(record, clock, marks)))


def _last_of(record: Instrument, clock: Clock, marks: SourceMarks) -> Iterator[SafeString]:
    if not (happened := record.happened(clock)):
        return
    last = happened[-1]
    yield format_html(
        _t("{name}: {event}, {date}{marks}."),
        name=format_html("<b>{}</b>", record.name),
        event=last.kind_label,
        date=date_html(last.date),
        marks=format_html_join("", "{}", ((marks.mark(source),) for source in last.sources)),
    )


def as_copied(sentence: SafeString, marks: SourceMarks, cited: str) -> dict[str, Any]:
    """The sentence as it is put into a letter: as text and as rich text, with its sources, its days and its address."""
    rich = SafeString(_LINK.sub("", _MARK.sub(r" [\1]", sentence)))  # nosec B703  (escaped when it was made)
    numbers = {int(number) for number in _MARK.findall(sentence)}
    lines = [*(f"[{number}] {_line(source)}" for number, source in marks.sources if number in numbers), cited]
    return {
        "text": "\n".join([unescape(strip_tags(rich)), "", *lines]),
        "html": format_html("<p>{}</p>{}", rich, format_html_join("", "<p>{}</p>", ((line,) for line in lines))),
    }


def _line(source) -> str:
    """A source on one line."""
    parts = [source.title, source.publisher, source.published.words() if source.published else "", source.url]
    return ", ".join(part for part in parts if part)
