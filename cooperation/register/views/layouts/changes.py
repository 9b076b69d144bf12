"""What came, went and changed between another day and that of the clock."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ... import charts
from ...display.badges import StageMark
from ...display.footnotes import SourceMarks
from ...lists.choices import stages_in, standing_in
from ...lists.diff import CAME, CHANGED, WENT, Change, Diff, compared
from ...lists.query import Page
from ...templatetags.register import at
from ...templatetags.register import day as day_in_words
from ..base import changed
from .base import Layout
from .change_table import CHANGE_TITLES, Changes, event_in_words, parties

CHANGE_RULES = {
    CAME: _("Stands now, and did not before."),
    WENT: _("Stood before, and has ended or is not known any more."),
    CHANGED: _("Stands on both days, and is no longer the same."),
}


class ChangesLayout(Layout):
    has_places = False

    def context(self, found, marks):
        table = self.table()
        comparison = table.comparison
        size, number = self.question.page_size, int(self.question.params.get("page") or 1)
        rows = comparison.changes((number - 1) * size, number * size)
        if not rows and number > 1:
            raise Http404(_t("This list has no such page."))
        more = number * size < comparison.total
        seen = Page(
            rows,
            comparison.total,
            exact=True,
            first=(number - 1) * size + 1 if rows else None,
            number=number,
            next={"page": str(number + 1)} if more else None,
            previous={"page": str(number - 1)} if number > 1 else None,
        )
        then = comparison.then.clock
        return {
            "then": then,
            "day_heads": table.day_heads,
            "reading": self.comparison_in_words(comparison),
            "parts": [
                {
                    "id": change,
                    "title": title,
                    "rule": CHANGE_RULES[change],
                    "count": comparison.counts[change],
                    "rows": [self.change_row(row, then, marks) for row in rows if row.change == change],
                }
                for change, title in CHANGE_TITLES.items()
            ],
            "kept_for_days": self.kept("against", "againstKnownOn", "validOn", "knownOn"),
            **self.side_by_side(comparison, table.day_heads),
            "page": self.page.pages(seen),
            "shown_when_empty": True,
            "api_url": self.page.api_url("changes", "against", "againstKnownOn", against=then.valid_on.isoformat()),
        }

    def table(self):
        return Changes(self.question, compared(self.question))

    def comparison_in_words(self, comparison: Diff):
        then, now = comparison.then.clock, comparison.now.clock
        words = _t(
            "From {then} to {now}: {came} came, {went} went, {changed} changed. {before} stood then, {after} stand now."
        )
        if then.known_on != now.known_on:
            words += " " + _t("The first as known on {then_known}, the second as known on {now_known}.")
        return format_html(
            words,
            then=day_in_words(then.valid_on),
            now=day_in_words(now.valid_on),
            then_known=day_in_words(then.known_on),
            now_known=day_in_words(now.known_on),
            before=comparison.there_then,
            after=comparison.there_now,
            **comparison.counts,
        )

    def side_by_side(self, comparison: Diff, heads: Sequence[str]) -> dict[str, Any]:
        """How many stand at each stage on both days: as two bars on one scale, and in numbers that open their list.

        Not for all kinds together, whose stages are not each other's.
        """
        if not self.model.RESOURCE:
            return {}
        days = []
        stands, says_stages = standing_in(self.model), self.question.filterset.says_stages
        # The page has counted its own question already, and with it what does not stand any more.
        now = {stage: count for stage, count in self.question.by_stage.items() if says_stages or stage in stands}
        for head, question, found in (
            (heads[0], comparison.then, comparison.then.by_stage),
            (heads[1], comparison.now, now),
        ):
            counts = {stage: count.number for stage, count in found.items()}
            clock = {name: question.params.get(name) for name in ("validOn", "knownOn")}
            url = partial(self.changed, **clock)
            days.append({"label": head, "count": sum(counts.values()), "byStage": counts, "open": url})
        lines = [
            {
                "label": label,
                "numbers": [{"count": day["byStage"].get(stage, 0), "url": day["open"](stage=stage)} for day in days],
            }
            for stage, label in stages_in(self.model)
            if any(stage in day["byStage"] for day in days)
        ]
        drawn = charts.bars(self.model, [day | {"url": day["open"]()} for day in days])
        maps = [{"label": day["label"], "url": day["open"](view="map")} for day in days if "map" in self.page.views]
        return {"days": drawn, "by_stage": lines, "legend": charts.legend(drawn), "maps": maps}

    def changed(self, **changes: str) -> str:
        """The same question as a list of one day."""
        alone = {"view": "table", "against": None, "againstKnownOn": None, "page": None, "pageSize": None}
        return changed(self.question.params, **{**alone, **changes})

    def change_row(self, change: Change, then, marks: SourceMarks) -> dict[str, Any]:
        """A record that came, went or changed, on both days; each day leads to the page as it was."""
        record = change.record
        for event in change.events:
            for source in event.sources:
                marks.number(source)
        return {
            "title": record.name,
            "kind": record.kind_label,
            "url": at(record.get_absolute_url(), self.clock if change.now else then),
            "then": change.then and StageMark.of(change.then),
            "then_url": at(record.get_absolute_url(), then),
            "now": change.now and StageMark.of(change.now),
            "parties": list(parties(change)),
            "events": [
                {"words": event_in_words(event, self.clock), "milestone": event, "sources": event.sources}
                for event in change.events
            ],
        }
