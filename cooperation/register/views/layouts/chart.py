"""Bars by one property, or columns through the years."""

from functools import cached_property
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from ... import charts
from ...lists.choices import stages_in
from .counts import Count, CountHead, CountLine, Counts, corner
from .grouped import GroupedLayout

NAMED = 3  # groups that the sentence names


class ChartLayout(GroupedLayout):
    def context(self, found, marks):
        name, groups = self.groups
        context = {
            "grouping": self.grouping([name]),
            "corner": corner(name).label,
            "number": self.total_label(_t("Number")),
            "caption": _t("%(nouns)s by %(property)s") % self.words_for(name),
            "api_url": self.api_url(),
            "rest": self.rest(),
        }
        if name == "year":
            return context | self.through_the_years(groups)
        most = [f"{group['label']} {group['count']}" for group in groups if group["value"]][:NAMED]
        return context | {
            "bars": (bars := charts.bars(self.model, groups)),
            "left_out": max(0, len(groups) - charts.MOST_BARS),
            "reading": _t("Most: %s.") % ", ".join(most) if most and name != "stage" else "",
            "legend": charts.legend(bars),
        }

    @property
    def names(self) -> list[str]:
        return (self.question.words("groupBy") or [self.page.charted])[:1]

    @cached_property
    def groups(self) -> tuple[str, list[dict[str, Any]]]:
        """By which property is counted, and the groups in order: but for years and stages, the largest first."""
        name = self.names[0]
        groups = self.in_order(self.statistics(name)["groups"], name)
        if name not in ("year", "stage"):
            groups.sort(key=lambda group: (group["value"] is None, -group["count"]))
        return name, groups

    def table(self):
        """What the bars show, in numbers, with a column for each stage; or by year who stood in it and who was new."""
        name, groups = self.groups
        if name == "year":
            heads = [
                CountHead("certain", _t("Certain")),
                CountHead("possible", _t("Only possible")),
                CountHead("started", _t("New")),
            ]
            groups = [group for group in groups if group["value"] is not None]
        else:
            heads = [CountHead("count", self.total_label(_t("Number")))]
        stages = [] if name in ("year", "stage") else stages_in(self.model)
        stages = [(stage, label) for stage, label in stages if any(stage in group["byStage"] for group in groups)]
        lines = [
            CountLine(
                group["value"],
                group["label"],
                cells=[
                    *(Count(group[head.key]) for head in heads),
                    *(Count(group["byStage"].get(stage, 0)) for stage, _label in stages),
                ],
            )
            for group in groups
        ]
        heads += [CountHead(f"stage.{stage}", capfirst(str(label))) for stage, label in stages]
        return Counts(self.question, corner(name), heads, lines)

    def through_the_years(self, groups: list[dict[str, Any]]) -> dict[str, Any]:
        """Who stood in which year, and in which year most began."""
        years = [group for group in groups if group["value"] is not None]
        never = sum(group["count"] for group in groups if group["value"] is None)
        if not years:
            return {"columns": None, "never": never}
        most = max(group["count"] for group in years)
        new = max(group["started"] for group in years)
        reading = _t("Most in %(years)s: %(count)d.") % {
            "years": ", ".join(group["value"] for group in years if group["count"] == most),
            "count": most,
        }
        if new:
            reading += " " + _t("Most new ones in %(years)s: %(count)d.") % {
                "years": ", ".join(group["value"] for group in years if group["started"] == new),
                "count": new,
            }
        return {
            "columns": charts.columns(years),
            "reading": reading,
            "rule": self.standing_rule(),
            "never": never,
            "counted": self.table(),
        }
