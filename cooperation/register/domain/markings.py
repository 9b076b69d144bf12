"""Markings that are refused: state secrets, and classified information of the EU, NATO, the Benelux and others.

One rule for every text, on the text as it looks and not as it is written: without what nobody sees, with one letter
for all that look like it, whatever stands between words as one separator. Only whole markings are refused, so that
texts may say “geheim” or “secret ballot”; Departementaal Vertrouwelijk is none of them.

A marking is written in capitals, or stands by itself, which a grade in capitals on a line of its own does. A sentence
in small letters that has the same words beside each other (`ORDINARY`: “the EU restricted the import”) is taken out
before the rest is looked at; it must be written plainly, so that no disguise is taken for a sentence.

The database refuses the same in the names and summaries of records, by the function `register_bears_marking`: who
changes the rule adds a migration that makes the function again from `FUNCTION_BODY`. A test compares the two.
"""

import re
import unicodedata
from collections.abc import Iterable
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
    "i": "lL1ıłŁƖǀɩɪɫʟΙιІіӀӏᎥᏞᒪᛁ∣⍳⏽ⲒⳐⵏꓡꓲꙇꭵ",  # i and l cannot be told apart
    "k": "ĸƙκΚКкҝᏦᴋⲔꓗ",
    "m": "ΜϺМмᎷᗰᛖᴍⲘꓟ",
    "n": "ŋɲɴΝηпոռⲚꓠ",
    "o": "0øØΟοσОоՕօᴏᴑⲞⲟⵔ〇ꓳꬽ",
    "p": "þΡρРрᏢᑭᴘ⍴Ⲣⲣꓑ",
    "r": "ƦɼʀгᎡᏒᖇᴦⲅꓣꭇꭈꮁ",
    "s": "$ßẞƽʂЅѕՏᏕᏚꓢꜱꮪ",
    "t": "ŧŦΤτТтᎢᴛ⊤⟙Ⲧꓔ",
    "u": "ʉʋυцՍսሀᑌᴜ∪⋃ꓴꞟꭎꭒ",
    "v": "νѴѵᏙᴠ∨⋁ⴸꓦꛟꮩ",
    "x": "×ΧХхᕁᕽ᙭᙮ᚷ╳⤫⤬⨯ⲬⵝꓫꞳ",
    "z": "ƶʐΖᏃᴢꓜꮓ",
}
# Letters in circles and squares, and those of which flags are made, each from A to Z: Unicode gives them no letter.
ROWS = (0x1F150, 0x1F170, 0x1F1E6)
# What takes the place of a letter within a word.
LEET = {"a": "4@", "b": "8", "e": "3", "g": "69", "i": "!|", "s": "5", "t": "7", "z": "2"}
BETWEEN = "[ .@!|]"  # between words, and between letters that are spaced
LINE_ENDS = r"\n\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029"

_DUTCH = ("confidentieel", "geheim", "zeer geheim")
_ENGLISH = ("restricted", "confidential", "secret", "top secret")
_FRENCH = ("restreint", "diffusion restreinte", "confidentiel", "secret", "tres secret")
GRADES = tuple(dict.fromkeys(_DUTCH + _ENGLISH + _FRENCH))
# A grade before or behind one of these is a marking; so is a line that is a grade in capitals, and no more.
OWNERS = ("stg", "eu", "ue", "nato", "navo", "otan", "benelux", "lux", "europol", "eurojust", "euratom", "weu", "uk")
MARKINGS = (
    *(f"stg {grade}" for grade in ("c", "g", "zg")),
    *(f"{grade} ue eu {grade}" for grade in ("r", "c", "s", "ts")),
    # The highest grades, and words of one state, say enough without their owner.
    *("staatsgeheim", "zeer geheim", "top secret", "tres secret", "secret defense", "confidentiel defense"),
    *("diffusion restreinte", "noforn", "atomal", "uk eyes only"),
    *("streng geheim", "verschlusssache", "verschlussache", "amtlich geheimgehalten"),
    *("vs nfd", "vs nur fur den dienstgebrauch", "vs vertraulich", "vs geheim"),
    *(f"{grade} loi 11 12 1998" for grade in ("confidentiel", "secret")),
    *(f"{grade} wet 11 12 1998" for grade in ("vertrouwelijk", "geheim")),
)

_invisible = re.compile(INVISIBLE)
_plain = str.maketrans(
    {other: letter.upper() for letter, others in LOOK_ALIKES.items() for other in others}
    | {chr(row + place): chr(ord("A") + place) for row in ROWS for place in range(26)}
)
_between = re.compile(r"[^.@!|A-Za-z0-9]+")
_in_lines = re.compile(rf"[^.@!|A-Za-z0-9{LINE_ENDS}]+")
_stop = re.compile(r" ?([.@!|])[ .]*")


def _pattern(marking: str) -> str:
    """A marking, also where letters are spaced, or words are written as one. A letter by itself has no disguise."""
    letters = [(letter, len(word) > 1) for word in marking.split() for letter in word]
    return f"{BETWEEN}?".join(
        f"[{letter.translate(_plain).upper()}{LEET.get(letter, '') if in_word else ''}]" for letter, in_word in letters
    )


def _any(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(words)})"


# These patterns are read by Python and by PostgreSQL. “Stg.” with its full stop says enough.
_owner, _grade, _alone = (_any(map(_pattern, words)) for words in (OWNERS, GRADES, MARKINGS))
PATTERN = rf"{BETWEEN}(?:{_alone}|{_owner}{BETWEEN}?{_grade}|{_grade}{BETWEEN}?{_owner}){BETWEEN}|{BETWEEN}STG\."
_lines_end = f"[{LINE_ENDS}]"
# Also in two languages.
BARE = rf"(?:^|{_lines_end}){BETWEEN}*{_grade}(?:{BETWEEN}+{_grade})*{BETWEEN}*(?:{_lines_end}|$)"

# --- sentences that have the same words beside each other ------------------------------------------------------------
_SPACE = r"[ \t\r\n\u00a0]+"
_WHO = "(?:EU|UE|NATO|NAVO|OTAN|Benelux|BENELUX|Europol|EUROPOL|Eurojust|Euratom|WEU|UK|VS)"
_SMALL = "(?:restricted|confidential|secret|confidentieel|geheim)"
_TITLE = "(?:Restricted|Confidential|Secret|Confidentieel|Geheim)"
# Words that a grade goes with in a name of things, where each begins with a capital: a list of sanctions, a service.
_NAMES = _any(
    (
        rf"Restricted{_SPACE}(?:Part(?:y|ies)|Persons?|Entit(?:y|ies)|Goods|Substances?|Areas?|Zones?|Airspace|Access)",
        rf"Confidential{_SPACE}(?:Business{_SPACE}Information|Informants?|Counsell?ors?|Advis[eo]rs?)",
        rf"Secret{_SPACE}(?:Intelligence|Services?|Ballots?)",
    )
)
_HIGHEST = "(?:staatsgeheim|zeer[ -]geheim|streng geheim|top[ -]secret|secret defense)"
_ARTICLE = "(?:[Tt]he|[Aa]n?|[Dd]e|[Hh]et|[Ee]en|[Tt]hat|[Dd]at)"
_CLOSED = r"[)\]”’\u0022\u0027]*"
_GAP = rf"{_CLOSED}(?:[,;:]?{_SPACE}(?:[-–—]{_SPACE})?|-)"
_STOP = rf"{_CLOSED}[.!?]{_CLOSED}{_SPACE}"
_BEHIND = rf"{_WHO}(?:{_GAP}{_SMALL}|{_STOP}{_TITLE})"
_IN_FRONT = rf"{_SMALL}{_CLOSED}(?:[.,;:!?]{_CLOSED}{_SPACE}|{_SPACE}[(]){_WHO}"
_END, _GOES_ON = "(?![A-Za-z])", rf"(?=,?{_SPACE}[a-z]{{2}})"
_AT_A_WORD = (
    # dat houdt de EU geheim; de EU. Geheim; een staatsgeheim
    rf"{_ARTICLE}{_SPACE}(?:{_BEHIND}|{_HIGHEST}){_END}",
    # EU restricted the import; of the EU. Secret ballots are
    rf"{_BEHIND}{_GOES_ON}",
    # UK Secret Intelligence Service; EU Restricted Party List
    rf"{_WHO}{_SPACE}(?={_NAMES}{_END})",
    # a secret EU plan; restricted, EU-wide; confidential (EU) files; Geheim NAVO-plan
    rf"{_SMALL},?{_SPACE}[(]?{_WHO}[)]?(?=[-’ \n][A-Za-z])",
    rf"{_TITLE}{_SPACE}{_WHO}(?=(?:{_SPACE}|-)[a-z]{{2}})",
)
_AFTER_A_WORD = (
    # it is secret. EU ministers; it is secret (NATO); this top secret plan; open vs. restricted
    rf"{_IN_FRONT}{_END}",
    rf"{_HIGHEST}{_GOES_ON}",
    rf"vs\.?{_SPACE}{_SMALL}{_END}",
)
ORDINARY = rf"(?<![A-Za-z]){_any(_AT_A_WORD)}|(?<=[a-z][ \n]){_any(_AFTER_A_WORD)}"

_refused, _bare, _ordinary = re.compile(PATTERN), re.compile(BARE), re.compile(ORDINARY)
FUNCTION_BODY = rf"""
    SELECT EXISTS (
        SELECT FROM unnest(texts) AS given,
            regexp_replace(given, '{ORDINARY}', ' ', 'g') AS unusual,
            regexp_replace(normalize(unusual, NFKD), '{INVISIBLE}', '', 'g') AS seen,
            translate(seen, '{"".join(map(chr, _plain))}', '{"".join(_plain.values())}') AS plain,
            regexp_replace(plain, '{_between.pattern}', ' ', 'g') AS words,
            regexp_replace(words, '{_stop.pattern}', '\1', 'g') AS looks,
            regexp_replace(plain, '{_in_lines.pattern}', ' ', 'g') AS words_in_lines,
            regexp_replace(words_in_lines, '{_stop.pattern}', '\1', 'g') AS lines
        WHERE ' ' || upper(looks) || ' ' ~ '{PATTERN}' OR ' ' || looks || ' ' ~ '{BARE}' OR lines ~ '{BARE}'
    )
"""  # noqa: S608  # nosec B608  (put together from constants of this file)


def _plainly(text: str) -> str:
    """The text in plain letters, without ordinary sentences."""
    return _invisible.sub("", unicodedata.normalize("NFKD", _ordinary.sub(" ", text))).translate(_plain)


def _folded(plain: str, between: re.Pattern) -> str:
    """Each separator is one space, or one full stop or sign where there was one in it."""
    return " " + _stop.sub(r"\1", between.sub(" ", plain)) + " "


def marking_in(text: str) -> str:
    """The marking that the text bears; empty where it bears none."""
    plain = _plainly(text)
    looks = _folded(plain, _between)
    if not _refused.search(looks.upper()):
        bare = _bare.search(looks) or _bare.search(_folded(plain, _in_lines))
        if not bare:
            return ""
        looks = f" {bare[0].strip()} "
    owned = (f"{one} {other}" for pair in product(OWNERS, GRADES) for one, other in (pair, pair[::-1]))
    names = (name for name in (*owned, *MARKINGS, *GRADES) if _named(name, looks.upper()))
    return next(names, "stg.").upper()


def _named(marking: str, looks: str) -> bool:
    return bool(re.search(f"{BETWEEN}{_pattern(marking)}{BETWEEN}", looks))


def refuse_marking(text: str) -> None:
    """Raise ValidationError for a text that bears a marking of classified information."""
    if marking := marking_in(text):
        reason = _(
            "This bears the marking “%(marking)s”: of a state secret, or of classified information of the EU, NATO,"
            " the Benelux or another state. Such information is refused."
        )
        raise ValidationError(reason, code="marking", params={"marking": marking})
