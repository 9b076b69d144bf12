"""Stages in a question: `van kracht` asks for the stage, which follows from the clock and stands in no index."""

from collections.abc import Iterator, Sequence
from functools import cache

from ..domain.text import fold, in_both_languages
from ..models import kinds
from .terms import words_of

Stages = dict[tuple[str, ...], tuple[str, ...]]


@cache
def stage_words() -> Stages:
    """The words for each stage, in both languages, with the stages that they mean."""
    found: Stages = {}
    for kind in kinds().values():
        for stage in kind.ladder.every_stage:
            for label in in_both_languages(lambda kind=kind, stage=stage: [str(kind.Stage(stage).label)]):
                for words in _forms(words_of(fold(label))):
                    found[words] = tuple(dict.fromkeys((*found.get(words, ()), stage)))
    return found


def _forms(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Also as it stands before a noun in Dutch: ondertekende, actieve."""
    yield tuple(words)
    if len(words) == 1:
        (word,) = words
        yield (f"{word.removesuffix('f')}ve" if word.endswith("f") else f"{word}e",)
