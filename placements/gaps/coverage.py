"""Which countries of a group have a post, which are covered from elsewhere, and what is known of the others."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F
from django.utils.translation import gettext as _t

from cooperation.register.domain.clock import Clock
from cooperation.register.domain.edtf import EDTF
from cooperation.register.domain.text import in_reader_language
from cooperation.register.models import Country

from .. import presence
from ..models import Placement
from ..presence import Has

NAMED = 200  # posts: with more of them countries show numbers, behind which the lists are


@dataclass
class CountryCoverage:
    """One country: how many posts there are in each role at each stage (`counts`), and which, where they are few."""

    country: Country
    counts: Counter[tuple[str, str, bool]] = field(default_factory=Counter)  # by role, stage, and certain or not
    posts: list[Placement] = field(default_factory=list)
    last_words: dict[tuple[str, str], EDTF | None] = field(default_factory=dict)  # by role and stage

    def number(self, role: str, stage: str) -> int:
        return self.counts[role, stage, True] + self.counts[role, stage, False]

    @cached_property
    def has(self) -> Has:
        return presence.has({(role, stage): self.number(role, stage) for role, stage, _certain in self.counts})

    @property
    def role(self) -> str:
        """The role in which posts make it what it `has`."""
        if self.has in (Has.POST, Has.COVERED):
            return "host" if self.has == Has.POST else "covered"
        return "host" if self.number("host", self.has.value) else "covered"

    @property
    def certain(self) -> bool:
        """Whether that is certain: a post is certainly active, or has certainly ended."""
        stage = "active" if self.has in (Has.POST, Has.COVERED) else self.has.value
        return self.has == Has.NONE or self.counts[self.role, stage, True] > 0

    @property
    def doubt(self) -> str:
        """Why it is not certain, in a word."""
        if self.certain:
            return ""
        is_seen = self.has not in (Has.POST, Has.COVERED) or self.number(self.role, "active")
        return _t("possibly") if is_seen else str(Placement.Stage.UNCONFIRMED.label)

    @property
    def is_gone(self) -> bool:
        """Whether a source says that the post is gone, and none that another followed."""
        return self.has == Has.ENDED and self.certain

    @property
    def since(self) -> EDTF | None:
        """When a source last spoke of posts that are not known any more, or have ended."""
        return self.last_words.get((self.role, self.has.value))

    @property
    def words(self) -> str:
        """What it has, in words; of a post that is not known any more or has ended, until when."""
        if self.has in (Has.NOT_KNOWN, Has.ENDED):
            return presence.last_word(self.has.value, self.role, self.since)
        return str(self.has.label)

    def posts_as(self, role: str) -> list[Placement]:
        return [post for post in self.posts if post.country_role == role]


def coverage(posts, countries, clock: Clock) -> list[CountryCoverage]:
    """These countries by name, with the posts (as asked `on` the clock) that sit in them or cover them on the day."""
    found = {country.pk: CountryCoverage(country) for country in countries.order_by(in_reader_language("sort"))}
    codes = countries.order_by().values("pk")
    for code, role, stage, certain, number in posts.by_country(clock.valid_on, "stage_certain", countries=codes):
        found[code].counts[role, stage, certain] = number
    silent = [code for code, entry in found.items() if entry.has in (Has.NOT_KNOWN, Has.ENDED)]
    for code, role, stage, date in posts.last_words(clock, silent) if silent else ():
        found[code].last_words[role, stage] = date
    if sum(entry.counts.total() for entry in found.values()) <= NAMED:
        for post in _by_name(posts.in_places(clock.valid_on, codes)):
            found[post.country_code].posts.append(post)
    return list(found.values())


def _by_name(posts) -> Iterable[Placement]:
    """These posts in the order of the stages, once for each country and role."""
    order = Placement.ladder.present + Placement.ladder.stages[:1]  # active, unconfirmed, planned
    role = {"country_code": F("countries__country"), "country_role": F("countries__role")}
    here = posts.filter(stage__in=order).annotate(**role)
    return sorted(here.distinct(), key=lambda post: (order.index(post.stage), not post.stage_certain, post.name))
