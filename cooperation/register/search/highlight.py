"""The passage of a record in which words were found, marked, as readable text in the reader's language."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from ..domain import references
from ..domain.text import LONGEST, fold, note_text
from ..models import Instrument
from .query import Words
from .terms import WORD

AROUND = 110  # letters of the text before and after what was found


def marked(text: str, words: Words) -> SafeString:
    """The text with what was searched for marked, phrases as a whole."""
    return format_html_join("", "{}", ((part,) for part in _pieces(text, _spans(text, words))))


def passage(record: Instrument, words: Words) -> SafeString:
    """The first text of a record (`fetch`), but its title, in which the words stand; most words first."""
    best = max(
        (
            (len({fold(text[a:b]) for a, b in spans}), -place, text, spans)
            for place, text, spans in _found(record, words)
        ),
        default=None,
    )
    if best is None:
        return SafeString()
    _count, _place, text, spans = best
    start, end = max(0, spans[0][0] - AROUND), spans[0][1] + AROUND
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.find(" ", end) if text.find(" ", end) > 0 else len(text)
    near = [(first - start, last - start) for first, last in spans if last <= end]
    shown = format_html_join("", "{}", ((part,) for part in _pieces(text[start:end], near)))
    return format_html("{}{}{}", "… " if start else "", shown, " …" if end < len(text) else "")


def _found(record: Instrument, words: Words) -> Iterator[tuple[int, str, list[tuple[int, int]]]]:
    for place, text in enumerate(filter(None, _texts(record))):
        if spans := _spans(text, words):
            yield place, text, spans


def _texts(record: Instrument) -> Iterator[str]:
    yield record.summary
    for milestone in record.known_milestones:
        said = ": ".join(filter(None, (str(capfirst(milestone.kind_label)), milestone.reference, milestone.note)))
        yield f"{said} ({milestone.date.words(short=True)})"
    yield from map(note_text, record.notes)
    yield from (str(getattr(record, name, "")) for name in record.search_fields)
    yield ", ".join(part.country.name for part in record.countries_then)
    yield ", ".join(part.organisation.name for part in record.organisations_then)
    yield ", ".join(theme.name for theme in record.themes_then)
    for source in dict.fromkeys(source for milestone in record.known_milestones for source in milestone.sources):
        yield ", ".join(filter(None, (source.title, source.reference)))


def _spans(text: str, words: Words) -> list[tuple[int, int]]:
    """Where in the text the words stand."""
    read, asked = _read(text), set(words.references)
    spans = [(start, end) for start, end, name in read.references if name in asked]
    found = words.found_in(read.words)
    spans += [(read.ends[first][0], read.ends[end - 1][1]) for first, end in found]
    return _joined((read.places[start], read.places[end - 1] + 1) for start, end in spans)


class _Read(NamedTuple):
    """A text folded letter by letter: for each letter of that its place in the text; its words and references."""

    places: list[int]
    words: list[str]
    ends: list[tuple[int, int]]
    references: list[tuple[int, int, str]]


@lru_cache(4096)  # searches find the same records again and again
def _read(text: str) -> _Read:
    letters = [_folded_letter(letter) for letter in text]
    places = [place for place, folded in enumerate(letters) for _letter in folded]
    folded = "".join(letters)
    there = list(WORD.finditer(folded))
    ends = [word.span() for word in there]
    return _Read(places, [word[0][:LONGEST] for word in there], ends, list(references.found_in(folded)))


@lru_cache(4096)
def _folded_letter(letter: str) -> str:
    return fold(letter) or (" " if letter.isspace() else "")


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _pieces(text: str, spans: list[tuple[int, int]]) -> Iterator[SafeString]:
    done = 0
    for start, end in spans:
        yield format_html("{}<mark>{}</mark>", text[done:start], text[start:end])
        done = end
    yield format_html("{}", text[done:])
