"""Two properties crossed in one table, with totals; each number leads to the list that it counts."""

from typing import Any

from django.utils.translation import gettext as _t

from ...lists.dimensions import GROUPINGS
from .counts import Count, CountHead, CountLine, Counts, corner, linked
from .grouped import GroupedLayout

MOST_COLUMNS = 40  # of a table of two properties; all of them are in the export and in the API
MOST_ROWS = 300


class PivotLayout(GroupedLayout):
    def context(self, found, marks):
        names = down, across = self.names
        table = self.table()
        *places, total = range(len(table.heads))
        most = sorted(places, key=lambda place: (None in table.heads[place].asks.values(), -table.records_in(place)))
        most = sorted(most[:MOST_COLUMNS])
        return {
            "grouping": self.grouping(names),
            "caption": _t("%(nouns)s by %(property)s and %(other)s")
            % {**self.words_for(down), "other": str(GROUPINGS[across].name).lower()},
            "counted": linked(table.part(MOST_ROWS, [*most, total]), self.link),
            "by_year": "year" in names,
            "reading": self.standing_rule() if "year" in names else "",
            "left_out": max(0, len(table.lines) - MOST_ROWS),
            "left_out_across": len(places) - len(most),
            "api_url": self.api_url(),
            "rest": self.rest(),
        }

    @property
    def names(self) -> list[str]:
        """The two properties that are crossed, down and across."""
        names = self.question.words("groupBy") or [self.page.charted]
        return names if len(names) > 1 else [*names, "stage" if names[0] != "stage" else "kind"]

    def table(self):
        """Two properties crossed, with totals, in full."""
        down, across = self.names
        answer = self.statistics(down, across)
        heads = self.in_order(answer["totals"], across)

        def line(group: dict[str, Any]) -> CountLine:
            asks, by_value = {down: group["value"]}, {inner["value"]: inner for inner in group["groups"]}
            cells = [number(by_value.get(head["value"]), asks | {across: head["value"]}) for head in heads]
            return CountLine(group["value"], group["label"], asks, [*cells, number(group, asks)], group["url"])

        sums = [number(head, {across: head["value"]}) for head in heads]
        total = CountHead("total", self.total_label(_t("Total")))
        return Counts(
            self.question,
            corner(down),
            [
                *(
                    CountHead(f"{across}.{head['value'] or 'none'}", head["label"], {across: head["value"]})
                    for head in heads
                ),
                total,
            ],
            [line(group) for group in self.in_order(answer["groups"], down)],
            CountLine(total.key, total.label, cells=[*sums, Count(answer["total"])]),
        )


def number(group: dict[str, Any] | None, asks: dict[str, str | None]) -> Count:
    """How many are in a group, by what asks for them: in a year what is certain, and apart what is only possible."""
    if asks.get("year") is None:
        return Count(group["count"] if group else 0)
    return Count(group["certain"], group["possible"]) if group else Count(0, 0)
