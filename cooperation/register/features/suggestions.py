"""What the words of a search are the name of: at most three links above the results, on the day that the words name."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _t

from ..domain import references
from ..domain.clock import Clock
from ..domain.days import day_in
from ..domain.text import fold, reader_languages
from ..models import Country, Instrument, Organisation, Source
from ..search.query import Words
from ..search.terms import NUMERALS, words_of
from ..templatetags.register import at

MOST = 3
_SHORT = re.compile(r"\(([A-Z][A-Z0-9-]+)\)")  # RST, MAOC-N
OFFERED = 6  # countries, organisations and sources of a name


class Link(NamedTuple):
    text: str
    url: str
    is_meant: bool = False  # it is what the words name, and not only something of that name


class Suggestions:
    """What words name, for a reader. `first` is the record that the list has first on its clock."""

    def __init__(self, words: Words, clock: Clock, user: Any, first: Instrument | None):
        self.user, self.first = user, first
        self.day, self.rest = day_in(words.text, Clock.on().valid_on)
        if not references.names_in(words.text) <= references.names_in(self.rest):
            self.day, self.rest = None, words.text  # the year of a reference
        self.clock = Clock(self.day, clock.known_on) if self.day else clock
        self.words = Words(self.rest, words.levels)  # apart, as what is near a name was not looked for in the list

    @cached_property
    def links(self) -> list[Link]:
        """What is meant, and with a day the search on that day."""
        found = [*filter(None, [self._record()]), *(link for _label, links in self._named for link in links)]
        meant = [self._on_the_day(link) for link in found if link.is_meant]
        return [*meant[: MOST - 1], self._that_day()] if self.day else meant[:MOST]

    @property
    def offered(self) -> list[dict[str, Any]]:
        """Countries, organisations and sources of that name, each with its page."""
        suggested = {link.url for link in self.links}
        groups = [
            (label, [link for link in map(self._with_clock, links) if link.url not in suggested])
            for label, links in self._named
        ]
        return [{"label": label, "links": links} for label, links in groups if links]

    def _that_day(self) -> Link:
        """The search on the day that was named, or the whole register."""
        day = format_date(self.day, "j F Y")
        if not self.rest:
            return self._with_clock(Link(_t("The register on %s") % day, reverse("home")))
        text = _t("Search for “%(words)s” on %(day)s") % {"words": self.rest, "day": day}
        return self._with_clock(Link(text, f"{reverse('instruments-list')}?{urlencode({'q': self.rest})}"))

    def _with_clock(self, link: Link) -> Link:
        return link._replace(url=at(link.url, self.clock))

    def _on_the_day(self, link: Link) -> Link:
        link = self._with_clock(link)
        if not self.day:
            return link
        words = {"name": link.text, "day": format_date(self.day, "j F Y")}
        return link._replace(text=_t("%(name)s on %(day)s") % words)

    # --- records -----------------------------------------------------------------------------------------------------

    def _record(self) -> Link | None:
        """The record that is meant: it is called so, or known by that reference."""
        record = self._best_that_day() if self.day else self.first
        if record is None or not self._is_meant(record):
            return None
        return Link(record.name, record.get_absolute_url(), True)

    def _best_that_day(self) -> Instrument | None:
        records = Instrument.objects.visible_to(self.user).on(self.clock).matching(self.words, self.clock)
        closeness = self.words.closeness(self.clock)
        if closeness is None:
            return None
        keys = records.order_by(closeness.desc(), "key").values_list("pk", flat=True)[:1]
        return next(iter(records.fetch_keys(list(keys), self.clock, self.user)), None)

    def _is_meant(self, record: Instrument) -> bool:
        own = Instrument.objects.filter(self.words.naming(self.clock), pk=record.pk)
        return self._is_name(*record.names) or (bool(self.words.references) and own.exists())

    def _is_name(self, *names: str) -> bool:
        asked = _plain(self.rest)
        return bool(asked) and any(_plain(part) == asked for name in names for part in _parts(name))

    def _is_reference(self, *texts: str) -> bool:
        asked = {*self.words.references}
        return any(references.spelling(text) in asked or asked & references.names_in(text) for text in texts if text)

    # --- countries, organisations, sources ---------------------------------------------------------------------------

    @cached_property
    def _named(self) -> list[tuple[str, list[Link]]]:
        """Those of that name, by what they are; read in one statement."""
        language, other = reader_languages()
        name = Coalesce(NullIf(f"name_{language}", Value("")), f"name_{other}")
        tables = [
            (_t("Countries"), Country, "code", name, f"sort_{language}", f"name_{other}"),
            (_t("Organisations"), Organisation, "key", name, f"sort_{language}", f"name_{other}"),
            (_t("Sources"), Source, "key", F("title"), "sort", "reference"),
        ]
        first, *others = [
            model.objects.visible_to(self.user)
            .named(self.words)
            .order_by(sort)
            .values_list(Value(place), sort, also, key, text)[:OFFERED]
            for place, (_label, model, key, text, sort, also) in enumerate(tables)
        ]
        found: dict[str, list[Link]] = {}
        for place, _sort, also, value, text in sorted(first.union(*others, all=True)):
            label, model, key, *_rest = tables[place]
            is_meant = self._is_reference(also, value) if model is Source else self._is_name(text, also, value)
            link = Link(text, model(**{key: value}).get_absolute_url(), is_meant)
            found.setdefault(label, []).append(link)
        return list(found.items())


def _plain(name: str) -> list[str]:
    """The words of a name; numbers as digits."""
    return [NUMERALS.get(word, word) if word.isalpha() else word for word in words_of(fold(name))]


def _parts(name: str) -> Iterator[str]:
    """A name, and what it is called for short: “Interpol, General Secretariat (IPSG)”."""
    yield name
    yield from _SHORT.findall(name)
    yield re.split(r"[,(]", name)[0]
