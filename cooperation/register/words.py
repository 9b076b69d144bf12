"""Words that are searched for: by stem in Dutch and English, with accents and small errors forgiven, best first."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Case, Expression, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Greatest, Round

from . import references
from .text import fold

# Shorter words are not searched for with typing errors: too much is alike. Of the shortest, only whole beginnings.
SHORTEST_MISSPELT = 4
SHORTEST_WITHIN = 3
LEAST_ALIKE = 0.75
PUNCTUATION = ".,;:!?\"'“”‘’()[]"
# What says nothing beside other words.
STOPWORDS = frozenset(
    (
        *("de", "het", "een", "en", "of", "van", "in", "op", "te", "tot", "voor", "met", "bij", "aan", "uit", "om"),
        *("door", "over", "naar", "als", "is", "zijn", "was", "wat", "welke"),
        *("the", "a", "an", "and", "or", "to", "for", "with", "by", "at", "from", "on", "as", "are", "were", "which"),
    )
)


@dataclass(frozen=True)
class Words:
    """The words of one question."""

    text: str

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def references(self) -> list[str]:
        """The references among the words, each in its one spelling."""
        return list(dict.fromkeys(name for _start, _end, name in references.found_in(self.folded)))

    @cached_property
    def words(self) -> list[str]:
        """The other words, without those that say nothing."""
        rest = self.folded
        for start, end, _name in references.found_in(self.folded):
            rest = rest[:start] + " " * (end - start) + rest[end:]
        words = [word.strip(PUNCTUATION) or word for word in rest.split()]
        if self.references:
            words = [word for word in references.without_noise(words) if any(map(str.isalnum, word))]
        telling = [word for word in words if word not in STOPWORDS]
        return list(dict.fromkeys(telling if telling or self.references else words))

    def condition(self) -> Q:
        """Of a record: that all of the words are somewhere in its text, or that it is what the words refer to."""
        found = Q()
        for name in self.references:
            found &= _refers_to(name)
        for word in self.words:
            found &= self._within(word)
        whole = references.spelling(self.text)
        return found | _refers_to(whole) if whole else found

    @staticmethod
    def _within(word: str) -> Q:
        if len(word) < SHORTEST_WITHIN:
            return Q(search_text__regex=rf"\m{word}") if word.isalnum() else Q(search_text__contains=word)
        there = Q(search_text__contains=word) | Q(search_vector=_stems(word))
        if len(word) >= SHORTEST_MISSPELT:
            there |= Q(search_text__trigram_word_similar=word)
        return there

    def closeness(self) -> Expression:
        """How well a record fits: its own reference first, then the words in its title, then how often they stand."""
        told = SearchRank(F("search_vector"), reduce(or_, map(_stems, self.words or [self.folded])))
        titled = Greatest(TrigramWordSimilarity(self.folded, "sort_nl"), TrigramWordSimilarity(self.folded, "sort_en"))
        points = Round((told + titled) * 1000)
        for name in {*self.references, references.spelling(self.text)} - {""}:
            own = When(search_text__contains=f" /{name}/", then=Value(4000))
            cited = When(search_text__contains=f"/{name}/", then=Value(2000))
            points += Case(own, cited, default=Value(0))
        return Cast(points, IntegerField())  # a whole number, so that a cursor can come back to it

    def find(self, token: str) -> bool:
        """Whether a folded word of a text is one of these, for a reader who looks for them."""
        return any(word in token or _alike(word, token) for word in self.words if word not in STOPWORDS)


def _stems(word: str) -> SearchQuery:
    return SearchQuery(word, config="dutch") | SearchQuery(word, config="english")


def _refers_to(name: str) -> Q:
    """That it is the record's reference, or begins it (`29628` of `29628-1053`)."""
    return Q(search_text__contains=f"/{name}/") | Q(search_text__contains=f"/{name}-")


def _alike(word: str, token: str) -> bool:
    if min(len(word), len(token)) < SHORTEST_MISSPELT:
        return False
    stem = re.match(r"(.{4,}?)(en|s|es|e|ing|ed|ies|y)?$", word)[1]
    same_stem = token.startswith(stem) and len(token) - len(stem) <= len("ing")
    return same_stem or (word[0] == token[0] and SequenceMatcher(None, word, token).ratio() >= LEAST_ALIKE)
