"""Markings that are refused: state secrets, and classified information of the EU, NATO, the Benelux and neighbours.

One rule for every text, on the text as it looks and not as it is written: without what nobody sees, with one letter
for all that look like it, in small letters, whatever stands between words as one separator. Texts must be allowed to
say “geheim” or “secret ballot”, so only whole markings are refused; Departementaal Vertrouwelijk is none of them.

The database refuses the same in the names and summaries of records (`register_bears_marking`, migration 0004): who
changes the rule writes that function anew.
"""

import re
import unicodedata
from itertools import product

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Soft hyphens, joiners, marks that turn the direction, accents and other marks on letters, fillers, tags.
INVISIBLE = (
    r"[\u00ad\u0300-\u036f\u0483-\u0489\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
# What looks like these letters, from the confusables of Unicode (UTS 39): those of the letters that markings have, in
# the scripts that a keyboard or a font offers. A library would bring some thousands more, for a rule that needs twenty.
LOOK_ALIKES = {
    "a": "ɐɑΑαАаᎪᗅᴀ⍺ꓮ",
    "b": "ƄʙΒВЬвᏏᏴᑲᖯᗷꓐꞴ",
    "c": "¢ƈςСсᏟᴄⲤⲥꓚꮯ",
    "d": "đĐɖɗԁᎠᏧᑯᗞᗪᴅꓒꓓ",
    "e": "ǝɛΕεЕеҽᎬᴇ€℮⋿ⴹꓰꬲ",
    "f": "ƒϜքᖴẝꓝꜰꞘꞙꬵ",
    "g": "ƍǥɠɡɢԌցᏀᏳᶃꓖ",
    "h": "ħĦɦʜΗНнһհᎻᏂᕼⲎꓧ",
    "i": "lL1|ıłŁƖǀɩɪɫʟΙιІіӀӏᎥᏞᒪᛁ∣⍳⏽ⲒⳐⵏꓡꓲꙇꭵ",  # i and l cannot be told apart
    "m": "ΜϺМмᎷᗰᛖᴍⲘꓟ",
    "n": "ŋɲɴΝηпոռⲚꓠ",
    "o": "0øØΟοσОоՕօᴏᴑⲞⲟⵔ〇ꓳꬽ",
    "p": "þΡρРрᏢᑭᴘ⍴Ⲣⲣꓑ",
    "r": "ƦɼʀгᎡᏒᖇᴦⲅꓣꭇꭈꮁ",
    "s": "ƽʂЅѕՏᏕᏚꓢꜱꮪ",
    "t": "ŧŦΤτТтᎢᴛ⊤⟙Ⲧꓔ",
    "u": "ʉʋυцՍսሀᑌᴜ∪⋃ꓴꞟꭎꭒ",
    "v": "νѴѵᏙᴠ∨⋁ⴸꓦꛟꮩ",
    "x": "×ΧХхᕁᕽ᙭᙮ᚷ╳⤫⤬⨯ⲬⵝꓫꞳ",
    "z": "ƶʐΖᏃᴢꓜꮓ",
}
# Letters of words that are none of these; everything else stands between words.
LETTERS = r"a-z0-9\u00c0-\u024f\u0370-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufaff"

_DUTCH = ("confidentieel", "geheim", "zeer geheim")
_ENGLISH = ("restricted", "confidential", "secret")
_FRENCH = ("restreint", "confidentiel", "secret")
MARKINGS = (
    *(f"stg {grade}" for grade in (*_DUTCH, "c", "g", "zg")),
    "staatsgeheim",
    "zeer geheim",
    # English and French top grades are markings of whoever wrote them.
    *("top secret", "tres secret", "streng geheim", "secret defense", "confidentiel defense", "noforn", "atomal"),
    *("vs nfd", "vs nur fur den dienstgebrauch", "vs vertraulich"),
    *(f"eu {grade}" for grade in (*_ENGLISH, *_DUTCH)),
    *(f"{grade} ue" for grade in _FRENCH),
    *(f"{grade} ue eu {grade}" for grade in ("r", "c", "s", "ts")),
    *(f"{who} {grade}" for who, grade in product(("nato", "navo", "otan"), (*_ENGLISH, *_DUTCH, "confidentiel"))),
    *(f"{grade} otan" for grade in (*_FRENCH, "diffusion restreinte")),
    "nato diffusion restreinte",
    *(f"benelux {grade}" for grade in (*_ENGLISH, *_DUTCH, "restreint", "confidentiel")),
    *(f"{grade} {who}" for grade, who in product((*_FRENCH, *_DUTCH), ("benelux", "lux"))),
    *(f"{grade} loi 11 12 1998" for grade in ("confidentiel", "secret")),
    *(f"{grade} wet 11 12 1998" for grade in ("vertrouwelijk", "geheim")),
)

_invisible = re.compile(INVISIBLE)
_plain = str.maketrans({other: letter for letter, others in LOOK_ALIKES.items() for other in others})
_between = re.compile(rf"[^.{LETTERS}]+")
_stop = re.compile(r" ?\.[ .]*")


def as_it_looks(text: str) -> str:
    """The text folded: each separator is one space, or one full stop where there was one in it."""
    plain = _invisible.sub("", unicodedata.normalize("NFKD", text)).translate(_plain).lower()
    return f" {_stop.sub('.', _between.sub(' ', plain))} "


def _pattern(marking: str) -> str:
    """A marking, also where letters are spaced or words are written as one."""
    return "[ .]?".join(marking.translate(_plain).replace(" ", ""))


# In what both Python and PostgreSQL read. “Stg.” with its full stop says enough.
PATTERN = rf"[ .](?:{'|'.join(map(_pattern, MARKINGS))})[ .]|[ .]stg\."
_refused = re.compile(PATTERN)


def marking_in(text: str) -> str:
    """The marking that the text bears; empty where it bears none."""
    looks = as_it_looks(text)
    if not _refused.search(looks):
        return ""
    named = (marking for marking in MARKINGS if re.search(rf"[ .]{_pattern(marking)}[ .]", looks))
    return next(named, "stg.").upper()


def refuse_marking(text: str) -> None:
    """Raise ValidationError for a text that bears a marking of classified information."""
    if marking := marking_in(text):
        reason = _(
            "This bears the marking “%(marking)s”: of a state secret, or of classified information of the EU, NATO,"
            " the Benelux or another state. Such information is refused."
        )
        raise ValidationError(reason, code="marking", params={"marking": marking})
