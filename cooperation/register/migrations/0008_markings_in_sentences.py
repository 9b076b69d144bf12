"""The rule of `domain/markings.py` as it was when this migration was written; a test holds them together."""

import re
from collections.abc import Iterable
from importlib import import_module

from django.db import migrations, models

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

_DUTCH = ("confidentieel", "geheim", "zeer geheim")
_ENGLISH = ("restricted", "confidential", "secret", "top secret")
_FRENCH = ("restreint", "diffusion restreinte", "confidentiel", "secret", "tres secret")
GRADES = tuple(dict.fromkeys(_DUTCH + _ENGLISH + _FRENCH))
# A grade before or behind one of these is a marking; so is a short text that is a grade in capitals, and no more.
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
BARE = rf"^{BETWEEN}*{_grade}(?:{BETWEEN}+{_grade})*{BETWEEN}*$"  # also in two languages

# --- sentences that have the same words beside each other ------------------------------------------------------------
_SPACE = r"[ \t\r\n\u00a0]+"
_WHO = "(?:EU|UE|NATO|NAVO|OTAN|Benelux|BENELUX|Europol|EUROPOL|Eurojust|Euratom|WEU|UK|VS)"
_SMALL = "(?:restricted|confidential|secret|confidentieel|geheim)"
_TITLE = "(?:Restricted|Confidential|Secret|Confidentieel|Geheim)"
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
    rf"{_WHO}{_SPACE}(?=Secret{_SPACE}(?:Intelligence|Service))",
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

FUNCTION_BODY = rf"""
    SELECT EXISTS (
        SELECT FROM unnest(texts) AS given,
            regexp_replace(given, '{ORDINARY}', ' ', 'g') AS unusual,
            regexp_replace(normalize(unusual, NFKD), '{INVISIBLE}', '', 'g') AS seen,
            translate(seen, '{"".join(map(chr, _plain))}', '{"".join(_plain.values())}') AS plain,
            regexp_replace(plain, '{_between.pattern}', ' ', 'g') AS words,
            regexp_replace(words, '{_stop.pattern}', '\1', 'g') AS looks
        WHERE ' ' || upper(looks) || ' ' ~ '{PATTERN}' OR ' ' || looks || ' ' ~ '{BARE}'
    )
"""  # noqa: S608  # nosec B608  (put together from constants of this file)

BEFORE = import_module(f"{__package__}.0004_markings").BEARS_MARKING.replace("CREATE", "CREATE OR REPLACE", 1)
BEARS_MARKING = (
    "CREATE OR REPLACE FUNCTION register_bears_marking(VARIADIC texts text[]) RETURNS boolean"
    f" LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body${FUNCTION_BODY}$body$"
)
FIELDS = ("short_name_nl", "short_name_en", "title_nl", "title_en", "summary_nl", "summary_en")


class Migration(migrations.Migration):
    allowed_risks = {"constraint-missing-not-valid": "before the first release, and a thousand records take a second"}

    dependencies = [("register", "0007_audit_log_forgets_by_its_owner")]

    operations = [
        migrations.RunSQL(BEARS_MARKING, BEFORE),
        # Made again, so that the records that are there are looked at by the new rule.
        migrations.RemoveConstraint(model_name="instrument", name="instrument_no_state_secret"),
        migrations.AddConstraint(
            model_name="instrument",
            constraint=models.CheckConstraint(
                condition=~models.Q(
                    models.Func(*FIELDS, function="register_bears_marking", output_field=models.BooleanField())
                ),
                name="instrument_no_state_secret",
                violation_error_message="Bears the marking of classified information. Such information is refused.",
            ),
        ),
    ]
