"""Words that are searched for: parsed in one place, asked of one index in one question, the best match first.

A word may stand in the record in another form, alone or as part of a longer word, in one word or with hyphens, or with
a small error where no record has it; a number may be a Roman one.
`"A phrase"` stands there as it is written. `-word` and `-"a phrase"` leave out the records in which they stand.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Exists, Expression, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Least, Length
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from ..domain import references
from ..domain.clock import Clock
from ..domain.text import SHORTEST_WITHIN, fold, sort_key
from ..models import EarlierWords, Instrument, StageSpan, Word
from ..models.compiled import AnyOfKeys
from ..models.words import Meanings
from .stages import stage_words
from .terms import NUMERALS, PUNCTUATION, Term, country_mark, parsed, words_of

MOST_TOLD = 3  # words that are shown in the place of one, in a text for people


@dataclass(frozen=True)
class Reading:
    """Words that were not taken as they stand: as they were typed, what asks for themselves, what was made of them."""

    typed: str
    itself: str
    values: tuple[str, ...]

    @property
    def closest(self) -> str:
        """The first few, as they are told to people; a name keeps its capital."""
        as_name = capfirst if self.typed[:1].isupper() else str
        return ", ".join(map(as_name, self.values[:MOST_TOLD]))


@dataclass(frozen=True)
class Words:
    """The words of one question, of a reader who may see records of these classifications (`levels`)."""

    text: str
    levels: tuple[str, ...] = ("public",)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def _parsed(self) -> list[tuple[bool, Term]]:
        return parsed(self.text, stage_words())

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
    def _found(self) -> dict[str, Meanings]:
        terms = [term for term in self.wanted if not term.exact]
        # A letter that belongs to a longer word (`e-evidence`) is only itself.
        loose, within = set(), {term.in_one for term in terms if term.in_one}
        for term in terms:
            words = {word for word in term.words if len(term.words) == 1 or len(word) >= SHORTEST_WITHIN}
            (within if term.stages else loose).update(words)
        excluded = [term for term in self.excluded if not term.exact]
        forms = {word for term in excluded for word in (*term.words, term.in_one) if word}
        numerals = {word: Meanings((word, NUMERALS[word])) for word in loose | forms if word in NUMERALS}
        found = Word.objects.meanings(
            loose - numerals.keys(), within - loose, forms - numerals.keys(), levels=self.levels
        )
        return found | numerals

    @cached_property
    def meanings(self) -> dict[str, Sequence[str]]:
        """For each word that may be written otherwise: the words that it can mean, closest first."""
        return {word: found.words for word, found in self._found.items()}

    # --- how it was read ---------------------------------------------------------------------------------------------

    @cached_property
    def _instead(self) -> dict[str, Sequence[str]]:
        return {}

    def show_instead(self, word: str, near: Sequence[str]) -> None:
        """Keep that nothing has this word, and what is shown in its place."""
        self._instead[word] = near

    @property
    def corrections(self) -> list["Reading"]:
        """The words that nothing has, each with what was looked for in its place, closest first."""
        return [
            Reading(self._as_typed(word.split()), self._for_itself(word.split()), tuple(near))
            for word, near in self._instead.items()
        ]

    def stages(self, clock: Clock) -> list["Reading"]:
        """The words that are read as a stage, each with the stages that they mean."""
        terms = [term for term in self.wanted if term.stages] if self._reads_stages(clock) else []
        return [Reading(self._as_typed(term.words), self._for_itself(term.words), term.stages) for term in terms]

    def told(self, clock: Clock) -> dict[str, list[dict]]:
        """The same for a program; without what there is none of."""
        corrected = [{"word": one.typed, "shown": list(one.values)} for one in self.corrections]
        read = [{"words": one.typed, "key": "stage", "values": list(one.values)} for one in self.stages(clock)]
        return {name: told for name, told in (("corrected", corrected), ("understood", read)) if told}

    def in_words(self, clock: Clock) -> str:
        """The words, with how they were read where that is not as they stand."""
        told = [
            _t("nothing for “%(typed)s”, looked for instead: %(words)s") % {"typed": one.typed, "words": one.closest}
            for one in self.corrections
        ]
        told += [_t("“%s” read as the stage") % one.typed for one in self.stages(clock)]
        return f"{self.text} ({'; '.join(told)})" if told else self.text

    def _as_typed(self, words: Sequence[str]) -> str:
        typed = [part for part in self.text.split() if set(words_of(fold(part))) & {*words}]
        return " ".join(typed).strip(PUNCTUATION) or " ".join(words)

    def _for_itself(self, words: Sequence[str]) -> str:
        """The question in which these words are asked as they are written."""
        these = re.compile(r"(?<!\w)" + r"\W+".join(words) + r"(?!\w)")
        return these.sub(f'"{" ".join(words)}"', fold(self.text))

    # --- the question to the database --------------------------------------------------------------------------------

    @cached_property
    def _days(self) -> dict[date, "_Then"]:
        return {}

    def _then(self, clock: Clock) -> "_Then":
        """What stood in records on a clock; asked once for all that is made of it."""
        return self._days.get(clock.known_on) or self._days.setdefault(clock.known_on, _Then(clock))

    @cached_property
    def _are_stages(self) -> dict[Clock, bool]:
        return {}

    def _reads_stages(self, clock: Clock) -> bool:
        """Whether words for a stage are read as that: unless something fits only where they are words as any others."""
        if not any(term.stages for term in self.wanted):
            return False
        if clock not in self._are_stages:
            records = Instrument.objects.filter(classification__in=self.levels).on(clock)
            fits = (records.filter(self._condition(clock, with_stages)).exists() for with_stages in (True, False))
            self._are_stages[clock] = next(fits) or not next(fits)
        return self._are_stages[clock]

    def _terms(self, with_stages: bool) -> list[Term]:
        """What is looked for as words."""
        return [term for term in self.wanted if not (with_stages and term.stages)]

    def condition(self, clock: Clock, countries: Iterable[str] = ()) -> Q:
        """Of a record: that all of this was in it on the clock, and nothing of what is excluded.

        `countries`: that it has, or has ever had, to do with one of these. When and how is to be asked besides; but so
        the index of words gives no more records than there are of both.
        """
        for word, found in self._found.items():
            if found.are_near:
                self.show_instead(word, found.words)
        return self._condition(clock, self._reads_stages(clock), countries)

    def _condition(self, clock: Clock, with_stages: bool, countries: Iterable[str] = ()) -> Q:
        every = " & ".join(term.tsquery(self.meanings) for term in self._terms(with_stages))
        whole = self.whole and Term(reference=self.whole).tsquery({})
        asked = " | ".join(filter(None, [every and f"({every})", whole]))
        excluded = " | ".join(term.tsquery(self.meanings) for term in self.excluded)
        if not (asked or excluded or with_stages):
            return Q(pk__in=())  # signs without a word are nowhere
        then = self._then(clock)
        if asked and (there := " | ".join(f"'{country_mark(code)}'" for code in countries)):
            asked = f"({asked}) & ({there})"
        found = then.found(asked) if asked else Q()
        if with_stages:
            stages = {stage for term in self.wanted for stage in term.stages}
            on_both_days = {"valid__contains": clock.valid_on, "known__contains": clock.known_on}
            found &= Q(Exists(StageSpan.objects.filter(instrument=OuterRef("pk"), stage__in=stages, **on_both_days)))
        return found & ~then.stood(excluded) if excluded else found

    def closeness(self, clock: Clock) -> Expression | None:
        """How well a record fits: its own reference first, then its name, then words in the title, then as written.

        None where nothing is looked for. A whole number, so that a cursor can come back to it. It asks only whether
        words stand there: to weigh how often would take as long as everything else together.
        """
        if not self.wanted:
            return None
        points, then = Value(0), self._then(clock)
        for name in self.references:
            own, cited = then.stood(f"'={name}'"), then.stood(f"'/{name}'")
            points += Case(When(own, then=40), When(cited, then=20), default=0)
        terms = [term for term in self._terms(self._reads_stages(clock)) if term.words]
        for term in terms:
            as_written, titled = term.tsquery({}, ":A"), term.tsquery(self.meanings, ":A")
            points += Case(
                When(words__vector=AsIs(as_written), then=3),
                When(words__vector=AsIs(titled), then=2),
                When(then.stood(term.tsquery({})), then=1),
                default=0,
            )
        if name := sort_key(self.text):
            points += Case(When(Q(sort_nl=name) | Q(sort_en=name), then=10), default=0)
        points *= 1000
        if terms:  # of titles that have them all, the one that says the least besides
            title = " & ".join(term.tsquery(self.meanings, ":A") for term in terms)
            little = 999 - Least(Length("sort_nl"), Length("sort_en"), 999)
            points += Case(When(words__vector=AsIs(title), then=little), default=0)
        return Cast(points, IntegerField())

    def naming(self, clock: Clock) -> Q:
        """Of a record: that it is known by a reference that is looked for, and does not only name it."""
        names = " | ".join(f"'={name}'" for name in self.references)
        return self._then(clock).stood(names) if names else Q(pk__in=())

    def over(self, told: Callable[[str], Q], near: Callable[[str], Q | None] = lambda text: None) -> Q:
        """The same of a small table: `told(text)` is the condition that one text stands in a row.

        `near(text)` is what to ask in its place, where no row has it.
        """
        if not self._parsed:
            return Q(pk__in=())
        found = Q()
        for minus, term in self._parsed:
            text = term.reference or " ".join(term.words)
            other = None if minus or term.exact else near(text)
            found &= ~told(text) if minus else other or told(text)
        return found

    # --- the text that was found -------------------------------------------------------------------------------------

    def found_in(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where what is looked for stands among the words of a text: the first word, and the one after the last."""
        for term in self.wanted:
            yield from self._places(term, words)

    def standing_in(self, text: str) -> set[Term]:
        """What of it stands in a text."""
        words = _words_in(text)
        return {term for term in self.wanted if next(self._places(term, words), None)}

    @cached_property
    def _forms(self) -> dict[Term, tuple[set[str], list[set[str]]]]:
        """Of each term what may stand there as one word, and of several words what may stand there for each."""
        forms = {}
        for term in self.wanted:
            one = term.words[0] if len(term.words) == 1 else term.in_one
            alone = {one, *(() if term.exact else self.meanings.get(one, ()))} if one else set()
            each = zip(term.words, term.meant(self.meanings), strict=True) if len(term.words) > 1 else ()
            forms[term] = alone, [{word, *meant} for word, meant in each]
        return forms

    def _places(self, term: Term, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        alone, each = self._forms[term]
        together = "".join(words)
        if any(word in together for word in alone):  # in most texts none of them, which is found out quicker so
            for place in range(len(words)):
                # What is asked as one word may stand there with hyphens.
                lengths = (length for length in (3, 2, 1) if "".join(words[place : place + length]) in alone)
                if length := next(lengths, 0):
                    yield place, min(place + length, len(words))
        for place in range(len(words) - len(each) + 1) if each else ():
            if all(words[place + number] in these for number, these in enumerate(each)):
                yield place, place + len(each)


@lru_cache(4096)  # searches find the same records again and again
def _words_in(text: str) -> Sequence[str]:
    return words_of(fold(text))


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
