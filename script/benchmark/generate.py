"""Makes N placements, labelled as generated, straight into the tables: streamed to COPY, in memory that does not grow.

Stages are the project's own: the first records have a pattern of milestones each, `derive_spans` reads their stages off
these, and every later record has one of the patterns with the stages that belong to it. The words that find a record
are read by the project too (`wordings`). `check` holds a sample against the functions that write spans and words.
"""

import io
import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import TypeVar

from django.db import connection, connections, transaction

from cooperation.register.actions.derive import derive_spans, rewrite_words
from cooperation.register.domain.spans import Span
from cooperation.register.domain.text import sort_key
from cooperation.register.models import (
    Country,
    Dispute,
    EarlierWords,
    Instrument,
    Milestone,
    Organisation,
    RecordWords,
    Source,
    StageSpan,
    Theme,
    Word,
)
from cooperation.register.search.index import wordings
from placements.models import Placement

from .patterns import Pattern, patterns
from .vocabulary import SEARCHED, skewed, vocabulary

MOST_PATTERNS = 3_000
BATCH = 2_000
MOST_EVENTS = 16  # of one pattern, so that the primary key of a milestone follows from the number of its record
Result = TypeVar("Result")
FIRST_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)
LARGE = 20_000  # from this number on, indexes are made after the rows and not with them

COLUMNS = {
    "register_instrument": (
        "id key resource kind short_name_nl short_name_en title_nl title_en title_is_official summary_nl summary_en"
        " classification notes sort_nl sort_en created_at updated_at"
    ),
    "placements_placement": ("instrument_ptr_id city posts term_years duration_weeks coverage_region sending_unit"),
    "register_milestone": (
        "id instrument_id key kind date state source_id known_from fulfils_id replaces_id reference note_nl note_en"
        " place"
    ),
    "register_milestone_also_sources": "milestone_id source_id",
    "register_stagespan": "instrument_id stage certain valid known",
    "register_countryrole": "instrument_id country_id role since until reason_nl reason_en",
    "register_organisationrole": "instrument_id organisation_id role since until",
    "register_instrument_themes": "instrument_id theme_id",
    "register_citation": "instrument_id field source_id locator",
    "register_dispute": "id instrument_id field follows_id note_nl note_en",
    "register_claim": "dispute_id value source_id",
}  # in an order in which each refers to what stands above it
WORD_COLUMNS = {
    "register_recordwords": "instrument_id vector known_from",
    "register_earlierwords": "instrument_id vector known_from known_until",
}


def generate(rows: int, say: Callable[[str], None] = print, processes: int = 1) -> None:
    """Adds `rows` generated placements to a database that holds the reference data, and sees to all that follows.

    Many are loaded side by side by so many processes; a few in one transaction, on the connection of the caller.
    """
    began = time.monotonic()
    maker = Maker(rows)
    processes = processes if rows >= LARGE else 1
    with index_later(COLUMNS) if rows >= LARGE else transaction.atomic():
        # The first records, one for each pattern, tell what stages follow from it.
        load(maker, range(len(maker.patterns)))
        first = maker.first_instrument
        spans = derive_spans(range(first, first + len(maker.patterns)))
        maker.spans = [[_as_text(span) for span in spans[first + place]] for place in range(len(maker.patterns))]
        with connection.cursor() as cursor:
            copy(cursor, COLUMNS, {"register_stagespan": maker.span_rows(range(len(maker.patterns)))})
        for _ in side_by_side(partial(load, maker), _batches(len(maker.patterns), rows), processes):
            pass
        say(f"  {rows} placements loaded after {time.monotonic() - began:.0f} s")
    with connection.cursor() as cursor:
        for table in ("register_instrument", "register_milestone", "register_dispute"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608
        cursor.execute("ANALYZE")
    say(f"  indexed after {time.monotonic() - began:.0f} s")
    with index_later(WORD_COLUMNS) if rows >= LARGE else transaction.atomic():
        batches = [range(first + batch.start, first + batch.stop) for batch in _batches(0, rows)]
        words = set().union(*side_by_side(write_words, batches, processes))
    Word.objects.bulk_create(map(Word, sorted(words)), ignore_conflicts=True, batch_size=5_000)
    say(f"  found by their words after {time.monotonic() - began:.0f} s")


def tidy() -> None:
    """Statistics and visibility for the planner. Outside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def load(maker: "Maker", numbers: range) -> None:
    """Loads the records with these numbers."""
    with transaction.atomic(), connection.cursor() as cursor:
        copy(cursor, COLUMNS, maker.tables(numbers))


def write_words(pks: range) -> set[str]:
    """Writes the words of these records as the project reads them (as `actions.rewrite_words`). Gives the words."""
    tables: dict[str, list[str]] = defaultdict(list)
    words: set[str] = set()
    for pk, wording in wordings(pks).items():
        *earlier, ((known_from, _), vector) = wording.vectors
        tables["register_recordwords"].append(_line(pk, vector, known_from))
        tables["register_earlierwords"] += [_line(pk, then, *days) for days, then in earlier]
        words |= {word for word in wording.words if word.isalpha()}
    with transaction.atomic(), connection.cursor() as cursor:
        copy(cursor, WORD_COLUMNS, tables)
    return words


def copy(cursor, all_columns: dict[str, str], tables: dict[str, list[str]]) -> None:
    for table, columns in all_columns.items():
        if lines := tables.get(table):
            names = ", ".join(columns.split())
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.StringIO("".join(lines)))


def _batches(start: int, stop: int) -> list[range]:
    return [range(first, min(first + BATCH, stop)) for first in range(start, stop, BATCH)]


def side_by_side(work: Callable[[range], Result], batches: list[range], processes: int) -> Iterator[Result]:
    """What comes of the work on each of the batches, by so many processes."""
    if processes == 1:
        yield from map(work, batches)
        return
    connections.close_all()  # a connection is not shared with a child
    with multiprocessing.get_context("fork").Pool(processes, _begin_process, [work]) as pool:
        yield from pool.imap_unordered(_work_on, batches)


def _begin_process(work: Callable) -> None:
    global _work
    _work = work


def _work_on(batch: range):
    return _work(batch)


def _line(*values) -> str:
    r"""One row as COPY reads it. No text of ours holds a tab, a backslash or the end of a line."""
    return "\t".join("\\N" if value is None else str(value) for value in values) + "\n"


def _as_text(span: Span) -> str:
    """A span as COPY reads it, after the primary key of its record."""
    valid, known = (
        f"[{first or ''},{until or ''})"
        for first, until in ((span.valid_from, span.valid_until), (span.known_from, span.known_until))
    )
    return f"\t{span.stage}\t{'t' if span.certain else 'f'}\t{valid}\t{known}\n"


# --- the records ---------------------------------------------------------------------------------------------------


class Maker:
    """Makes the rows of the record with a number: always the same, whoever asks and in whatever order."""

    def __init__(self, rows: int):
        self.rows = rows
        self.patterns: list[Pattern] = patterns(min(rows, MOST_PATTERNS))
        self.places = [pattern.places(Placement.ladder) for pattern in self.patterns]
        self.spans: list[list[str]] = []
        self.words = vocabulary()
        self.word_weights = skewed(len(self.words))
        # Countries are as skewed as words; which come first has nothing to do with their names.
        self.countries = list(Country.objects.order_by("code").values_list("pk", flat=True))
        Random(3).shuffle(self.countries)  # noqa: S311
        self.country_weights = skewed(len(self.countries))
        self.organisations = list(Organisation.objects.order_by("key").values_list("pk", flat=True))
        self.themes = list(Theme.objects.order_by("key").values_list("pk", flat=True))
        self.sources = list(Source.objects.order_by("key").values_list("pk", flat=True))
        self.first_instrument = _next_key(Instrument)
        self.first_milestone = _next_key(Milestone)
        self.first_dispute = _next_key(Dispute)

    def tables(self, numbers: range) -> dict[str, list[str]]:
        """The rows of these records by table, as COPY reads them."""
        tables: dict[str, list[str]] = defaultdict(list)
        for number in numbers:
            self._add(tables, number)
        if self.spans:
            tables["register_stagespan"] = self.span_rows(numbers)
        return tables

    def span_rows(self, numbers: Iterable[int]) -> list[str]:
        first = self.first_instrument
        return [f"{first + number}{span}" for number in numbers for span in self.spans[self._pattern_of(number)]]

    def _pattern_of(self, number: int) -> int:
        """Each has one record to begin with; after that they come as they fall."""
        known = len(self.patterns)
        return number if number < known else Random(number).randrange(known)  # noqa: S311

    def _add(self, tables: dict[str, list[str]], number: int) -> None:
        random = Random(f"record {number}")  # noqa: S311
        pk = self.first_instrument + number
        pattern = self.patterns[self._pattern_of(number)]
        sources = random.choices(self.sources, k=len(pattern.events) + 2)
        note = self._phrase(random, 6, aside=True) if number % 10 == 0 else ""
        self._add_milestones(tables, number, pattern, sources, note)
        self._add_countries(tables, random, pk)
        self._add_organisations(tables, random, pk)
        themes = random.sample(self.themes, random.choice((0, 1, 1, 2)))
        tables["register_instrument_themes"] += [_line(pk, theme) for theme in themes]
        tables["register_citation"].append(_line(pk, "general", sources[-2], f"p. {random.randint(1, 90)}"))
        if number % 100 == 7:
            self._add_dispute(tables, number, pattern, sources)

        subject = self._phrase(random, 3)
        title_nl = f"Gegenereerde post {subject} {number:06d}"
        title_en = f"Generated post {subject} {number:06d}" if number % 20 else ""
        summary_nl = f"Gegenereerd: {self._phrase(random, 12)}."
        summary_en = f"Generated: {self._phrase(random, 8)}." if number % 3 else ""
        changed = FIRST_MOMENT + timedelta(seconds=random.randrange(200_000_000))
        classification = "public" if number % 50 else "internal" if number % 100 else "confidential"
        tables["register_instrument"].append(
            _line(
                *(
                    pk,
                    f"generated-post-{number:07d}",
                    Placement.RESOURCE,
                    pattern.kind,
                    "",
                    "",
                    title_nl,
                    title_en,
                    None,
                ),
                *(summary_nl, summary_en, classification, "[]", sort_key(title_nl), sort_key(title_en)),
                *(FIRST_MOMENT.isoformat(), changed.isoformat()),
            )
        )
        city = self._phrase(random, 1, aside=True).capitalize() if number % 5 else ""
        region = self._phrase(random, 2, aside=True) if number % 25 == 0 else ""
        posts = random.choice((1, 1, 1, 2, None))
        tables["placements_placement"].append(
            _line(pk, city, posts, pattern.term_years, pattern.duration_weeks, region, "")
        )

    def _phrase(self, random: Random, length: int, aside: bool = False) -> str:
        """Some words; `aside` none that are searched for, so that titles and summaries have them all."""
        words = random.choices(self.words, cum_weights=self.word_weights, k=length)
        return " ".join(self.words[0] if aside and word in SEARCHED.values() else word for word in words)

    def _add_milestones(self, tables, number: int, pattern: Pattern, sources: list[int], note: str) -> None:
        pk, first = self.first_instrument + number, self.first_milestone + number * MOST_EVENTS
        places = self.places[self._pattern_of(number)]
        for place, event in enumerate(pattern.events):
            fulfils, replaces = (None if to is None else first + to for to in (event.fulfils, event.replaces))
            tables["register_milestone"].append(
                _line(
                    *(first + place, pk, event.key, event.kind, event.date, event.state, sources[place]),
                    *(event.known_from, fulfils, replaces, "", "" if place else note, "", places[place]),
                )
            )
        if number % 8 == 0 and len(pattern.events) > 1 and sources[1] != sources[0]:
            tables["register_milestone_also_sources"].append(_line(first, sources[1]))

    def _add_countries(self, tables, random: Random, pk: int) -> None:
        """A host, and what it covers; some only for a time."""
        covered = random.choice((0, 0, 0, 1, 1, 2, 4))
        drawn = random.choices(self.countries, cum_weights=self.country_weights, k=1 + covered)
        since = random.choice((None,) * 8 + ("2015-03-01", "2019"))
        until = random.choice((None,) * 9 + ("2024-06",)) if since else None
        tables["register_countryrole"].append(_line(pk, drawn[0], "host", None, None, "", ""))
        tables["register_countryrole"] += [
            _line(
                pk, country, "covered", since, until, "gegenereerd: nevenaccreditatie", "generated: side accreditation"
            )
            for country in dict.fromkeys(drawn)
            if country != drawn[0]
        ]

    def _add_organisations(self, tables, random: Random, pk: int) -> None:
        many = len(self.organisations)
        sender = self.organisations[int(many * random.random() ** 3)]
        tables["register_organisationrole"].append(_line(pk, sender, "sender", None, None))
        if random.random() < 0.3:
            host = random.choice(self.organisations)
            tables["register_organisationrole"].append(_line(pk, host, "host", None, None))

    def _add_dispute(self, tables, number: int, pattern: Pattern, sources: list[int]) -> None:
        dispute = self.first_dispute + number
        about = f"milestones.{pattern.events[0].key}"
        follows = sources[0]
        tables["register_dispute"].append(_line(dispute, self.first_instrument + number, about, follows, "", ""))
        tables["register_claim"] += [
            _line(dispute, "generated: one day", sources[0]),
            _line(dispute, "generated: another day", sources[-1]),
        ]


def _next_key(model) -> int:
    return (model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1


# --- indexes -------------------------------------------------------------------------------------------------------

_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'x') ORDER BY contype DESC, conname
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND NOT indisexclusion ORDER BY indrelid, indexrelid
"""


@contextmanager
def index_later(tables: Iterable[str]) -> Iterator[None]:
    """Without foreign keys and indexes while rows are loaded; all are made again at the end, exactly as they were."""
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINTS, [list(tables)])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for table, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("RESET maintenance_work_mem")


# --- whether it is right -------------------------------------------------------------------------------------------


def check(sample: int = 200) -> list[str]:
    """Generated records whose spans or words are not what the project itself would write, by key."""
    generated = Instrument.objects.filter(key__startswith="generated-post-")
    step = max(generated.count() // sample, 1)
    first = generated.order_by("pk").values_list("pk", flat=True).first()
    records = generated.filter(pk__in=range(first, first + step * sample, step))
    derived = {
        pk: {(s.stage, s.certain, s.valid_from, s.valid_until, s.known_from, s.known_until) for s in spans}
        for pk, spans in derive_spans(records.values_list("pk", flat=True)).items()
    }
    stored = _stored_spans(records)
    before = _stored_words(records)
    with transaction.atomic():
        rewrite_words(records)
        after = _stored_words(records)
        transaction.set_rollback(True)
    return [
        f"{key}: {what}"
        for pk, key in sorted(records.values_list("pk", "key"))
        for what, same in (
            ("spans", derived.get(pk, set()) == stored[pk]),
            ("words", before[pk] == after[pk]),
        )
        if not same
    ]


def _stored_spans(records) -> dict[int, set]:
    stored = defaultdict(set)
    for span in StageSpan.objects.filter(instrument__in=records):
        days = (span.valid.lower, span.valid.upper, span.known.lower, span.known.upper)
        stored[span.instrument_id].add((span.stage, span.certain, *days))
    return stored


def _stored_words(records) -> dict[int, set]:
    stored = defaultdict(set)
    for words in RecordWords, EarlierWords:
        names = [field.attname for field in words._meta.fields if field.name != "id"]
        for pk, *said in words.objects.filter(instrument__in=records).values_list(*names):
            stored[pk].add(tuple(said))
    return stored
