"""Words: folding for search and sorting, texts in two languages, and characters that are refused."""

import re
import unicodedata
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

# A word that is searched for. Of shorter ones only whole beginnings are looked for.
SHORTEST_WITHIN = 4  # RST is not in “first”
SHORTEST_MISSPELT = 4  # shorter ones are not searched for with typing errors: too much is alike
LONGEST = 100  # of a longer word only this much is kept and asked

# Letters that neither a decomposition nor their name reduces to a plain one, and the hyphen that is not typed.
_OTHER_LETTERS = {"ß": "ss", "þ": "th", "ð": "d", "ŋ": "n", "ĸ": "k", "ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o", "ɵ": "o"}
_OTHER_LETTERS |= {"ʉ": "u", "ɡ": "g", "\N{HYPHEN}": "-"}
_LATIN = re.compile(r"LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS |LONG )?([A-Z]{1,2})(?: WITH .+)?")

# Characters that nobody sees, and that turn the direction of what follows: a title could be shown as another one.
_UNSEEN = r"\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_CONTROL = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_UNSEEN}]")  # without tab and ends of lines


class _PlainLetters(dict[int, str | None]):
    """For `str.translate`: the plain letters for each letter, found when it is first met; None for what nobody sees."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        if unicodedata.category(letter) in ("Mn", "Me", "Cf"):  # marks, and what only steers how a text is shown
            plain = None
        elif named := _LATIN.fullmatch(unicodedata.name(letter, "")):
            plain = named[1].lower()
        else:
            plain = _OTHER_LETTERS.get(letter, letter)
        self[code] = plain
        return plain


_plain_letters = _PlainLetters()


def fold(text: str) -> str:
    """The text as it is searched: lower case, plain letters, one space between words, nothing unseen."""
    # Decomposed before as well: a mathematical bold A is a capital letter only then.
    lower = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(unicodedata.normalize("NFKD", lower).translate(_plain_letters).split())


def sort_key(text: str) -> str:
    """The text as it is sorted, by bytes: folded, without punctuation, numbers by value (`nr. 9` before `nr. 10`)."""
    words = " ".join(re.findall(r"\w+", fold(text)))
    return re.sub(r"\d+", lambda number: f"{int(number[0]):012d}", words)[:250]


def reader_languages() -> tuple[str, str]:
    """The reader's language, then the other one; Dutch first where there is no reader."""
    return ("en", "nl") if get_language() == "en" else ("nl", "en")


def in_reader_language(name: str) -> str:
    """The field of that name in the reader's language: `sort` is `sort_nl` or `sort_en`."""
    return f"{name}_{reader_languages()[0]}"


def localized(name: str) -> property:
    """A property that gives `<name>_nl` or `<name>_en`: in the reader's language, else in the other one."""

    names = {language: f"{name}_{language}" for language in ("nl", "en")}

    def pick(record) -> str:
        own, other = reader_languages()
        return getattr(record, names[own]) or getattr(record, names[other]) or ""

    return property(pick, doc=f"`{name}` in the reader's language.")


def in_both_languages(words: Callable[[], Iterable[str]]) -> list[str]:
    """What this says in Dutch, then what it says in English, each once."""
    said: dict[str, None] = {}
    for language in ("nl", "en"):
        with override(language):
            said |= dict.fromkeys(words())
    return list(said)


def without_unseen(text: str) -> str:
    """The text without characters that nobody sees, as they come along with what is copied from elsewhere."""
    return re.sub(f"[{_UNSEEN}]", "", text)


def refuse_control_characters(text: str) -> None:
    """Raise ValidationError for characters that no text has: NUL, which PostgreSQL cannot store, and unseen ones."""
    if _CONTROL.search(text):
        raise ValidationError(_("Contains a control character."), code="control_character")


def note_text(note: str | dict) -> str:
    """A note in the reader's language, else in the other one."""
    if isinstance(note, str):
        return note
    return next((note[language] for language in reader_languages() if note.get(language)), "")
