"""Words that are searched for: parsed in one place, asked of one index in one question, the best match first.

A word may stand in the record in another form, alone or as part of a longer word, in one word or with hyphens, or with
a small error where no record has it; a number may be a Roman one.
`"A phrase"` stands there as it is written. `-word` and `-"a phrase"` leave out the records in which they stand.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Exists, Expression, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Least, Length

from ..domain import references
from ..domain.clock import Clock
from ..domain.text import SHORTEST_WITHIN
from ..models import EarlierWords, Word
from ..models.compiled import AnyOfKeys
from .terms import NUMERALS, Term, country_mark, parsed


@dataclass(frozen=True)
class Words:
    """The words of one question, of a reader who may see records of these classifications (`levels`)."""

    text: str
    levels: tuple[str, ...] = ("public",)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def _parsed(self) -> list[tuple[bool, Term]]:
        return parsed(self.text)

    @cached_property
    def wanted(self) -> list[Term]:
        return [term for minus, term in self._parsed if not minus]

    @cached_property
    def excluded(self) -> list[Term]:
        return [term for minus, term in self._parsed if minus]

    @cached_property
    def references(self) -> list[str]:
        """The references that are looked for, each in its one spelling."""
        return [*filter(None, dict.fromkeys([*(term.reference for term in self.wanted), self.whole]))]

    @cached_property
    def whole(self) -> str:
        """The reference that all of the words may be together: a key, or a number of some other document."""
        return "" if self.excluded or any(term.exact for term in self.wanted) else references.spelling(self.text)

    @cached_property
    def meanings(self) -> dict[str, Sequence[str]]:
        """For each word that may be written otherwise: the words that it can mean, closest first."""
        terms = [term for term in self.wanted if not term.exact]
        # A letter that belongs to a longer word (`e-evidence`) is only itself.
        loose = {word for term in terms for word in term.words if len(term.words) == 1 or len(word) >= SHORTEST_WITHIN}
        loose |= {term.in_one for term in terms if term.in_one}
        excluded = [term for term in self.excluded if not term.exact]
        forms = {word for term in excluded for word in (*term.words, term.in_one) if word}
        numerals = {word: (word, NUMERALS[word]) for word in loose | forms if word in NUMERALS}
        found = Word.objects.meanings(loose - numerals.keys(), forms - numerals.keys(), levels=self.levels)
        return found | numerals

    # --- the question to the database --------------------------------------------------------------------------------

    @cached_property
    def _days(self) -> dict[date, "_Then"]:
        return {}

    def _then(self, clock: Clock) -> "_Then":
        """What stood in records on a clock; asked once for all that is made of it."""
        return self._days.get(clock.known_on) or self._days.setdefault(clock.known_on, _Then(clock))

    def condition(self, clock: Clock, countries: Iterable[str] = ()) -> Q:
        """Of a record: that all of this was in it on the clock, and nothing of what is excluded.

        `countries`: that it has, or has ever had, to do with one of these. When and how is to be asked besides; but so
        the index of words gives no more records than there are of both.
        """
        every = " & ".join(term.tsquery(self.meanings) for term in self.wanted)
        whole = self.whole and Term(reference=self.whole).tsquery({})
        asked = " | ".join(filter(None, [every and f"({every})", whole]))
        excluded = " | ".join(term.tsquery(self.meanings) for term in self.excluded)
        if not (asked or excluded):
            return Q(pk__in=())  # signs without a word are nowhere
        then = self._then(clock)
        if asked and (there := " | ".join(f"'{country_mark(code)}'" for code in countries)):
            asked = f"({asked}) & ({there})"
        found = then.found(asked) if asked else Q()
        return found & ~then.stood(excluded) if excluded else found

    def closeness(self, clock: Clock) -> Expression | None:
        """How well a record fits: its own reference first, then words in the title, then words as they were written.

        None where nothing is looked for. A whole number, so that a cursor can come back to it. It asks only whether
        words stand there: to weigh how often would take as long as everything else together.
        """
        if not self.wanted:
            return None
        points, then = Value(0), self._then(clock)
        for name in self.references:
            own, cited = then.stood(f"'={name}'"), then.stood(f"'/{name}'")
            points += Case(When(own, then=40), When(cited, then=20), default=0)
        terms = [term for term in self.wanted if term.words]
        for term in terms:
            as_written, titled = term.tsquery({}, ":A"), term.tsquery(self.meanings, ":A")
            points += Case(
                When(words__vector=AsIs(as_written), then=3),
                When(words__vector=AsIs(titled), then=2),
                When(then.stood(term.tsquery({})), then=1),
                default=0,
            )
        points *= 1000
        if terms:  # of titles that have them all, the one that says the least besides
            title = " & ".join(term.tsquery(self.meanings, ":A") for term in terms)
            little = 999 - Least(Length("sort_nl"), Length("sort_en"), 999)
            points += Case(When(words__vector=AsIs(title), then=little), default=0)
        return Cast(points, IntegerField())

    def over(self, told: Callable[[str], Q]) -> Q:
        """The same of a small table: `told(text)` is the condition that one text stands in a row."""
        if not self._parsed:
            return Q(pk__in=())
        found = Q()
        for minus, term in self._parsed:
            there = told(term.reference or " ".join(term.words))
            found &= ~there if minus else there
        return found

    # --- the text that was found -------------------------------------------------------------------------------------

    def found_in(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where what is looked for stands among the words of a text: the first word, and the one after the last."""
        asked = [term.words[0] if len(term.words) == 1 else term.in_one for term in self.wanted]
        one = {meant for word in asked if word for meant in (word, *self.meanings.get(word, ()))}
        for place in range(len(words)):
            # What is asked as one word may stand there with hyphens.
            lengths = (length for length in (3, 2, 1) if "".join(words[place : place + length]) in one)
            if length := next(lengths, 0):
                yield place, min(place + length, len(words))
        for term in self.wanted:
            asked = [{word, *meant} for word, meant in zip(term.words, term.meant(self.meanings), strict=True)]
            for place in range(len(words) - len(asked) + 1) if len(asked) > 1 else ():
                if all(words[place + number] in these for number, these in enumerate(asked)):
                    yield place, place + len(asked)


class AsIs(SearchQuery):
    """A question to a vector, written as PostgreSQL itself writes one."""

    SEARCH_TYPES = {"plain": ""}  # no function makes it
    template = "(%(expressions)s)::tsquery"


class _Then:
    """What stood in records on a clock: on most days what stands there now, else perhaps what stood there earlier."""

    def __init__(self, clock: Clock):
        self.day = clock.known_on
        earlier = EarlierWords.objects
        self.earlier = earlier.filter(known_from__lte=self.day, known_until__gt=self.day)
        self.is_past = self.earlier.exists()

    def stood(self, asked: str) -> Q:
        """The condition that this stood in a record."""
        if not self.is_past:
            return Q(words__vector=AsIs(asked))
        earlier = self.earlier.filter(instrument=OuterRef("pk"), vector=AsIs(asked))
        return Q(words__vector=AsIs(asked), words__known_from__lte=self.day) | Exists(earlier)

    def found(self, asked: str) -> Q:
        """The same, to begin with: what stood there earlier is found first, and looked up in the index of records."""
        if not self.is_past:
            return self.stood(asked)
        now = Q(words__vector=AsIs(asked), words__known_from__lte=self.day)
        earlier = self.earlier.filter(vector=AsIs(asked)).order_by().values("instrument")
        return now | Q(AnyOfKeys(F("words__instrument"), ArraySubquery(earlier)))
