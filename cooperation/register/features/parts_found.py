"""Commitments and milestones as hits of their own: of the records that were found, those that have the words too."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _t

from ..domain.clock import Clock
from ..domain.text import in_both_languages
from ..models import Commitment, Instrument, Milestone
from ..search.highlight import marked
from ..search.index import names_of
from ..search.query import Words
from ..search.terms import Term
from ..templatetags.register import at

MOST = 2
LONGEST = 160  # letters of a text


class Part(NamedTuple):
    text: SafeString
    url: str
    record: str
    date: Any


@dataclass
class PartsFound:
    """What hangs on these records, the best first, on a clock and for a reader."""

    words: Words
    records: Sequence[Instrument]
    clock: Clock
    user: Any

    @property
    def groups(self) -> list[dict[str, Any]]:
        """By what they are: the best few, and the address of the list with all of them."""
        groups = [
            (_t("Commitments"), "commitments", self._commitments()),
            (_t("Milestones"), "milestones", self._milestones()),
        ]
        query = urlencode({"q": self.words.text})
        return [
            {"label": label, "parts": parts, "url": at(f"{reverse(f'{name}-list')}?{query}", self.clock)}
            for label, name, parts in groups
            if parts
        ]

    def _commitments(self) -> list[Part]:
        promises = Commitment.objects.visible_to(self.user).on(self.clock).filter(instrument__in=self._place)
        found = [(promise, self.records[self._place[promise.instrument_id]]) for promise in promises.order_by("pk")]
        return [
            self._shown(record, "commitments", promise.what, promise.due)
            for promise, record in self._best(found, _texts_of_commitment, also_named=True)
        ]

    def _milestones(self) -> list[Part]:
        found = [(milestone, record) for record in self.records for milestone in record.known_milestones]
        return [
            self._shown(record, f"milestone-{milestone.key}", _said(milestone), milestone.date)
            for milestone, record in self._best(found, _texts_of_milestone, also_named=False)
        ]

    def _best(
        self,
        found: Iterable[tuple[Any, Instrument]],
        texts: Callable[[Any, Instrument], Iterable[str]],
        *,
        also_named: bool,
    ) -> list[tuple[Any, Instrument]]:
        """Those in which words stand (`also_named`: also only words that name the record), the most words first."""
        ranked = []
        for part, record in found:
            named = self._names[record.pk]
            own = self._standing_in(texts(part, record))
            if own if also_named else own - named:
                ranked.append((-len(own | named), self._place[record.pk], len(ranked), part, record))
        return [(part, record) for *_rank, part, record in sorted(ranked, key=lambda row: row[:3])[:MOST]]

    @cached_property
    def _place(self) -> dict[int, int]:
        return {record.pk: place for place, record in enumerate(self.records)}

    @cached_property
    def _names(self) -> dict[int, set[Term]]:
        """The words that stand in the name of each record."""
        return {record.pk: self._standing_in((*record.names, record.key)) for record in self.records}

    def _standing_in(self, texts: Iterable[str]) -> set[Term]:
        return {term for text in texts if text for term in self.words.standing_in(text)}

    def _shown(self, record: Instrument, anchor: str, text: str, date: Any) -> Part:
        url = at(f"{record.get_absolute_url()}#{anchor}", self.clock)
        return Part(marked(Truncator(text).chars(LONGEST), self.words), url, record.name, date)


def _said(milestone: Milestone) -> str:
    return ": ".join(filter(None, (str(capfirst(milestone.kind_label)), milestone.note)))


def _texts_of_commitment(promise: Commitment, record: Instrument) -> Iterable[str]:
    return promise.what_nl, promise.what_en, *names_of(Commitment)


def _texts_of_milestone(milestone: Milestone, record: Instrument) -> Iterable[str]:
    labels = _labels(milestone.kind, record.concrete_class)
    return *labels, milestone.reference, milestone.note_nl, milestone.note_en


@lru_cache
def _labels(kind: str, model: type[Instrument]) -> list[str]:
    return in_both_languages(lambda: [str(Milestone.label_of(kind, model))])
