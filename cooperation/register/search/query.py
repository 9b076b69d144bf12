"""Words that are searched for: parsed in one place, asked of one index in one question, the best match first.

A word may stand in the record in another form or with a small error, alone or as part of a longer word.
`"A phrase"` stands there as it is written. `-word` and `-"a phrase"` leave out the records in which they stand.
"""

import re
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
from ..domain.text import LONGEST, SHORTEST_WITHIN, fold
from ..models import EarlierWords, Word
from ..models.compiled import AnyOfKeys

# What says nothing beside other words.
STOPWORDS = frozenset(
    (
        *("de", "het", "een", "en", "of", "van", "in", "op", "te", "tot", "voor", "met", "bij", "aan", "uit", "om"),
        *("door", "over", "naar", "als", "is", "zijn", "was", "wat", "welke"),
        *("the", "a", "an", "and", "or", "to", "for", "with", "by", "at", "from", "on", "as", "are", "were", "which"),
    )
)
WORD = re.compile(r"[^\W_]+")
PUNCTUATION = ".,;:!?'‘’()[]"
_MINUS = r"(?P<minus>(?<!\S)[-−])?"
_PHRASE = re.compile(rf'{_MINUS}["“”„«»](?P<text>[^"“”„«»]*)["“”„«»]?')
_LOOSE = re.compile(rf"{_MINUS}(?P<text>\S+)")


def words_of(folded: str) -> list[str]:
    """The words of a folded text, in order."""
    return [word[:LONGEST] for word in WORD.findall(folded)]


def country_mark(code: str) -> str:
    """How a country stands among the words of a record; no word is written like it."""
    return f"@{code}"


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: a word, words that stand side by side, or a reference."""

    words: tuple[str, ...] = ()
    reference: str = ""
    exact: bool = False  # as it is written, and in no other form

    def meant(self, meanings: dict[str, Sequence[str]]) -> list[Sequence[str]]:
        """For each of its words, those that may stand there."""
        return [(word,) if self.exact else meanings.get(word, (word,)) for word in self.words]

    def tsquery(self, meanings: dict[str, Sequence[str]], weight: str = "") -> str:
        """What to ask of a vector; with the weight `:A` only of the titles."""
        if self.reference:
            return f"('/{self.reference}' | '/{self.reference}-')"  # that it is the reference, or begins it
        either = (" | ".join(f"'{word}'{weight}" for word in words) for words in self.meant(meanings))
        return "(" + " <-> ".join(f"({words})" for words in either) + ")"


@dataclass(frozen=True)
class Words:
    """The words of one question, of a reader who may see records of these classifications (`levels`)."""

    text: str
    levels: tuple[str, ...] = ("public",)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def _parsed(self) -> list[tuple[bool, Term]]:
        """Every term, and whether it must not stand there: first the phrases, then references, then other words."""
        rest = fold(self.text)
        terms = [(bool(phrase["minus"]), _phrase(phrase["text"])) for phrase in _PHRASE.finditer(rest)]
        rest = _PHRASE.sub(_blank, rest)
        named = [(_is_minus(rest, start - 1), start, end, name) for start, end, name in references.found_in(rest)]
        for minus, start, end, name in named:
            terms.append((minus, Term(reference=name)))
            rest = rest[: start - minus] + " " * (end - start + minus) + rest[end:]
        loose = [(bool(word["minus"]), word["text"]) for word in _LOOSE.finditer(rest)]
        if named:
            loose = [(minus, word) for minus, word in loose if references.without_noise([word])]
        telling = [(minus, word) for minus, word in loose if minus or word.strip(PUNCTUATION) not in STOPWORDS]
        terms += [(minus, Term(tuple(words_of(word)))) for minus, word in (telling if terms or telling else loose)]
        return [(minus, term) for minus, term in dict.fromkeys(terms) if term.words or term.reference]

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
        forms = {word for term in self.excluded if not term.exact for word in term.words}
        return Word.objects.meanings(loose, forms, levels=self.levels)

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
        for term in self.wanted:
            asked = [{word, *meant} for word, meant in zip(term.words, term.meant(self.meanings), strict=True)]
            for place in range(len(words) - len(asked) + 1) if asked else ():
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


def _phrase(text: str) -> Term:
    """What stands between quotes: a reference in whatever spelling, or words as they are written."""
    whole = (name for start, end, name in references.found_in(text.strip()) if end - start == len(text.strip()))
    return next((Term(reference=name) for name in whole), Term(tuple(words_of(text)), exact=True))


def _is_minus(text: str, place: int) -> bool:
    return place >= 0 and text[place] in "-−" and (place == 0 or text[place - 1].isspace())


def _blank(match: re.Match) -> str:
    return " " * len(match[0])
