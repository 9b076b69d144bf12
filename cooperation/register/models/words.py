"""What the search for words reads. Written only by `actions.rewrite_words`."""

from collections.abc import Iterable, Sequence

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import Func, Value
from django.utils.translation import gettext_lazy as _

from ..domain.text import LONGEST, SHORTEST_MISSPELT, SHORTEST_WITHIN

MOST_MEANINGS = 100  # words that one word can mean
MOST_ERRORS = 2  # letters too many, too few or another, in a word that no record has


def _stem(dictionary: str) -> Func:
    return Func(Value(dictionary), "word", function="ts_lexize")


class WordQuerySet(models.QuerySet):
    def meanings(
        self, words: Iterable[str], forms_of: Iterable[str] = (), *, levels: Iterable[str]
    ) -> dict[str, Sequence[str]]:
        """The words in records of these classifications that each of these can mean, closest first; none: only itself.

        `words` are found in another form, alike, and within longer words (the shortest: at their beginning), and where
        they have no such word with a small error; `forms_of` only in another form. What has a digit is itself.
        """
        asked = [(word, True) for word in words] + [(word, False) for word in forms_of]
        asked = [(word, loose) for word, loose in asked if word.isalpha()]
        if not asked:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                _MEANINGS,
                {
                    "words": [word for word, _loose in asked],
                    "likes": [_like(word) if loose else word for word, loose in asked],
                    "misspelt": [loose and len(word) >= SHORTEST_MISSPELT for word, loose in asked],
                    "most": MOST_MEANINGS,
                    "errors": MOST_ERRORS,
                    "levels": list(levels),
                },
            )
            return dict(cursor.fetchall())


def _like(word: str) -> str:
    return f"%{word}%" if len(word) >= SHORTEST_WITHIN else f"{word}%"


# The table of words is only where to look: it holds those of hidden records, and words that nothing has any more. What
# counts is that the word stands in a record that the reader may see, now or on an earlier day.
_STANDS = """(
    EXISTS (
        SELECT FROM register_recordwords AS words JOIN register_instrument AS record ON record.id = words.instrument_id
        WHERE words.vector @@ quote_literal({word})::tsquery AND record.classification = ANY(%(levels)s)
    ) OR EXISTS (
        SELECT FROM register_earlierwords AS words JOIN register_instrument AS record ON record.id = words.instrument_id
        WHERE words.vector @@ quote_literal({word})::tsquery AND record.classification = ANY(%(levels)s)
    )
)"""
_MEANINGS = f"""
SELECT asked.word, array_agg(meant.word ORDER BY place)
FROM (
    SELECT
        *,
        ts_lexize('dutch_stem', word) || ts_lexize('english_stem', word) AS stems,
        misspelt AND NOT {_STANDS.format(word="given.word")} AS is_new
    FROM unnest(%(words)s::text[], %(likes)s::text[], %(misspelt)s::boolean[]) AS given (word, likes, misspelt)
) AS asked
CROSS JOIN LATERAL (
    SELECT word, row_number() OVER (
        ORDER BY word = asked.word DESC, stems && asked.stems DESC, similarity(word, asked.word) DESC, word
    ) AS place
    FROM register_word
    WHERE (
        word LIKE asked.likes
        OR stems && asked.stems
        OR (asked.misspelt AND word %%> asked.word)
        OR (asked.is_new AND word %% asked.word AND levenshtein(word, asked.word) <= %(errors)s)
    ) AND {_STANDS.format(word="register_word.word")}
    ORDER BY place
    LIMIT %(most)s
) AS meant
GROUP BY asked.word
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
