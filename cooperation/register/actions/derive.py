"""What follows from milestones: stage spans, their order, and the words that find a record. Written anew by change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice, product

from django.db import transaction
from django.db.models import Q
from psycopg2.extras import DateRange

from ..domain.order import Dated, places
from ..domain.spans import Fact, Span, follow, spans
from ..models import (
    Classification,
    EarlierWords,
    Instrument,
    Milestone,
    RecordWords,
    Relation,
    StageSpan,
    State,
    Word,
    kinds,
)
from ..search.index import wordings


def derive(changed: Iterable[int], named: Iterable[int] = ()) -> None:
    """Write anew what is read off these records, by primary key; of those `named`, only the words that find them."""
    changed = Instrument.objects.filter(pk__in=changed)
    rewrite_spans(changed)
    rewrite_words(changed | Instrument.objects.filter(pk__in=named))


def _with_followers(keys: set[int]) -> set[int]:
    """These instruments, those that their relations may end, and those whose stage is read off any of them."""
    keys = keys.union(Relation.objects.filter(instrument__in=keys, to__isnull=False).values_list("to", flat=True))
    return keys.union(*(kind.followers(keys) for kind in kinds().values()))


@transaction.atomic
def rewrite_spans(instruments: Iterable[Instrument]) -> None:
    """Write the stage spans of these instruments anew, and of those whose stage or end follows from them.

    The order of their milestones, which the same ladder tells, comes along.
    """
    keys = _with_followers({instrument.pk for instrument in instruments})
    rows = [
        StageSpan(instrument_id=key, **as_row)
        for key, drawn in derive_spans(keys).items()
        for as_row in map(_as_row, drawn)
    ]
    StageSpan.objects.filter(instrument__in=keys).delete()
    StageSpan.objects.bulk_create(rows, batch_size=2000)
    Milestone.objects.bulk_update(_out_of_place(keys), ["place"], batch_size=2000)


def _out_of_place(keys: Iterable[int]) -> list[Milestone]:
    """Milestones of these instruments that stand elsewhere than they should, with their right place."""
    of_record = defaultdict(list)
    milestones = Milestone.objects.filter(instrument__in=keys).order_by("known_from", "key")
    for milestone in milestones.select_related("instrument").only(*_ORDERED_BY, "instrument__resource"):
        of_record[milestone.instrument].append(milestone)
    moved = []
    for record, listed in of_record.items():
        corrected = {milestone.replaces_id for milestone in listed}
        dated = (
            Dated(
                key=milestone.pk,
                kind=milestone.kind,
                date=milestone.date,
                after=tuple(filter(None, (milestone.fulfils_id, milestone.replaces_id))),
                stands=milestone.state != State.CANCELLED and milestone.pk not in corrected,
            )
            for milestone in listed
        )
        found = places(record.concrete_class.ladder, dated)
        for milestone in listed:
            if milestone.place != found[milestone.pk]:
                milestone.place = found[milestone.pk]
                moved.append(milestone)
    return moved


_ORDERED_BY = ("kind", "date", "state", "fulfils", "replaces", "place", "instrument")


def derive_spans(keys: Iterable[int]) -> dict[int, list[Span]]:
    """The spans of these instruments by primary key: what follows from their milestones, or from other records.

    Reads; writes nothing.
    """
    keys = set(keys)
    leaders = {pk: found for kind in kinds().values() for pk, found in kind.leaders(keys).items()}
    leading = {pk for found in leaders.values() for pk in found}
    drawn = _from_milestones((keys | leading) - leaders.keys())
    level = dict(Instrument.objects.filter(pk__in=leaders.keys() | leading).values_list("pk", "classification"))
    for record in Instrument.objects.filter(pk__in=leaders).of_their_kinds():
        lines = [drawn[pk] if _may_tell(level[pk], level[record.pk]) else [] for pk in leaders[record.pk]]
        drawn[record.pk] = follow(lines, record.follow)
    return {key: drawn[key] for key in keys if key in drawn}


def _may_tell(leader: str, follower: str) -> bool:
    """Whether a record may show, by its stage, that another exists: never one that fewer people may see."""
    order = Classification.values
    return order.index(leader) <= order.index(follower)


# The same of relations.
_TELLING = Q(
    *(
        Q(instrument__classification=leader, to__classification=follower)
        for leader, follower in product(Classification.values, repeat=2)
        if _may_tell(leader, follower)
    ),
    _connector=Q.OR,
)


def _from_milestones(keys: Iterable[int]) -> dict[int, list[Span]]:
    relations = list(
        Relation.objects.filter(_TELLING, to__in=keys, to__resource__in=kinds()).values_list("type", "instrument", "to")
    )
    facts = _facts({*keys, *(enders for _, enders, _ in relations)})
    ended_by = defaultdict(list)
    for kind in kinds().values():
        records = kind.objects.in_bulk({ender for _, ender, _ in relations})
        for relation_type, ender, ended in relations:
            if ender in records:
                ended_by[ended] += _enters_into_force(kind, records[ender], facts[ender], relation_type)
    return {
        record.pk: spans(
            record.ladder, facts[record.pk], kind=record.kind, term=record.term, ends_by_relation=ended_by[record.pk]
        )
        for record in Instrument.objects.filter(pk__in=keys).of_their_kinds()
    }


def _facts(keys: Iterable[int]) -> dict[int, list[Fact]]:
    facts = defaultdict(list)
    milestones = Milestone.objects.filter(instrument__in=keys).select_related("instrument")
    for milestone in milestones.prefetch_related("replaced_by", "fulfilled_by"):
        until = [correction.known_from for correction in milestone.replaced_by.all()]
        if milestone.kind in milestone.instrument.concrete_class.ladder.expected_ends:
            # What ends a record on a day that was set beforehand does so no more once something has closed it.
            until += [_said_from(closing) for closing in milestone.fulfilled_by.all()]
        fact = Fact(milestone.kind, milestone.date, milestone.state, milestone.known_from, min(until, default=None))
        facts[milestone.instrument_id].append(fact)
    return facts


def _said_from(milestone: Milestone) -> date:
    """The day from which a milestone could be said to have come: not before its own first possible day."""
    own = milestone.date.first if milestone.state == State.OCCURRED else milestone.known_from
    return max(milestone.known_from, own)


def _enters_into_force(kind, record: Instrument, facts: list[Fact], relation_type: str) -> Iterator[Fact]:
    """The days on which a record enters into force, as ends of the record that it repeals or replaces."""
    in_force = kind.ladder.stages.index("in_force") if "in_force" in kind.ladder.stages else len(kind.ladder.stages)
    for fact in facts:
        rung = kind.ladder.rung(fact.kind, record.kind)
        if rung and kind.ladder.stages.index(rung) >= in_force:
            yield Fact(relation_type, fact.date, fact.state, fact.known_from, fact.known_until)


def _as_row(span: Span) -> dict:
    return {
        "stage": span.stage,
        "certain": span.certain,
        "valid": DateRange(span.valid_from, span.valid_until),
        "known": DateRange(span.known_from, span.known_until),
    }


def compare_spans() -> list[str]:
    """Recompute every span and place, and compare with what is stored. Returns the keys of instruments that differ."""
    stored = defaultdict(set)
    for span in StageSpan.objects.all():
        stored[span.instrument_id].add((span.stage, span.certain, *_days(span.valid), *_days(span.known)))
    keys = dict(Instrument.objects.values_list("pk", "key"))
    derived = derive_spans(keys)
    differing = {pk for pk in keys if stored[pk] != {_compared(span) for span in derived.get(pk, [])}}
    differing |= {milestone.instrument_id for milestone in _out_of_place(keys)}
    return sorted(keys[pk] for pk in differing)


def _compared(span: Span) -> tuple:
    return (span.stage, span.certain, span.valid_from, span.valid_until, span.known_from, span.known_until)


def _days(days: DateRange) -> tuple:
    return days.lower, days.upper


@transaction.atomic
def rewrite_words(instruments: Iterable[Instrument]) -> None:
    """Write anew what the search for words reads of these records; a thousand at a time, however many they are."""
    pks, there = (instrument.pk for instrument in instruments), set()
    while batch := list(islice(pks, 1000)):
        found = wordings(batch)
        words = {word for wording in found.values() for word in wording.words if word.isalpha()} - there
        # In order, so that nobody waits for each other; one that nothing has any more does no harm.
        Word.objects.bulk_create(map(Word, sorted(words)), ignore_conflicts=True)
        there |= words
        last = [(pk, *wording.vectors[-1]) for pk, wording in found.items()]
        RecordWords.objects.bulk_create(
            [RecordWords(pk, vector, known_from) for pk, (known_from, _), vector in last],
            update_conflicts=True,
            unique_fields=["instrument"],
            update_fields=["vector", "known_from"],
        )
        earlier = [(pk, *one) for pk, wording in found.items() for one in wording.vectors[:-1]]
        EarlierWords.objects.filter(instrument__in=batch).delete()
        EarlierWords.objects.bulk_create(
            EarlierWords(instrument_id=pk, vector=vector, known_from=known_from, known_until=known_until)
            for pk, (known_from, known_until), vector in earlier
        )


def rewrite_words_of_everything() -> None:
    rewrite_words(Instrument.objects.only("pk").iterator())
