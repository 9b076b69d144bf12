"""The year strip: posts through the years, what is certain and what is only possible."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from django.utils.translation import gettext as _t

from ..display.badges import StageMark
from ..domain.clock import Clock
from ..domain.edtf import EDTF
from ..models import Instrument, StageSpan

FURTHEST_BACK = 40  # years that a strip looks back at the most


@dataclass(frozen=True)
class Strip:
    """Posts through the years: `x` and `width` are percentages of the breadth."""

    years: list[dict]
    now_x: str
    rows: list[dict]
    by_place: bool = False


def strip(records: list[Instrument], clock: Clock, by_place: bool = False) -> Strip | None:
    """The stages of these records through the years, as known on the clock. None when there is nothing to draw.

    `by_place`: records that follow each other in the same host country stand under its name, with the gaps between
    them and the times at which several may have been there at once.
    """
    spans, by_pk = defaultdict(list), {record.pk: record for record in records}
    for span in StageSpan.objects.filter(instrument__in=[r.pk for r in records], known__contains=clock.known_on):
        span.ladder = by_pk[span.instrument_id].ladder
        spans[span.instrument_id].append(span)
    days = [day for drawn in spans.values() for span in drawn for day in (span.valid.lower, span.valid.upper) if day]
    if not days:
        return None
    near = [day.year for day in days if day.year <= clock.valid_on.year + 5]
    last_year = max([clock.valid_on.year, *near]) + 1
    first_year = max(min(min(days).year, clock.valid_on.year), last_year - FURTHEST_BACK)
    scale = _Scale(date(first_year, 1, 1), date(last_year, 1, 1) if last_year <= date.max.year else date.max)
    step = max(1, (last_year - first_year) // 6)
    rows = [_strip_row(record, spans[record.pk], scale) for record in records]
    if by_place:
        for place, together in groupby(range(len(records)), key=lambda number: _hosts(records[number])):
            numbers = list(together)
            rows[numbers[0]]["place"] = _place(place, [spans[records[number].pk] for number in numbers], scale)
    return Strip(
        years=[{"label": str(year), "x": scale.x(date(year, 1, 1))} for year in range(first_year, last_year, step)],
        now_x=scale.x(clock.valid_on),
        rows=rows,
        by_place=by_place,
    )


class _Scale:
    def __init__(self, first: date, last: date):
        self.first, self.days = first, max((last - first).days, 1)

    def share(self, day: date | None, default: float) -> float:
        return default if day is None else min(100.0, max(0.0, (day - self.first).days * 100 / self.days))

    def x(self, day: date) -> str:
        return f"{self.share(day, 0):.2f}%"

    def bar(self, first: date | None, last: date | None) -> dict[str, str]:
        start, end = self.share(first, 0), self.share(last, 100)
        return {"x": f"{start:.2f}%", "width": f"{max(end - start, 0.15):.2f}%"}


def _strip_row(record: Instrument, spans: list[StageSpan], scale: _Scale) -> dict:
    ladder = record.ladder
    active, unconfirmed, planned = ladder.stages[1], ladder.stages[2], ladder.stages[0]
    looks = {
        (active, True): "certain",
        (active, False): "possible",
        (unconfirmed, True): "unconfirmed",
        (planned, True): "planned",
        (planned, False): "planned",
    }
    bars = [
        {**scale.bar(span.valid.lower, span.valid.upper), "kind": looks[span.stage, span.certain]}
        for span in sorted(spans, key=lambda span: span.valid.lower or date.min)
        if (span.stage, span.certain) in looks
    ]
    return {
        "label": record.name,
        "url": record.get_absolute_url(),
        "stage": StageMark.of(record),
        "bars": bars,
        "dots": [
            {"x": scale.x(_middle(milestone.date)), "title": milestone.date.words(short=True)}
            for milestone in record.known(*ladder.evidence)
        ],
        "ticks": [
            {"x": scale.x(_middle(milestone.date)), "title": milestone.date.words(short=True), "kind": milestone.kind}
            for milestone in record.known(*ladder.plan_ends, *ladder.ends)
        ],
        "sentence": strip_sentence(record, spans),
    }


def _hosts(record: Instrument) -> str:
    return ", ".join(part.country.name for part in record.countries_in("host"))


def _place(name: str, posts: list[list[StageSpan]], scale: _Scale) -> dict:
    """What the posts of one place have between them: gaps, and overlaps."""
    steps: Counter[date] = Counter()
    for spans in posts:
        for first, last in _there(spans):
            steps[first] += 1
            steps[last] -= 1
    bars, words, there = [], [], 0
    for day, until in pairwise(sorted(day for day, step in steps.items() if step)):
        there += steps[day]
        if there == 1:
            continue
        kind = "overlap" if there else "gap"
        if bars and bars[-1]["kind"] == kind and bars[-1]["until"] == day:
            day = bars.pop()["day"]
            words.pop()
        bars.append({**scale.bar(day, until), "kind": kind, "day": day, "until": until})
        between = {"from": _short(day), "until": _short(until)}
        words.append((_t("overlap %(from)s to %(until)s") if there else _t("gap %(from)s to %(until)s")) % between)
    return {"label": name or _t("no host country"), "bars": bars, "sentence": "; ".join(words)}


def _there(spans: list[StageSpan]) -> list[tuple[date, date]]:
    """When a post may have been there: active, or not yet given up; stretches that touch are one."""
    stretches: list[tuple[date, date]] = []
    for span in sorted(spans, key=lambda span: span.valid.lower or date.min):
        if span.stage in span.ladder.stages[1:3]:
            first, last = span.valid.lower or date.min, span.valid.upper or date.max
            if stretches and stretches[-1][1] >= first:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
            else:
                stretches.append((first, last))
    return stretches


def _short(day: date) -> str:
    return EDTF(day.isoformat()).words(short=True)


def _middle(when: EDTF) -> date:
    if when.earliest and when.latest:
        return when.earliest + (when.latest - when.earliest) / 2
    return when.earliest or when.latest


def strip_sentence(record: Instrument, spans: list[StageSpan]) -> str:
    """The strip of one post in words."""
    words = []
    for span in sorted(spans, key=lambda span: span.valid.lower or date.min):
        mark = StageMark(type(record), span.stage, span.certain)
        since = span.valid.lower and EDTF(span.valid.lower.isoformat()).words(short=True)
        words.append(_t("%(stage)s from %(day)s") % {"stage": mark.words, "day": since} if since else mark.words)
    return "; ".join(words)
