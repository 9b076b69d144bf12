"""What is done to the register, one function for one thing, each in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import F, Q
from psycopg2.extras import DateRange

from .models import Instrument, Milestone, Relation, StageSpan, kinds
from .stages import Fact, Span, spans
from .text import fold


@transaction.atomic
def rewrite_spans(instruments: Iterable[Instrument]) -> None:
    """Write the stage spans of these instruments anew, and of those whose end follows from them."""
    keys = {instrument.pk for instrument in instruments}
    keys |= set(Relation.objects.filter(instrument__in=keys, to__isnull=False).values_list("to", flat=True))
    rows = [
        StageSpan(instrument_id=key, **as_row)
        for key, drawn in derive_spans(keys).items()
        for as_row in map(_as_row, drawn)
    ]
    StageSpan.objects.filter(instrument__in=keys).delete()
    StageSpan.objects.bulk_create(rows, batch_size=2000)


def derive_spans(keys: Iterable[int]) -> dict[int, list[Span]]:
    """The spans that follow from the milestones of these instruments, by primary key. Reads; writes nothing."""
    keys = list(keys)
    # A record never shows, by its stage, that one exists that fewer people may see.
    seen_by_all = (
        Q(instrument__classification="public")
        | Q(instrument__classification=F("to__classification"))
        | Q(to__classification="confidential")
    )
    relations = list(
        Relation.objects.filter(seen_by_all, to__in=keys, to__resource__in=kinds()).values_list(
            "type", "instrument", "to"
        )
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
            kind.ladder, facts[record.pk], kind=record.kind, term=record.term, ends_by_relation=ended_by[record.pk]
        )
        for kind in kinds().values()
        for record in kind.objects.filter(pk__in=keys)
    }


def _facts(keys: Iterable[int]) -> dict[int, list[Fact]]:
    facts = defaultdict(list)
    milestones = Milestone.objects.filter(instrument__in=keys).prefetch_related("replaced_by")
    for milestone in milestones:
        corrections = [correction.known_from for correction in milestone.replaced_by.all()]
        fact = Fact(
            milestone.kind, milestone.date, milestone.state, milestone.known_from, min(corrections, default=None)
        )
        facts[milestone.instrument_id].append(fact)
    return facts


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
    """Recompute every span and compare with what is stored. Returns the keys of the instruments that differ."""
    stored = defaultdict(set)
    for span in StageSpan.objects.all():
        stored[span.instrument_id].add((span.stage, span.certain, *_days(span.valid), *_days(span.known)))
    keys = dict(Instrument.objects.values_list("pk", "key"))
    derived = derive_spans(keys)
    return sorted(key for pk, key in keys.items() if stored[pk] != {_compared(span) for span in derived.get(pk, [])})


def _compared(span: Span) -> tuple:
    return (span.stage, span.certain, span.valid_from, span.valid_until, span.known_from, span.known_until)


def _days(days: DateRange) -> tuple:
    return days.lower, days.upper


def rewrite_search_text(instruments: Iterable[Instrument]) -> None:
    """Write anew what the search for words reads, from the texts of the record and the names around it."""
    pks = [instrument.pk for instrument in instruments]
    found = []
    for kind in kinds().values():
        related = ("themes", "countries__country", "organisations__organisation", "milestones")
        for record in kind.objects.filter(pk__in=pks).prefetch_related(*related):
            record.search_text = fold("\n".join(filter(None, _words(record))))
            found.append(Instrument(pk=record.pk, search_text=record.search_text))
    Instrument.objects.bulk_update(found, ["search_text"], batch_size=500)


def _words(record: Instrument) -> Iterator[str]:
    yield from (record.title_nl, record.title_en, record.summary_nl, record.summary_en)
    yield from (str(getattr(record, name)) for name in record.search_fields)
    for named in [part.country for part in record.countries.all()] + [
        part.organisation for part in record.organisations.all()
    ]:
        yield from (named.name_nl, named.name_en)
    for theme in record.themes.all():
        yield from (theme.name_nl, theme.name_en)
    for milestone in record.milestones.all():
        yield milestone.reference
