"""Pages of placements."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from cooperation.register import charts
from cooperation.register.charts import CountryOnMap
from cooperation.register.domain.clock import Clock
from cooperation.register.lists.facets import MOST_COUNTED
from cooperation.register.models import Country, CountryRole
from cooperation.register.models.queryset import in_force_on
from cooperation.register.views import DetailPage, InstrumentListPage
from cooperation.register.views.detail import Detail, fact


def on_map(posts: QuerySet, day: date) -> dict[str, CountryOnMap]:
    """How many of these posts sit in a country, and how many cover it from which other."""
    found: defaultdict[str, CountryOnMap] = defaultdict(CountryOnMap)
    roles = CountryRole.objects.filter(in_force_on(day)).order_by()
    posts, count = posts.order_by(), Count("instrument", distinct=True)
    seat = roles.filter(role="host", instrument=OuterRef("instrument")).order_by("pk").values("country")[:1]
    held = roles.filter(role__in=("host", "covered"), instrument__in=posts.values("pk")).annotate(seat=Subquery(seat))
    is_active = Q(instrument__in=posts.filter(stage="active").values("pk"))
    counts = held.values_list("role", "country", "seat").annotate(
        count=count, active=Count("instrument", distinct=True, filter=is_active)
    )
    for role, code, host, number, active in counts:
        here = found[code]
        if role == "host":
            here.host += number
            here.active += active
            continue
        here.covered += number
        if host:
            here.covered_from[host] = number
    return dict(found)


def country_sentence(posts: QuerySet, country: Country, clock: Clock) -> str:
    """What can be said aloud of the posts in or for a country."""
    here = posts.model.objects.in_country([country.code], clock.valid_on, ["host"]).values("pk")
    counted = (
        posts.order_by().values_list("stage").annotate(count=Count("pk"), sitting=Count("pk", filter=Q(pk__in=here)))
    )
    stages = {stage: (count, sitting) for stage, count, sitting in counted}
    if not stages:
        return _t("The register knows no post in or for %s on this day.") % country.name
    order = [stage for stage in posts.model.ladder.every_stage if stage in stages]
    count = sum(count for count, _sitting in stages.values())
    return ngettext(
        "%(count)d post in or for %(country)s on this day: %(stages)s. %(sitting)d of them sits there.",
        "%(count)d posts in or for %(country)s on this day: %(stages)s. %(sitting)d of them sit there.",
        count,
    ) % {
        "count": count,
        "country": country.name,
        "stages": ", ".join(f"{stages[stage][0]} {posts.model.Stage(stage).label}" for stage in order),
        "sitting": sum(sitting for _count, sitting in stages.values()),
    }


def countries_named(page: InstrumentListPage, found) -> Iterator[str]:
    """In or for how many countries these posts are."""
    if found.total > MOST_COUNTED:  # to find all their countries takes as long as all the rest
        return
    parts = CountryRole.objects.filter(in_force_on(page.clock.valid_on), role__in=("host", "covered"))
    posts = page.question.selection.order_by().values("pk")
    countries = parts.filter(instrument__in=posts).order_by().values("country").distinct().count()
    words = ngettext("In or for {} country.", "In or for {} countries.", countries)
    yield format_html(words, countries)


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
    def figures(self, record, clock):
        return {"strip": charts.strip([record], clock)}
