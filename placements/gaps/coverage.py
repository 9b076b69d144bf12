"""Who sits in each country of a group, who covers it from elsewhere, and where nobody does."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F

from cooperation.register.domain.text import in_reader_language
from cooperation.register.models import Country, CountryRole
from cooperation.register.models.queryset import in_force_on

from ..models import Placement

NAMED = 200  # posts: with more of them countries show numbers, behind which the lists are
ROLES = ("host", "covered")
# What a country has, from least to most.
NOBODY, COVERED, POST = "nobody", "covered", "post"


@dataclass
class CountryCoverage:
    """One country: how many posts there are in each role at each stage (`counts`), and which, where they are few.

    A post counts while it is active, certainly or possibly. What is planned, unconfirmed, not known or ended is counted
    beside it, so that a reader can judge, and decides nothing.
    """

    country: Country
    counts: Counter[tuple[str, str, bool]] = field(default_factory=Counter)  # by role, stage, and certain or not
    posts: list[Placement] = field(default_factory=list)

    def active(self, role: str, *, certainly: bool = False) -> int:
        sure = self.counts[role, "active", True]
        return sure if certainly else sure + self.counts[role, "active", False]

    def number(self, role: str, stage: str) -> int:
        return self.counts[role, stage, True] + self.counts[role, stage, False]

    @property
    def has(self) -> str:
        return next((has for role, has in (("host", POST), ("covered", COVERED)) if self.active(role)), NOBODY)

    @property
    def certain(self) -> bool:
        """Whether it stands on a post that is certainly active; that there is nobody, is as sure as the register."""
        return self.has == NOBODY or bool(self.active("host" if self.has == POST else "covered", certainly=True))

    @property
    def uncounted(self) -> int:
        """Posts there or for the country that may still be there, or are to come, but are not active."""
        return sum(self.number(role, stage) for role in ROLES for stage in ("planned", "unconfirmed"))

    def posts_as(self, role: str) -> list[Placement]:
        return [post for post in self.posts if post.country_role == role]


def coverage(posts, countries, day) -> list[CountryCoverage]:
    """These countries by name, with the posts (as asked `on` a clock) that sit in them or cover them on the day."""
    found = {country.pk: CountryCoverage(country) for country in countries.order_by(in_reader_language("sort"))}
    held = CountryRole.objects.filter(in_force_on(day), role__in=ROLES, country__in=countries.order_by().values("pk"))
    there = posts.order_by().filter(countries__in=held)
    parts = there.values_list("countries__country", "countries__role", "stage", "stage_certain")
    for code, role, stage, certain, number in parts.annotate(count=Count("pk", distinct=True)):
        found[code].counts[role, stage, certain] = number
    if sum(entry.counts.total() for entry in found.values()) <= NAMED:
        for post in _by_name(there):
            found[post.country_code].posts.append(post)
    return list(found.values())


def _by_name(posts) -> Iterable[Placement]:
    """These posts in the order of the stages, once for each country and role."""
    order = Placement.ladder.stages[1:3] + Placement.ladder.stages[:1]  # active, unconfirmed, planned
    role = {"country_code": F("countries__country"), "country_role": F("countries__role")}
    here = posts.filter(stage__in=order).annotate(**role)
    return sorted(here.distinct(), key=lambda post: (order.index(post.stage), not post.stage_certain, post.name))
