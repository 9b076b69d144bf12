"""Terms: what a text that is searched for asks, as words, phrases and references."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..domain import references
from ..domain.text import LONGEST, fold

# What says nothing beside other words.
STOPWORDS = frozenset(
    (
        *("de", "het", "een", "en", "of", "van", "in", "op", "te", "tot", "voor", "met", "bij", "aan", "uit", "om"),
        *(
            "door",
            "over",
            "naar",
            "als",
            "is",
            "zijn",
            "was",
            "wat",
            "wie",
            "waar",
            "welke",
            "hoeveel",
            "wij",
            "we",
            "er",
        ),
        *("the", "a", "an", "and", "or", "to", "for", "with", "by", "at", "from", "on", "as", "are", "were", "which"),
        *("what", "who", "where", "have", "do"),
    )
)
WORD = re.compile(r"[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_POSSESSIVE = re.compile(r"(?<=\w)['’`´]s\b")  # MoU's
# What is more often a letter (v, x) than a number is left out.
_ROMAN = ("ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix")
_VALUES = (2, 3, 4, 6, 7, 8, 9, *range(11, 20))
NUMERALS = {roman: str(value) for roman, value in zip(_ROMAN, _VALUES, strict=True)}
NUMERALS |= {number: roman for roman, number in NUMERALS.items()}
_LONGEST_STAGE = 3  # words: niet van kracht
PUNCTUATION = ".,;:!?'‘’()[]"
_MINUS = r"(?P<minus>(?<!\S)[-−])?"
_PHRASE = re.compile(rf'{_MINUS}["“”„«»](?P<text>[^"“”„«»]*)["“”„«»]?')
_LOOSE = re.compile(rf"{_MINUS}(?P<text>\S+)")


def words_of(folded: str) -> list[str]:
    """The words of a folded text, in order."""
    return [word[:LONGEST] for word in WORD.findall(folded)]


def compounds_of(folded: str) -> Iterator[tuple[int, str]]:
    """What is written with hyphens as one word, with the place of its first part among the words of the text."""
    place = 0
    for match in _HYPHENATED.finditer(folded):
        parts = match[0].split("-")
        if len(parts) > 1 and all(map(str.isalpha, parts)):
            yield place, "".join(parts)[:LONGEST]
        place += len(parts)


def country_mark(code: str) -> str:
    """How a country stands among the words of a record; no word is written like it."""
    return f"@{code}"


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: a word, words that stand side by side, or a reference."""

    words: tuple[str, ...] = ()
    reference: str = ""
    exact: bool = False  # as it is written, and in no other form
    stages: tuple[str, ...] = ()  # that these words mean

    @property
    def in_one(self) -> str:
        """The words of a compound written as one: `informatie-uitwisseling` is also `informatieuitwisseling`."""
        is_compound = len(self.words) > 1 and not self.exact and all(map(str.isalpha, self.words))
        return "".join(self.words)[:LONGEST] if is_compound else ""

    def meant(self, meanings: dict[str, Sequence[str]]) -> list[Sequence[str]]:
        """For each of its words, those that may stand there."""
        return [(word,) if self.exact else meanings.get(word, (word,)) for word in self.words]

    def tsquery(self, meanings: dict[str, Sequence[str]], weight: str = "") -> str:
        """What to ask of a vector; with the weight `:A` only of the titles."""
        if self.reference:
            return f"('/{self.reference}' | '/{self.reference}-')"  # that it is the reference, or begins it
        either = [" | ".join(f"'{word}'{weight}" for word in words) for words in self.meant(meanings)]
        asked = " <-> ".join(f"({words})" for words in either)
        in_one = " | ".join(f"'{word}'{weight}" for word in meanings.get(self.in_one, (self.in_one,)) if word)
        return f"({asked} | {in_one})" if in_one else f"({asked})"


def parsed(text: str, stages: Mapping[tuple[str, ...], tuple[str, ...]]) -> list[tuple[bool, Term]]:
    """Every term, and whether it must not stand there: phrases, references, words for `stages`, other words."""
    rest = fold(text)
    terms = [(bool(phrase["minus"]), _phrase(phrase["text"])) for phrase in _PHRASE.finditer(rest)]
    rest = _PHRASE.sub(_blank, rest)
    named = [(_is_minus(rest, start - 1), start, end, name) for start, end, name in references.found_in(rest)]
    for minus, start, end, name in named:
        terms.append((minus, Term(reference=name)))
        rest = rest[: start - minus] + " " * (end - start + minus) + rest[end:]
    loose = [(bool(word["minus"]), word["text"]) for word in _LOOSE.finditer(rest)]
    if named:
        loose = [(minus, word) for minus, word in loose if references.without_noise([word])]
    staged, loose = _staged(loose, stages)
    terms += [(False, term) for term in staged]
    telling = [(minus, word) for minus, word in loose if minus or word.strip(PUNCTUATION) not in STOPWORDS]
    words = telling if terms or telling else loose
    terms += [(minus, Term(tuple(words_of(_POSSESSIVE.sub("", word))))) for minus, word in words]
    return [(minus, term) for minus, term in dict.fromkeys(terms) if term.words or term.reference]


def _staged(
    loose: list[tuple[bool, str]], stages: Mapping[tuple[str, ...], tuple[str, ...]]
) -> tuple[list[Term], list[tuple[bool, str]]]:
    """The words that are those for a stage, the longest first (`niet van kracht`), and the others."""
    found, others, place = [], [], 0
    while place < len(loose):
        for end in range(min(place + _LONGEST_STAGE, len(loose)), place, -1):
            words = tuple(word for _minus, text in loose[place:end] for word in words_of(text))
            if words in stages and not any(minus for minus, _text in loose[place:end]):
                found.append(Term(words, stages=stages[words]))
                place = end
                break
        else:
            others.append(loose[place])
            place += 1
    return found, others


def _phrase(text: str) -> Term:
    """What stands between quotes: a reference in whatever spelling, or words as they are written."""
    whole = (name for start, end, name in references.found_in(text.strip()) if end - start == len(text.strip()))
    return next((Term(reference=name) for name in whole), Term(tuple(words_of(text)), exact=True))


def _is_minus(text: str, place: int) -> bool:
    return place >= 0 and text[place] in "-−" and (place == 0 or text[place - 1].isspace())


def _blank(match: re.Match) -> str:
    return " " * len(match[0])
