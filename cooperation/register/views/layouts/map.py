"""The countries of the records on a map, and beside it as a table."""

from functools import cached_property

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from ... import charts
from ...domain.text import in_reader_language
from ...lists.aggregates import tallies
from ...lists.choices import standing_in
from ...models import Country
from ...templatetags.register import at
from .base import Layout
from .counts import Count, CountHead, CountLine, Counts, corner, linked


class MapLayout(Layout):
    def context(self, found, marks):
        return {
            "world": self.world("#countries"),
            "counted": linked(self.table(), self.link),
            "api_url": self.page.api_url("statistics", "groupBy", groupBy="country"),
        }

    def world(self, table_url: str = "") -> charts.World | None:
        return charts.world(self.countries, clock=self.clock, table_url=table_url)

    @cached_property
    def countries(self) -> dict[str, charts.CountryOnMap]:
        if self.page.by_country:
            return self.page.by_country(self.question.selection, self.clock.valid_on)
        stands, found = standing_in(self.model), {}
        for (code,), tally in tallies(self.question, "country").items():
            count = sum(number for stage, number in tally.by_stage.items() if stage in stands)
            if code:
                found[code] = charts.CountryOnMap(**{self.page.on_map: count}, past=tally.count - count)
        return found

    def table(self):
        """What the map shows, in numbers."""
        counts = self.countries
        there = ",".join(self.model.ladder.present) if self.model.RESOURCE else ""
        kinds = [
            (_t("Posts there"), "host", {"countryRole": "host", "stage": there}),
            (_t("of which active"), "active", {"countryRole": "host", "stage": "active"}),
            (_t("Covered by"), "covered", {"countryRole": "covered", "stage": there}),
            (_t("Posts planned"), "planned", {"stage": "planned"}),
            (capfirst(str(self.page.nouns)), self.page.on_map, {"standing": "true"}),
            (_t("Ended or not known any more"), "past", {"standing": "false"}),
        ]
        shown = [kind for kind in kinds if any(getattr(on_map, kind[1]) for on_map in counts.values())]
        lines = [
            CountLine(
                country.pk,
                country.name,
                {"country": country.pk},
                [Count(getattr(counts[country.pk], name)) for _label, name, _keys in shown],
                at(country.get_absolute_url(), self.clock),
            )
            for country in Country.objects.filter(pk__in=counts).order_by(in_reader_language("sort"))
        ]
        heads = [CountHead(name, label, keys) for label, name, keys in shown]
        return Counts(self.question, corner("country"), heads, lines)
