"""Pages of placements."""

from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from cooperation.register import charts
from cooperation.register.charts import CountryOnMap
from cooperation.register.details import Detail, fact
from cooperation.register.models import CountryRole
from cooperation.register.querysets import in_force_on
from cooperation.register.templatetags.register import at
from cooperation.register.views import DetailPage, InstrumentListPage

from .columns import PLACEMENT_COLUMNS
from .filters import PlacementFilter
from .models import Placement


def on_map(placements, day: date) -> dict[str, CountryOnMap]:
    """How many of these posts sit in a country, and how many cover it from which other."""
    stages = dict(placements.order_by().values_list("pk", "stage"))
    parts = CountryRole.objects.filter(in_force_on(day), instrument__in=stages, role__in=("host", "covered"))
    hosts: dict[int, list[str]] = {}
    covered: list[tuple[int, str]] = []
    found: dict[str, CountryOnMap] = {}
    for pk, code, role in parts.values_list("instrument", "country", "role"):
        place = found.setdefault(code, CountryOnMap())
        if role == "host":
            place.host += 1
            place.active += stages[pk] == "active"
            hosts.setdefault(pk, []).append(code)
        else:
            place.covered += 1
            covered.append((pk, code))
    for pk, code in covered:
        found[code].covered_from.update(hosts.get(pk, []))
    return found


class PlacementList(InstrumentListPage):
    queryset = Placement.objects.all()
    filterset_class = PlacementFilter
    columns = PLACEMENT_COLUMNS
    resource = Placement.RESOURCE

    @cached_property
    def on_map(self) -> dict[str, CountryOnMap]:
        return on_map(self.question.selection, self.clock.valid_on)

    def sentence(self, found):
        countries = len(self.on_map)
        in_countries = ngettext("In or for {} country.", "In or for {} countries.", countries)
        return format_html("{} {}", super().sentence(found), format_html(in_countries, countries))

    def figures(self, found):
        clock = self.clock
        return {
            "strip": charts.strip(found.rows, clock),
            "world": charts.world(
                self.on_map,
                clock=clock,
                table_url=at(reverse("countries"), clock),
            ),
        }


class PlacementDetail(Detail):
    def facts(self):
        post = self.record
        return [
            fact(_t("city"), post.city),
            fact(_t("started"), post.start, sources=self.sources("started")),
            fact(_t("last seen"), self.last_seen, sources=self.sources("observed", last=True)),
            fact(_t("planned end"), post.planned_end, sources=post.plan.sources if post.plan else ()),
            fact(_t("ended"), post.end, sources=self.sources("ended")),
            fact(_t("posts"), post.posts),
            fact(_t("term"), self.term),
            fact(_t("region in words"), post.coverage_region),
            fact(_t("sending unit"), post.sending_unit),
        ]

    @property
    def last_seen(self):
        seen = [milestone for milestone in self.record.known("observed") if milestone.said == "occurred"]
        return seen[-1].date if seen else None

    @property
    def term(self) -> str:
        years, weeks = self.record.term_years, self.record.duration_weeks
        if years:
            return ngettext("%d year", "%d years", years) % years
        return ngettext("%d week", "%d weeks", weeks) % weeks if weeks else ""


class PlacementPage(DetailPage):
    queryset = Placement.objects.all()
    detail = PlacementDetail

    def figures(self, record, clock):
        return {"strip": charts.strip([record], clock)}
