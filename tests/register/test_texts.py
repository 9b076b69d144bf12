"""Texts that the data hold in one language: translated, or marked with their language."""

import pytest
import yaml
from django.utils import translation

from cooperation.register.display.texts import DATA, language_of, text_html, translated

LETTER = "Samenwerking binnen de Europese Unie"


@pytest.mark.parametrize(
    ("dutch", "english"),
    [
        ("Wenen", "Vienna"),
        ("leden", "members"),
        ("Algemene Vergadering", "General Assembly"),
        ("artikel 3", "Article 3"),
        ("VWEU 87(2)(a)", "TFEU 87(2)(a)"),
        ("Besluit 2008/615/JBZ, artikel 33", "Decision 2008/615/JHA, Article 33"),
        ("Verordening (EU) nr. 1053/2013", "Regulation (EU) No 1053/2013"),
        ("PB L 191, 28.7.2023, blz. 181-190", "OJ L 191, 28.7.2023, p. 181-190"),
    ],
)
def test_a_text_is_in_the_language_of_the_reader(dutch, english):
    for language, words in (("nl", dutch), ("en", english)):
        with translation.override(language):
            assert translated(dutch) == translated(english) == words


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ("art. 12, derde lid", "Article 12, third paragraph"),
        ("art. 13, zesde lid, en art. 62, tweede lid", "Article 13, sixth paragraph, and Article 62, second paragraph"),
        ("vragen 2 en 5", "questions 2 and 5"),
        ("bijlage 1", "Annex 1"),
        ("COM(2021) 784", "COM(2021) 784"),
        ("A9-0247/2022", "A9-0247/2022"),
        ("Lyon", "Lyon"),
    ],
)
def test_a_reference_is_translated_word_by_word_and_a_number_is_left(written, english):
    with translation.override("en"):
        assert text_html(written) == english


def test_what_is_not_known_is_marked_with_its_language():
    with translation.override("en"):
        assert text_html(LETTER) == f'<span lang="nl">{LETTER}</span>'
        assert text_html("<b> van de brief") == '<span lang="nl">&lt;b&gt; van de brief</span>'
    with translation.override("nl"):
        assert text_html(LETTER) == LETTER


@pytest.mark.parametrize(
    ("text", "language"), [("Interpol", ""), ("a list of the posts", "en"), ("in of vóór 2025", "")]
)
def test_a_language_is_told_by_words_that_only_one_has(text, language):
    assert language_of(text) == language


def test_each_known_text_stands_once():
    pairs = yaml.safe_load((DATA / "texts.yaml").read_text("utf-8"))
    for language in ("nl", "en"):
        texts = [pair[language] for pair in pairs]
        assert sorted(texts) == sorted(set(texts))


def test_a_hostile_text_is_read_as_quickly_as_any():
    """A pattern that can match a run of signs in many ways would take exponential time."""
    for text in ("!" * 60 + "x", "1 " * 3_000 + "x", "a) " * 3_000 + "zz"):
        assert translated(text) == text
