"""What can be seen of a whole selection: where it lies, how many there are of what, what changed since another day."""

from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ... import charts
from ...display.badges import StageMark
from ...display.footnotes import SourceMarks
from ...domain.text import in_reader_language, reader_languages, sort_key
from ...exports import EXPORTS, Head
from ...lists.aggregates import GROUP_BY, check_groupings, statistics, tallies
from ...lists.choices import stages_in
from ...lists.diff import CAME, CHANGED, WENT, Change, Comparison, clock_against, compared
from ...lists.dimensions import GROUPINGS
from ...lists.query import Fault, Slice
from ...models import Country
from ...templatetags.register import at
from ...templatetags.register import day as day_in_words
from ..base import changed
from ..list import ListPage
from .board import what
from .tables import CHANGE_TITLES, Changes, Count, Counts, Group, Line, parties

MOST_COLUMNS = 40  # of a table of two properties; all of them are in the export and in the API
MOST_ROWS = 300
NAMED = 3  # groups that the sentence names

CHANGE_RULES = {
    CAME: _("Not there before, or no longer at an end."),
    WENT: _("No longer there, or ended since."),
    CHANGED: _("On both days there, and no longer the same."),
}


class SeeingPage(ListPage):
    """A list of instruments, with the views that count all of them."""

    views = ("table", "map", "chart", "pivot", "changes")
    group_by = GROUP_BY
    charted = "country"  # what is counted by when nothing is said
    # What the map calls the records of this list in a country: a field of `charts.CountryOnMap`.
    on_map = "other"
    by_country = None  # or what counts more than their number, of records on a day
    placeless = ("chart", "pivot", "changes")  # views of which nothing lies anywhere: no GeoJSON

    @classmethod
    def ask(cls, params, user, **more):
        question = super().ask(params, user, **more)
        check_groupings(question, cls.group_by)
        clock_against(question)
        known = [name for name, _export in cls.exports(question)]
        if (given := question.params.get("format")) in EXPORTS and given not in known:
            reason = _t("“%(word)s” is not one of: %(known)s.") % {"word": given, "known": ", ".join(known)}
            question.faults.append(Fault("format", "invalid_choice", reason))
        return question

    @classmethod
    def exports(cls, question):
        return [
            (name, export)
            for name, export in super().exports(question)
            if name != "geojson" or question.view not in cls.placeless
        ]

    def table(self):
        """What the view shows of all records: of those that show rows, the records."""
        of_view = getattr(self, f"{self.view}_table", None)
        return of_view() if of_view else super().table()

    def linked(self, counts: Counts) -> Counts:
        """The table with the list behind each of its numbers."""
        for line in [*counts.lines, counts.sum] if counts.sum else counts.lines:
            for head, cell in zip(counts.heads, line.cells, strict=True):
                if cell.count:
                    cell.url = self.link({**line.asks, **head.asks})
        return counts

    # --- where --------------------------------------------------------------------------------------------------------

    def map_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """The countries of the records on a map, and beside it as a table."""
        return {
            "world": charts.world(self.countries_on_map, clock=self.clock, table_url="#countries"),
            "counted": self.linked(self.map_table()),
            "api_url": self.api_url("statistics", "groupBy", groupBy="country"),
        }

    @cached_property
    def countries_on_map(self) -> dict[str, charts.CountryOnMap]:
        if self.by_country:
            return self.by_country(self.question.selection, self.clock.valid_on)
        counts = tallies(self.question, "country")
        return {code: charts.CountryOnMap(**{self.on_map: tally.count}) for (code,), tally in counts.items() if code}

    def map_table(self) -> Counts:
        """What the map shows, in numbers."""
        counts = self.countries_on_map
        kinds = [
            (_t("Posts there"), "host", {"countryRole": "host"}),
            (_t("of which active"), "active", {"countryRole": "host", "stage": "active"}),
            (_t("Covered by"), "covered", {"countryRole": "covered"}),
            (capfirst(str(self.nouns)), self.on_map, {}),
        ]
        shown = [kind for kind in kinds if any(getattr(on_map, kind[1]) for on_map in counts.values())]
        lines = [
            Line(
                country.pk,
                country.name,
                {"country": country.pk},
                [Count(getattr(counts[country.pk], name)) for _label, name, _keys in shown],
                at(country.get_absolute_url(), self.clock),
            )
            for country in Country.objects.filter(pk__in=counts).order_by(in_reader_language("sort"))
        ]
        heads = [Group(name, label, keys) for label, name, keys in shown]
        return Counts(self.question, corner("country"), heads, lines)

    # --- how many -----------------------------------------------------------------------------------------------------

    def chart_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """Bars by one property, or columns through the years."""
        name, groups = self.charted_groups
        context = {
            "grouping": self.grouping([name]),
            "corner": corner(name).label,
            "caption": _t("%(nouns)s by %(property)s") % self.words_for(name),
            "api_url": self.api_url("statistics", "groupBy", groupBy=name),
        }
        if name == "year":
            return context | self.through_the_years(groups)
        most = [f"{group['label']} {group['count']}" for group in groups if group["value"]][:NAMED]
        return context | {
            "bars": (bars := charts.bars(self.queryset.model, groups)),
            "left_out": max(0, len(groups) - charts.MOST_BARS),
            "reading": _t("Most: %s.") % ", ".join(most) if most and name != "stage" else "",
            "legend": charts.legend(bars),
        }

    @cached_property
    def charted_groups(self) -> tuple[str, list[dict[str, Any]]]:
        """By which property is counted, and the groups in order: but for years and stages, the largest first."""
        name = (self.question.words("groupBy") or [self.charted])[0]
        groups = self.in_order(statistics(self.question, name)["groups"], name)
        if name not in ("year", "stage"):
            groups.sort(key=lambda group: (group["value"] is None, -group["count"]))
        return name, groups

    def chart_table(self) -> Counts:
        """What the bars show, in numbers, with a column for each stage; or by year who stood in it and who was new."""
        name, groups = self.charted_groups
        if name == "year":
            heads = [
                Group("certain", _t("Certain")),
                Group("possible", _t("Only possible")),
                Group("started", _t("New")),
            ]
            groups = [group for group in groups if group["value"] is not None]
        else:
            heads = [Group("count", _t("Number"))]
        stages = [] if name in ("year", "stage") else stages_in(self.queryset.model)
        stages = [(stage, label) for stage, label in stages if any(stage in group["byStage"] for group in groups)]
        lines = [
            Line(
                group["value"],
                group["label"],
                cells=[
                    *(Count(group[head.key]) for head in heads),
                    *(Count(group["byStage"].get(stage, 0)) for stage, _label in stages),
                ],
            )
            for group in groups
        ]
        heads += [Group(f"stage.{stage}", capfirst(str(label))) for stage, label in stages]
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
            "counted": self.chart_table(),
        }

    def standing_rule(self) -> str:
        ladder = getattr(self.queryset.model, "ladder", None)
        if ladder and ladder.evidence:
            return _t("Active in that year by the sources, certainly or only possibly. New: the first active year.")
        return _t("There in that year and not at an end, certainly or only possibly. New: the first such year.")

    def pivot_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """Two properties crossed in one table, with totals; each number leads to the list that it counts."""
        names = down, across = self.crossed
        table = self.pivot_table()
        *places, total = range(len(table.heads))
        most = sorted(places, key=lambda place: (None in table.heads[place].asks.values(), -table.records_in(place)))
        most = sorted(most[:MOST_COLUMNS])
        return {
            "grouping": self.grouping(names),
            "caption": _t("%(nouns)s by %(property)s and %(other)s")
            % {**self.words_for(down), "other": str(GROUPINGS[across].name).lower()},
            "counted": self.linked(table.part(MOST_ROWS, [*most, total])),
            "by_year": "year" in names,
            "reading": self.standing_rule() if "year" in names else "",
            "left_out": max(0, len(table.lines) - MOST_ROWS),
            "left_out_across": len(places) - len(most),
            "api_url": self.api_url("statistics", "groupBy", groupBy=f"{down},{across}"),
        }

    @property
    def crossed(self) -> list[str]:
        """The two properties that are crossed, down and across."""
        names = self.question.words("groupBy") or [self.charted]
        return names if len(names) > 1 else [*names, "stage" if names[0] != "stage" else "kind"]

    def pivot_table(self) -> Counts:
        """Two properties crossed, with totals, in full."""
        down, across = self.crossed
        answer = statistics(self.question, down, across)
        heads = self.in_order(answer["totals"], across)

        def line(group: dict[str, Any]) -> Line:
            asks, by_value = {down: group["value"]}, {inner["value"]: inner for inner in group["groups"]}
            cells = [number(by_value.get(head["value"]), asks | {across: head["value"]}) for head in heads]
            return Line(group["value"], group["label"], asks, [*cells, number(group, asks)], group["url"])

        sums = [number(head, {across: head["value"]}) for head in heads]
        total = Group("total", _t("Total"))
        return Counts(
            self.question,
            corner(down),
            [
                *(
                    Group(f"{across}.{head['value'] or 'none'}", head["label"], {across: head["value"]})
                    for head in heads
                ),
                total,
            ],
            [line(group) for group in self.in_order(answer["groups"], down)],
            Line(total.key, total.label, cells=[*sums, Count(answer["total"])]),
        )

    def in_order(self, groups: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
        """The groups as people read them: stages by how far they are, years by number, all else by name."""
        groups = [self.labelled(group, name) for group in groups]
        if name == "year":
            return groups
        stages = [stage for stage, _label in stages_in(self.queryset.model)]
        place = stages.index if name == "stage" else lambda value: 0
        return sorted(
            groups,
            key=lambda group: (
                group["value"] is None,
                group["value"] is not None and place(group["value"]),
                sort_key(group["label"]),
            ),
        )

    def labelled(self, group: dict[str, Any], name: str) -> dict[str, Any]:
        """A group with its label in the reader's language, and the list that it counts."""
        label = group["labelNl"] if reader_languages()[0] == "nl" else group["labelEn"]
        return {
            **group,
            "label": capfirst(label) if label else _t("none given"),
            "url": self.link({name: group["value"]}),
        }

    def link(self, values: dict[str, str | None]) -> str:
        """The list of exactly the records with these values; empty where no address can say that."""
        given = self.question.filterset.given
        for name, value in values.items():
            if value is None or name == "year" or value not in given.get(name, [value]):
                return ""
        return changed(self.question.params, view="table", groupBy=None, page=None, pageSize=None, **values)

    def words_for(self, name: str) -> dict[str, str]:
        return {"nouns": capfirst(str(self.nouns)), "property": str(GROUPINGS[name].name).lower()}

    def grouping(self, names: list[str]) -> dict[str, Any]:
        """The form that chooses what to count by."""
        labels = [_t("Count by"), _t("and by")]
        return {
            "fields": [
                {
                    "id": f"group-by-{place}",
                    "label": labels[place],
                    "choices": [(key, GROUPINGS[key].name, key == chosen) for key in self.group_by],
                }
                for place, chosen in enumerate(names)
            ],
            "kept": self.kept("groupBy"),
        }

    def kept(self, *left_out: str) -> list[tuple[str, str]]:
        """The rest of the question, for a form that changes some keys of it."""
        keys = (*left_out, "page", "cursor")
        return [(name, value) for name, values in self.question.params.lists() for value in values if name not in keys]

    # --- what changed -------------------------------------------------------------------------------------------------

    def changes_view(self, found, marks: SourceMarks) -> dict[str, Any]:
        """What came, went and changed between another day and that of the clock."""
        table = self.changes_table()
        comparison = table.comparison
        size, number = self.question.page_size, int(self.question.params.get("page") or 1)
        rows = comparison.changes((number - 1) * size, number * size)
        if not rows and number > 1:
            raise Http404(_t("This list has no such page."))
        more = number * size < comparison.total
        seen = Slice(
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
            "kept_for_days": self.kept("against", "againstKnownOn"),
            "page": self.page(seen),
            "shown_when_empty": True,
            "api_url": self.api_url("changes", "against", "againstKnownOn", against=then.valid_on.isoformat()),
        }

    def changes_table(self) -> Changes:
        return Changes(self.question, compared(self.question))

    def comparison_in_words(self, comparison: Comparison):
        then, now = comparison.then.clock, comparison.now.clock
        words = _t(
            "From {then} to {now}: {came} came, {went} went, {changed} changed. There were {before}, there are {after}."
        )
        if then.known_on != now.known_on:
            words += " " + _t("The first as known on {then_known}, the second as known on {now_known}.")
        return format_html(
            words,
            then=day_in_words(then.valid_on),
            now=day_in_words(now.valid_on),
            then_known=day_in_words(then.known_on),
            now_known=day_in_words(now.known_on),
            before=comparison.then.selection.count(),
            after=comparison.now.selection.count(),
            **comparison.counts,
        )

    def change_row(self, change: Change, then, marks: SourceMarks) -> dict[str, Any]:
        """A record that came, went or changed, on both days; each day leads to the page as it was."""
        record = change.record
        for event in change.events:
            for source in event.sources:
                marks.number(source)
        return {
            "title": record.title,
            "kind": record.kind_label,
            "url": at(record.get_absolute_url(), self.clock if change.now else then),
            "then": change.then and StageMark.of(change.then),
            "then_url": at(record.get_absolute_url(), then),
            "now": change.now and StageMark.of(change.now),
            "parties": list(parties(change)),
            "events": [{"label": what(event), "milestone": event, "sources": event.sources} for event in change.events],
        }


def corner(name: str) -> Head:
    """What stands above the values of a property."""
    return Head(name, GROUPINGS[name].name)


def number(group: dict[str, Any] | None, asks: dict[str, str | None]) -> Count:
    """How many are in a group, by what asks for them: in a year what is certain, and apart what is only possible."""
    if asks.get("year") is None:
        return Count(group["count"] if group else 0)
    return Count(group["certain"], group["possible"]) if group else Count(0, 0)
