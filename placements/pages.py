"""Pages of placements."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from cooperation.register import charts
from cooperation.register.charts import CountryOnMap
from cooperation.register.domain.clock import Clock
from cooperation.register.lists.facets import MOST_COUNTED
from cooperation.register.models import Country
from cooperation.register.views import DetailPage, InstrumentListPage
from cooperation.register.views.detail import Detail, fact

from . import network, presence


def on_map(posts: QuerySet, day: date) -> dict[str, CountryOnMap]:
    """How many of these posts sit in a country, how many cover it from which other, and how many do not or not yet."""
    found: defaultdict[str, CountryOnMap] = defaultdict(CountryOnMap)
    for code, role, stage, seat, number in posts.with_seat(day).by_country(day, "seat"):
        here = found[code]
        if stage not in posts.model.ladder.present:
            if role == "host" or seat != code:  # what sits there and covers it as well, is one post
                name = "planned" if stage == "planned" else "past"
                setattr(here, name, getattr(here, name) + number)
        elif role == "host":
            here.host += number
            here.active += number if stage == "active" else 0
        else:
            here.covered += number
            if seat:
                here.covered_from[seat] += number
    return dict(found)


def country_sentence(posts: QuerySet, country: Country, clock: Clock) -> str:
    """What can be said aloud of the posts in or for a country: those that are there, then what is known of others."""
    counts: Counter[tuple[str, str]] = Counter()
    for _code, role, stage, number in posts.by_country(clock.valid_on, countries=[country.code]):
        counts[role, stage] = number
    last = {}
    if any(counts[role, stage] for role in presence.ROLES for stage in ("not_known", "ended")):
        for _code, role, stage, date_ in posts.last_words(clock, [country.code]):
            last[role, stage] = date_
    return " ".join(presence.sentences(counts, last, country))


def countries_named(page: InstrumentListPage, found) -> Iterator[str]:
    """In how many countries there is a post, by these posts, and how many more are covered."""
    if found.total > MOST_COUNTED:  # to find all their countries takes as long as all the rest
        return
    by_role: defaultdict[str, set[str]] = defaultdict(set)
    for code, role, _stage, _count in page.question.selection.present().by_country(page.clock.valid_on):
        by_role[role].add(code)
    hosts, covered = len(by_role["host"]), len(by_role["covered"] - by_role["host"])
    if words := charts.posts_in_words(hosts, covered):
        yield words


def sentences(page: InstrumentListPage, found) -> Iterator[str]:
    """What the list says after its first sentence: in how many countries, and what sources count beside it."""
    yield from countries_named(page, found)
    yield from network.beside(page.question, type(page))


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
