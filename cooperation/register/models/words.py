"""What the search for words reads. Written only by `actions.rewrite_words`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func, Value
from django.utils.translation import gettext_lazy as _

from ..domain.text import LONGEST, SHORTEST_MISSPELT, SHORTEST_WITHIN
from .connection import read_connection

MOST_MEANINGS = 100  # words that one word can mean
MOST_ERRORS = 2  # letters too many, too few or another, in a word that no record has; one in a short word
LONGER = 6  # letters: no short word


def _stem(dictionary: str) -> Func:
    return Func(Value(dictionary), "word", function="ts_lexize")


class Meanings(NamedTuple):
    """The words that one word can mean, closest first."""

    words: Sequence[str]
    are_near: bool = False  # it stands nowhere, and these are only spelled like it


class WordQuerySet(models.QuerySet):
    def meanings(
        self, words: Iterable[str], within: Iterable[str] = (), forms_of: Iterable[str] = (), *, levels: Iterable[str]
    ) -> dict[str, Meanings]:
        """What each of these can mean in records of these classifications; left out: what means only itself.

        `words` are found in another form and within longer words (the shortest: at their beginning), and where they
        stand in no such way, with a small error; `within` never with an error; `forms_of` only in another form. What
        has a digit is itself. The name of a country is found in no longer word that it does not begin, and in none of
        another country's name.
        """
        asked = [
            *((word, _like(word), len(word) >= SHORTEST_MISSPELT) for word in words),
            *((word, _like(word), False) for word in within),
            *((word, word, False) for word in forms_of),
        ]
        asked = [row for row in asked if row[0].isalpha()]
        if not asked:
            return {}
        with read_connection().cursor() as cursor:
            cursor.execute(
                _MEANINGS,
                {
                    **dict(zip(("words", "likes", "misspelt"), map(list, zip(*asked, strict=True)), strict=True)),
                    "most": MOST_MEANINGS,
                    "errors": MOST_ERRORS,
                    "longer": LONGER,
                    "shortest": SHORTEST_MISSPELT,
                    "levels": list(levels),
                },
            )
            return {word: Meanings(found, are_near) for word, found, are_near in cursor.fetchall()}


def _like(word: str) -> str:
    return f"%{word}%" if len(word) >= SHORTEST_WITHIN else f"{word}%"


# The table of words is only where to look: it holds those of hidden records, and words that nothing has any more. What
# counts is that the word stands in a record that the reader may see, now or on an earlier day. The records come as an
# array: of a row that need only exist, PostgreSQL expects to find one soon, and reads all records for a rare word.
_RECORDS = "ARRAY(SELECT instrument_id FROM {table} WHERE vector @@ quote_literal(given.word)::tsquery)"
_STANDS = " OR ".join(
    f"""EXISTS (
        SELECT FROM register_instrument
        WHERE id = ANY({_RECORDS.format(table=table)}) AND classification = ANY(%(levels)s)
    )"""  # nosec B608
    for table in ("register_recordwords", "register_earlierwords")
)
# Niger lies neither in Nigeria nor in what is Nigerian, Oman not in Romania.
_OWN_OF_COUNTRY = """(
    given.word LIKE asked.word || '%%' AND NOT EXISTS (
        SELECT FROM register_country, unnest(string_to_array(sort_nl || ' ' || sort_en, ' ')) AS part
        WHERE part LIKE asked.word || '_%%' AND given.word LIKE part || '%%'
    )
)"""
# The Dutch stem of voorstellen is voorstell, that of brieven briev.
_SINGULAR = r"""ARRAY[
    regexp_replace(dutch[1], '([bdfgklmnprst])\1$', '\1'),
    regexp_replace(dutch[1], 'v$', 'f'),
    regexp_replace(dutch[1], 'z$', 's')
]"""
_CLOSEST = """row_number() OVER (
    ORDER BY
        given.word = asked.word DESC, stems && asked.stems DESC, similarity(given.word, asked.word) DESC, given.word
) AS place"""
_MEANINGS = f"""
WITH asked AS MATERIALIZED (
    SELECT
        given.*,
        dutch || ts_lexize('english_stem', word) || {_SINGULAR} AS stems,
        EXISTS (SELECT FROM register_country WHERE word IN (sort_nl, sort_en)) AS is_country
    FROM unnest(%(words)s::text[], %(likes)s::text[], %(misspelt)s::boolean[]) AS given (word, likes, misspelt),
        ts_lexize('dutch_stem', word) AS dutch
), meant AS MATERIALIZED (
    SELECT asked.word AS asked, found.*, false AS is_near FROM asked CROSS JOIN LATERAL (
        SELECT given.word, {_CLOSEST}
        FROM register_word AS given
        WHERE (
            stems && asked.stems
            OR (given.word LIKE asked.likes AND (NOT asked.is_country OR {_OWN_OF_COUNTRY}))
        ) AND ({_STANDS})
        ORDER BY place
        LIMIT %(most)s
    ) AS found
), near AS (
    SELECT asked.word AS asked, found.*, true AS is_near FROM asked CROSS JOIN LATERAL (
        SELECT given.word, {_CLOSEST}
        FROM register_word AS given
        WHERE asked.misspelt AND length(given.word) >= %(shortest)s
        AND NOT EXISTS (SELECT FROM meant WHERE meant.asked = asked.word)
        AND (
            (length(asked.word) >= %(longer)s AND given.word %%> asked.word)
            OR (
                given.word %% asked.word AND levenshtein(given.word, asked.word)
                <= CASE WHEN length(asked.word) < %(longer)s THEN 1 ELSE %(errors)s END
            )
        ) AND ({_STANDS})
        ORDER BY place
        LIMIT %(most)s
    ) AS found
)
SELECT asked, array_agg(word ORDER BY place), is_near
FROM (SELECT * FROM meant UNION ALL SELECT * FROM near) AS found
GROUP BY asked, is_near
"""  # noqa: S608  # nosec B608  put together of what stands here; what was given goes along as parameters


class Word(models.Model):
    """A word, without digits, that stands or once stood in the register: what a word that is asked may mean.

    Hidden records' words are among them, so this is only where `meanings` looks.
    """

    word = models.CharField(_("word"), primary_key=True, max_length=LONGEST, db_collation="C")
    stems = models.GeneratedField(
        expression=Func(_stem("dutch_stem"), _stem("english_stem"), function="array_cat"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        indexes = [
            GinIndex(fields=["word"], name="word_parts", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["stems"], name="word_stems"),
        ]

    def __str__(self) -> str:
        return self.word


class RecordWords(models.Model):
    """The words and references that stand in a record from the day on which the last of them was known.

    Those of its titles weigh A. They stand apart from the record, so that what reads no words need not carry them.
    """

    instrument = models.OneToOneField("register.Instrument", models.CASCADE, primary_key=True, related_name="words")
    vector = SearchVectorField()
    known_from = models.DateField(_("known from"))

    class Meta:
        verbose_name = _("words of a record")
        verbose_name_plural = _("words of records")
        indexes = [GinIndex(fields=["vector"], name="record_words_vector")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.known_from}"


class EarlierWords(models.Model):
    """The words that stood in a record before: known from the first day to the day before the second."""

    instrument = models.ForeignKey("register.Instrument", models.CASCADE, db_index=False, related_name="earlier_words")
    vector = SearchVectorField()
    known_from = models.DateField(_("known from"))
    known_until = models.DateField(_("known until"), db_index=True)

    class Meta:
        verbose_name = _("earlier words of a record")
        verbose_name_plural = _("earlier words of records")
        indexes = [GinIndex(fields=["vector"], name="earlier_words_vector")]
        constraints = [models.UniqueConstraint(fields=["instrument", "known_from"], name="earlier_words_once")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.known_from}/{self.known_until}"
