from django.db import migrations, models

# As `domain/markings.py` was when this migration was written; a test holds them together.
INVISIBLE = (
    r"[\u00ad\u0300-\u036f\u0483-\u0489\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff9-"
    r"\ufffb\U000e0000-\U000e0fff]"
)
LOOK_ALIKES = {
    "a": "ɐɑΑαАаᎪᗅᴀ⍺ꓮ",
    "b": "ƄʙΒВЬвᏏᏴᑲᖯᗷꓐꞴ",
    "c": "¢ƈςСсᏟᴄⲤⲥꓚꮯ",
    "d": "đĐɖɗԁᎠᏧᑯᗞᗪᴅꓒꓓ",
    "e": "ǝɛΕεЕеҽᎬᴇ€℮⋿ⴹꓰꬲ",
    "f": "ƒϜքᖴẝꓝꜰꞘꞙꬵ",
    "g": "ƍǥɠɡɢԌցᏀᏳᶃꓖ",
    "h": "ħĦɦʜΗНнһհᎻᏂᕼⲎꓧ",
    "i": "lL1|ıłŁƖǀɩɪɫʟΙιІіӀӏᎥᏞᒪᛁ∣⍳⏽ⲒⳐⵏꓡꓲꙇꭵ",
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
LETTERS = r"a-z0-9\u00c0-\u024f\u0370-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufaff"
MARKINGS = (
    "stg confidentieel", "stg geheim", "stg zeer geheim", "stg c", "stg g", "stg zg", "staatsgeheim",
    "zeer geheim", "top secret", "tres secret", "streng geheim", "secret defense", "confidentiel defense",
    "noforn", "atomal", "vs nfd", "vs nur fur den dienstgebrauch", "vs vertraulich", "eu restricted",
    "eu confidential", "eu secret", "eu confidentieel", "eu geheim", "eu zeer geheim", "restreint ue",
    "confidentiel ue", "secret ue", "r ue eu r", "c ue eu c", "s ue eu s", "ts ue eu ts", "nato restricted",
    "nato confidential", "nato secret", "nato confidentieel", "nato geheim", "nato zeer geheim",
    "nato confidentiel", "navo restricted", "navo confidential", "navo secret", "navo confidentieel",
    "navo geheim", "navo zeer geheim", "navo confidentiel", "otan restricted", "otan confidential",
    "otan secret", "otan confidentieel", "otan geheim", "otan zeer geheim", "otan confidentiel",
    "restreint otan", "confidentiel otan", "secret otan", "diffusion restreinte otan",
    "nato diffusion restreinte", "benelux restricted", "benelux confidential", "benelux secret",
    "benelux confidentieel", "benelux geheim", "benelux zeer geheim", "benelux restreint",
    "benelux confidentiel", "restreint benelux", "restreint lux", "confidentiel benelux", "confidentiel lux",
    "secret benelux", "secret lux", "confidentieel benelux", "confidentieel lux", "geheim benelux",
    "geheim lux", "zeer geheim benelux", "zeer geheim lux", "confidentiel loi 11 12 1998",
    "secret loi 11 12 1998", "vertrouwelijk wet 11 12 1998", "geheim wet 11 12 1998",
)
_PLAIN = {ord(other): letter for letter, others in LOOK_ALIKES.items() for other in others}
PATTERN = "[ .](?:{})[ .]|[ .]stg\\.".format(
    "|".join("[ .]?".join(marking.translate(_PLAIN).replace(" ", "")) for marking in MARKINGS)
)
BEARS_MARKING = rf"""
CREATE FUNCTION register_bears_marking(VARIADIC texts text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM unnest(texts) AS given,
            regexp_replace(normalize(given, NFKD), '{INVISIBLE}', '', 'g') AS seen,
            lower(translate(seen, '{"".join(LOOK_ALIKES.values())}',
                '{"".join(letter * len(others) for letter, others in LOOK_ALIKES.items())}')) AS plain,
            regexp_replace(plain, '[^.{LETTERS}]+', ' ', 'g') AS words,
            regexp_replace(words, ' ?\.[ .]*', '.', 'g') AS looks
        WHERE ' ' || looks || ' ' ~ '{PATTERN}'
    )
$$
"""  # nosec B608  (put together from constants of this file)
FIELDS = ("short_name_nl", "short_name_en", "title_nl", "title_en", "summary_nl", "summary_en")


class Migration(migrations.Migration):
    allowed_risks = dict.fromkeys(
        ("constraint-missing-not-valid",),
        "before the first release, which starts from an empty database",
    )

    dependencies = [("register", "0003_milestone_place")]

    operations = [
        migrations.RunSQL(BEARS_MARKING, "DROP FUNCTION register_bears_marking(text[])"),
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
