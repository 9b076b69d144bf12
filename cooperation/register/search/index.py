"""What the search for words reads of a record: its texts, each on the days on which it could be said, as vectors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from django.db.models import Choices, F, Min, Model
from django.db.models.functions import Lower

from ..domain import references
from ..domain.text import fold, in_both_languages
from ..models import (
    Citation,
    Claim,
    Commitment,
    CountryRole,
    Group,
    GroupMembership,
    Instrument,
    Milestone,
    OrganisationRole,
    Region,
    StageSpan,
    State,
    kinds,
)
from .terms import compounds_of, country_mark, words_of

Days = tuple[date, date]  # from the first to the day before the second

ALWAYS = ((date.min, date.max),)
TITLE = "A"  # the weight of a word of a title
MOST_BYTES = 1_000_000  # of a vector; PostgreSQL refuses what is longer


@dataclass(frozen=True)
class Text:
    """A text of a record, and when it could be read."""

    text: str
    known: Sequence[Days] = ALWAYS
    weight: str = ""
    is_reference: bool = False  # the record is known by it
    is_cited: bool = False  # only its reference counts
    is_country: bool = False  # the code of one, to be asked for together with words

    @property
    def is_read(self) -> bool:
        return not (self.is_cited or self.is_country)

    def is_known_on(self, day: date) -> bool:
        return any(first <= day < end for first, end in self.known)


@dataclass(frozen=True)
class Wording:
    """The words of a record: as vectors, each with the days on which this was what could be read, in order."""

    vectors: Sequence[tuple[Days, str]]
    words: frozenset[str]

    @classmethod
    def of(cls, texts: Sequence[Text], there_from: date = date.min) -> "Wording":
        """`there_from` is the first day on which anything can be said of the record: what was before matters not."""
        days = {day for text in texts for period in text.known for day in period if there_from < day < date.max}
        days = [there_from, *sorted(days)]
        known = [[text for text in texts if text.is_known_on(day)] for day in days]
        changes = [place for place in range(len(days)) if place == 0 or known[place] != known[place - 1]]
        ends = [*(days[place] for place in changes[1:]), date.max]
        return cls(
            [((days[place], end), vector(known[place])) for place, end in zip(changes, ends, strict=True)],
            frozenset(word for text in texts if text.is_read for word in _read(text.text).every_word),
        )


def vector(texts: Iterable[Text]) -> str:
    """These texts as PostgreSQL writes a vector. No phrase runs from one text into the next."""
    places: dict[str, list[str]] = defaultdict(list)
    own, cited, countries, end = set(), set(), set(), 0
    for text in texts:
        if text.is_country:
            countries.add(text.text)
            continue
        read = _read(text.text)
        if text.is_reference or text.is_cited:
            (own if text.is_reference else cited).add(_spelling(text.text))
        cited |= read.references
        if not text.is_cited:
            for place, word in (*enumerate(read.words), *read.compounds):
                places[word].append(f"{end + place + 1}{text.weight}")
            end += len(read.words) + 1
    told = [f"'{name}'" for name in (*references.as_searched(own, cited), *map(country_mark, countries))]
    told += [f"'{word}':{','.join(where)}" for word, where in places.items()]
    vector = " ".join(told).encode()
    if len(vector) > MOST_BYTES:  # a vector takes no more room than it does when it is written
        vector = vector[:MOST_BYTES].rpartition(b" ")[0]
    return vector.decode()


_spelling = lru_cache(5_000)(references.spelling)


@dataclass(frozen=True)
class _Read:
    """What stands in a text: its words, compounds as one word at the place of their first, references."""

    words: list[str]
    compounds: list[tuple[int, str]]
    references: set[str]

    @property
    def every_word(self) -> Iterator[str]:
        yield from self.words
        yield from (word for _place, word in self.compounds)


@lru_cache(5_000)
def _read(text: str) -> _Read:
    folded = fold(text)
    return _Read(words_of(folded), list(compounds_of(folded)), references.names_in(text))


# --- where the texts of a record stand -------------------------------------------------------------------------------


def wordings(pks: Sequence[int]) -> dict[int, Wording]:
    """The words of these records, by primary key: as many queries for one as for a thousand."""
    spans = StageSpan.objects.filter(instrument__in=pks).values_list("instrument")
    there_from = dict(spans.order_by().annotate(first=Min(Lower("known"))))
    texts: dict[int, list[Text]] = {pk: [] for pk in pks}
    for pk, text in _texts(pks):
        if text.text and text.known:
            texts[pk].append(text)
    return {pk: Wording.of(found, there_from.get(pk) or date.min) for pk, found in texts.items()}


def _texts(pks: Sequence[int]) -> Iterator[tuple[int, Text]]:
    milestones = _Milestones(pks)
    for record in Instrument.objects.filter(pk__in=pks).of_their_kinds():
        yield from ((record.pk, text) for text in _own(record, milestones))
    for pk, *names in _around(pks):
        yield from ((pk, Text(name)) for name in names)
    yield from _places(pks)
    yield from _roles(pks)
    for pk, code in CountryRole.objects.filter(instrument__in=pks).values_list("instrument", "country"):
        yield pk, Text(code, is_country=True)
    yield from milestones.texts()
    yield from _promises(pks)
    yield from _sources(pks, milestones)


def _own(record: Instrument, milestones: "_Milestones") -> Iterator[Text]:
    yield from (Text(name, weight=TITLE) for name in record.names)
    yield from map(Text, (record.summary_nl, record.summary_en))
    yield from map(Text, (record.key, *in_both_languages(record.labels)))  # a key says what it is called for short
    for name in record.search_fields:
        brought_by = record.brought_by(name)
        known = milestones.occurred(record.pk, brought_by) if brought_by else ALWAYS
        value = getattr(record, name)
        for text in value if isinstance(value, list) else [value]:
            yield Text(str(text), known, is_reference=True)
    for note in record.notes:
        yield from map(Text, [note] if isinstance(note, str) else note.values())


def _around(pks: Sequence[int]) -> Iterator[tuple]:
    """The names of what a record has to do with."""
    for model, name in ((CountryRole, "country"), (OrganisationRole, "organisation")):
        yield from model.objects.filter(instrument__in=pks).values_list(
            "instrument", f"{name}__name_nl", f"{name}__name_en"
        )
    themes = Instrument.themes.through.objects.filter(instrument__in=pks).order_by("pk")  # the same words each time
    yield from themes.values_list("instrument", "theme__name_nl", "theme__name_en")


def _places(pks: Sequence[int]) -> Iterator[tuple[int, Text]]:
    """The regions and groups of a record's countries: of a group on the days of the membership."""
    regions = CountryRole.objects.filter(instrument__in=pks).values_list("instrument", "country__region")
    for pk, region in sorted(set(regions)):
        yield from ((pk, Text(label)) for label in _labels(Region(region)))
    memberships = GroupMembership.objects.filter(country__roles__instrument__in=pks).values_list(
        "country__roles__instrument", "group", "since_days", "until_days"
    )
    known = defaultdict(list)
    for pk, group, since, until in sorted(set(memberships), key=str):
        known[pk, group] += _days((since and since.lower) or date.min, until and until.upper)
    for (pk, group), days in known.items():
        yield from ((pk, Text(label, days)) for label in _labels(Group(group)))


def _roles(pks: Sequence[int]) -> Iterator[tuple[int, Text]]:
    """What countries and organisations are in a record: host country, signatory."""
    for model in (CountryRole, OrganisationRole):
        rows = model.objects.filter(instrument__in=pks).order_by("instrument", "role").values_list("instrument", "role")
        for pk, role in rows.distinct():
            yield from ((pk, Text(label)) for label in _labels(model.Role(role)))


@cache
def names_of(model: type[Model]) -> Sequence[str]:
    """What one of these is called and several are, in both languages."""
    return in_both_languages(lambda: [str(model._meta.verbose_name), str(model._meta.verbose_name_plural)])


@cache
def _labels(choice: Choices) -> Sequence[str]:
    """A choice as people read it, in both languages."""
    return in_both_languages(lambda: [str(choice.label)])


class _Milestones:
    """What these records' milestones say, and when: from when it was known until a correction was."""

    def __init__(self, pks: Sequence[int]):
        rows = Milestone.objects.filter(instrument__in=pks).order_by("instrument", "pk")
        self.rows = list(rows.annotate(first=Lower("date_days"), resource=F("instrument__resource")).values())
        corrected: dict[int, date] = {}
        for row in self.rows:
            if earlier := row["replaces_id"]:
                corrected[earlier] = min(row["known_from"], corrected.get(earlier, date.max))
        for row in self.rows:
            row["known"] = _days(row["known_from"], corrected.get(row["id"]))
        self.by_pk = {row["id"]: row for row in self.rows}
        self.by_key = {(row["instrument_id"], row["key"]): row for row in self.rows}
        self.by_record = defaultdict(list)
        for row in self.rows:
            self.by_record[row["instrument_id"]].append(row)

    def texts(self) -> Iterator[tuple[int, Text]]:
        for row in self.rows:
            yield row["instrument_id"], Text(row["reference"], row["known"], is_reference=True)
            kind = kinds()[row["resource"]].MilestoneKind
            for label in _labels(kind(row["kind"])) if row["kind"] in kind else ():
                yield row["instrument_id"], Text(label, row["known"])
            for note in (row["note_nl"], row["note_en"]):
                yield row["instrument_id"], Text(note, row["known"])

    def occurred(self, record: int, kinds: Iterable[str]) -> list[Days]:
        """The days on which it could be said that one of these had occurred."""
        rows = (row for row in self.by_record[record] if row["kind"] in kinds and row["state"] == State.OCCURRED)
        known = ((max(first, row["first"] or first), end) for row in rows for first, end in row["known"])
        return [days for first, end in known for days in _days(first, end)]


def _promises(pks: Sequence[int]) -> Iterator[tuple[int, Text]]:
    promises = Commitment.objects.filter(instrument__in=pks).annotate(
        made=Lower("made_in__published_days"), told=Lower("fulfilled_by__published_days")
    )
    for pk, what_nl, what_en, made, told, made_in, fulfilled_by in promises.values_list(
        *("instrument", "what_nl", "what_en", "made", "told", "made_in__reference", "fulfilled_by__reference")
    ):
        known = _days(made or date.min)
        called = in_both_languages(
            lambda: [str(Commitment._meta.verbose_name), str(Commitment._meta.verbose_name_plural)]
        )
        yield from ((pk, Text(what, known)) for what in (what_nl, what_en, *called))
        yield pk, Text(made_in, known, is_cited=True)
        yield pk, Text(fulfilled_by or "", _days(max(made or date.min, told or date.min)), is_cited=True)


def _sources(pks: Sequence[int], milestones: _Milestones) -> Iterator[tuple[int, Text]]:
    """The references of the sources in which facts stand, from when the fact itself was known."""
    for pk, reference in Citation.objects.filter(instrument__in=pks).values_list("instrument", "source__reference"):
        yield pk, Text(reference, is_cited=True)
    claims = Claim.objects.filter(dispute__instrument__in=pks)
    for pk, field, reference in claims.values_list("dispute__instrument", "dispute__field", "source__reference"):
        about = milestones.by_key.get((pk, field.removeprefix("milestones.")))
        known = about["known"] if about and field.startswith("milestones.") else ALWAYS
        yield pk, Text(reference, known, is_cited=True)
    own = Milestone.objects.filter(instrument__in=pks).values_list("pk", "source__reference")
    also = Milestone.also_sources.through.objects.filter(milestone__instrument__in=pks)
    for pk, reference in [*own, *also.values_list("milestone", F("source__reference"))]:
        row = milestones.by_pk[pk]
        yield row["instrument_id"], Text(reference, row["known"], is_cited=True)


def _days(first: date, end: date | None = None) -> tuple[Days, ...]:
    end = end or date.max
    return ((first, end),) if first < end else ()
