"""Texts that the data hold in one language: translated where that is known, else marked with the language they are in.

Known are the texts of `data/texts.yaml`, and references: what is nothing but numbers and the words below ("Article 3").
"""

import re
from functools import lru_cache
from pathlib import Path

import yaml
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..domain.text import reader_languages

MARKED = '<span lang="{}">{}</span>'
DATA = Path(__file__).parent.parent / "data"

# Of a reference: Dutch and English. The longer ones go first.
REFERENCE_WORDS = [
    ("Uitvoeringsbesluit", "Implementing Decision"),
    ("Kaderbesluit", "Framework Decision"),
    ("Raadsbesluit", "Council Decision"),
    ("Raadsaanbeveling", "Council Recommendation"),
    ("(vóór Lissabon)", "(pre-Lisbon)"),
    ("uitvoeringsafspraken", "implementing arrangements"),
    ("eerste lid", "first paragraph"),
    ("tweede lid", "second paragraph"),
    ("derde lid", "third paragraph"),
    ("vierde lid", "fourth paragraph"),
    ("vijfde lid", "fifth paragraph"),
    ("zesde lid", "sixth paragraph"),
    ("tweede", "second"),
    ("bladzijde", "page"),
    ("overweging", "recital"),
    ("Verordening", "Regulation"),
    ("Richtlijn", "Directive"),
    ("Besluit", "Decision"),
    ("artikelen", "Articles"),
    ("artikel", "Article"),
    ("art.", "Article"),
    ("bijlage", "Annex"),
    ("voetnoot", "footnote"),
    ("vragen", "questions"),
    ("vraag", "question"),
    ("VWEU", "TFEU"),
    ("VEU", "TEU"),
    ("JBZ", "JHA"),
    ("EG", "EC"),
    ("PB", "OJ"),
    ("blz.", "p."),
    ("nr.", "No"),
    ("en", "and"),
]
# What a reference has besides, alike in both languages.
_ALIKE = r"EU|COM|GA|RES|L|C|[a-z](?=\))"

# Words by which a text betrays its language; none of them is a word of the other one.
_BETRAYING = {
    "nl": """
        het een van met voor dat zijn wordt worden niet bij naar uit als nog deze dit aan op tot geen tegen
        waarvan binnen zoals onder ter tussen artikel artikelen bijlage bijlagen titel wet voorstel verdrag
        samenwerking brief politie politieposten Koninkrijk Nederland Nederlandse Nederlands internationale
        plaatsingen mededeling bericht groeten Tweede Eerste Kamer Rijksoverheid Ministerie bevoegdheden
        bepalingen uitwisseling begroting antwoord lid uitvoeringsafspraken Staten-Generaal Staatscourant
        Verdragenbank
    """,
    "en": """
        the and with from for which by have not this that are its their than after before between until since
        about to on as against into Council Regulation Directive Decision Agreement Commission European
        Union United police cooperation letter paragraph General Assembly Netherlands Dutch joint border
        information exchange States security crime law enforcement treaty adopted signed annex elected
        ends
    """,
}


def _words(text: str) -> list[str]:
    """The words of a text without abbreviations: “BY” is a country."""
    words = re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", text)
    return [word.casefold() for word in words if not word.isupper()]


BETRAYING = {language: frozenset(_words(words)) for language, words in _BETRAYING.items()}


def _known() -> dict[str, dict[str, str]]:
    """By language: what is known in the other one, and what it is in this one."""
    pairs = yaml.safe_load((DATA / "texts.yaml").read_text("utf-8"))
    return {"nl": {pair["en"]: pair["nl"] for pair in pairs}, "en": {pair["nl"]: pair["en"] for pair in pairs}}


def _references() -> dict[str, tuple[re.Pattern, re.Pattern, dict[str, str]]]:
    """By language: what a reference in the other one looks like, a word in it, and what each is in this one."""
    found = {}
    for language, into in (("nl", 0), ("en", 1)):
        words = {pair[1 - into].casefold(): pair[into] for pair in reversed(REFERENCE_WORDS)}
        any_word = "|".join(re.escape(pair[1 - into]) for pair in REFERENCE_WORDS)
        word = re.compile(rf"(?<!\w)(?:{any_word})(?!\w)", re.IGNORECASE)
        whole = re.compile(rf"(?:(?<!\w)(?:{any_word}|{_ALIKE})(?!\w)|[\W\d_])+", re.IGNORECASE)
        found[language] = whole, word, words
    return found


KNOWN, REFERENCES = _known(), _references()


def translated(text: str) -> str:
    """The text in the reader's language, or as it is where that is not known."""
    return _translated(text, reader_languages()[0])


@lru_cache(5_000)  # a page names some sources again and again
def _translated(text: str, language: str) -> str:
    if text in KNOWN[language]:
        return KNOWN[language][text]
    whole, word, words = REFERENCES[language]
    if whole.fullmatch(text) and word.search(text):
        return word.sub(lambda found: words[found[0].casefold()], text)
    return text


def language_of(text: str) -> str:
    """The language in which a text is written, by its words; empty where they do not tell."""
    counted = {language: sum(word in known for word in _words(text)) for language, known in BETRAYING.items()}
    (most, first), (less, _second) = sorted(((number, language) for language, number in counted.items()), reverse=True)
    return first if most > less else ""


def text_html(text: str) -> str | SafeString:
    """A text of the data for people who read another language, with the language that it is left in."""
    return _html(str(text), reader_languages()[0])


@lru_cache(5_000)
def _html(text: str, reader: str) -> str | SafeString:
    words = _translated(text, reader)
    language = language_of(words)
    return words if language in ("", reader) else format_html(MARKED, language, words)
