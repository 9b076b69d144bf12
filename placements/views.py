"""Pages of placements."""

from collections import defaultdict
from datetime import date
from functools import cached_property

from django.db.models import Count, OuterRef, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from cooperation.register import charts
from cooperation.register.charts import CountryOnMap
from cooperation.register.lists.facets import MOST_COUNTED
from cooperation.register.models import CountryRole
from cooperation.register.models.queryset import in_force_on
from cooperation.register.views import DetailPage, InstrumentListPage
from cooperation.register.views.detail import Detail, fact

from .columns import PLACEMENT_COLUMNS
from .filters import PlacementFilter
from .models import Placement


def on_map(placements, day: date) -> dict[str, CountryOnMap]:
    """How many of these posts sit in a country, and how many cover it from which other."""
    found: defaultdict[str, CountryOnMap] = defaultdict(CountryOnMap)
    then = CountryRole.objects.filter(in_force_on(day)).order_by()
    posts, count = placements.order_by(), Count("instrument", distinct=True)

    def by_country(role: str, posts):
        return then.filter(role=role, instrument__in=posts.values("pk")).values_list("country").annotate(count=count)

    for code, number in by_country("host", posts):
        found[code].host = number
    for code, number in by_country("host", posts.filter(stage="active")):
        found[code].active = number
    seat = then.filter(role="host", instrument=OuterRef("instrument")).order_by("pk").values("country")[:1]
    covering = then.filter(role="covered", instrument__in=posts.values("pk")).annotate(seat=Subquery(seat))
    for code, host, number in covering.values_list("country", "seat").annotate(count=count):
        found[code].covered += number
        if host:
            found[code].covered_from[host] = number
    return dict(found)


class PlacementList(InstrumentListPage):
    queryset = Placement.objects.all()
    filterset_class = PlacementFilter
    columns = PLACEMENT_COLUMNS
    resource = Placement.RESOURCE
    views = ("table", "map", "chart", "strip", "pivot", "changes")
    template_name = "placements/list.html"

    def sentence(self, found):
        if found.total > MOST_COUNTED:  # to find all their countries takes as long as all the rest
            return super().sentence(found)
        parts = CountryRole.objects.filter(in_force_on(self.clock.valid_on), role__in=("host", "covered"))
        posts = self.question.selection.order_by().values("pk")
        countries = parts.filter(instrument__in=posts).order_by().values("country").distinct().count()
        in_countries = ngettext("In or for {} country.", "In or for {} countries.", countries)
        return format_html("{} {}", super().sentence(found), format_html(in_countries, countries))

    @cached_property
    def countries_on_map(self):
        return on_map(self.question.selection, self.clock.valid_on)


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
