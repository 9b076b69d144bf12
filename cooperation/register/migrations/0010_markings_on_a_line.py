"""The rule of `domain/markings.py` as it was when this migration was written; a test holds them together.

What it has in common with that of before is read from there.
"""

import re
from importlib import import_module

from django.db import migrations, models

before = import_module(f"{__package__}.0008_markings_in_sentences")

LINE_ENDS = r"\n\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029"
_in_lines = re.compile(rf"[^.@!|A-Za-z0-9{LINE_ENDS}]+")
_lines_end = f"[{LINE_ENDS}]"
_a_grade = rf"{before.BETWEEN}*{before._grade}(?:{before.BETWEEN}+{before._grade})*{before.BETWEEN}*"
BARE = rf"(?:^|{_lines_end}){_a_grade}(?:{_lines_end}|$)"
_SPACE = before._SPACE
_NAMES = before._any(
    (
        rf"Restricted{_SPACE}(?:Part(?:y|ies)|Persons?|Entit(?:y|ies)|Goods|Substances?|Areas?|Zones?|Airspace|Access)",
        rf"Confidential{_SPACE}(?:Business{_SPACE}Information|Informants?|Counsell?ors?|Advis[eo]rs?)",
        rf"Secret{_SPACE}(?:Intelligence|Services?|Ballots?)",
    )
)
_article, _goes_on, _service, *_others = before._AT_A_WORD
_AT_A_WORD = (_article, _goes_on, rf"{before._WHO}{_SPACE}(?={_NAMES}{before._END})", *_others)
ORDINARY = rf"(?<![A-Za-z]){before._any(_AT_A_WORD)}|(?<=[a-z][ \n]){before._any(before._AFTER_A_WORD)}"
_stop, _plain = before._stop, before._plain

FUNCTION_BODY = rf"""
    SELECT EXISTS (
        SELECT FROM unnest(texts) AS given,
            regexp_replace(given, '{ORDINARY}', ' ', 'g') AS unusual,
            regexp_replace(normalize(unusual, NFKD), '{before.INVISIBLE}', '', 'g') AS seen,
            translate(seen, '{"".join(map(chr, _plain))}', '{"".join(_plain.values())}') AS plain,
            regexp_replace(plain, '{before._between.pattern}', ' ', 'g') AS words,
            regexp_replace(words, '{_stop.pattern}', '\1', 'g') AS looks,
            regexp_replace(plain, '{_in_lines.pattern}', ' ', 'g') AS words_in_lines,
            regexp_replace(words_in_lines, '{_stop.pattern}', '\1', 'g') AS lines
        WHERE ' ' || upper(looks) || ' ' ~ '{before.PATTERN}' OR ' ' || looks || ' ' ~ '{BARE}' OR lines ~ '{BARE}'
    )
"""  # noqa: S608  # nosec B608  (put together from constants of this file)

BEARS_MARKING = before.BEARS_MARKING.replace(before.FUNCTION_BODY, FUNCTION_BODY)


class Migration(migrations.Migration):
    allowed_risks = {"constraint-missing-not-valid": "a thousand records take a second"}

    dependencies = [("register", "0009_updated_at_rises")]

    operations = [
        migrations.RunSQL(BEARS_MARKING, before.BEARS_MARKING),
        # Made again, so that the records that are there are looked at by the new rule.
        migrations.RemoveConstraint(model_name="instrument", name="instrument_no_state_secret"),
        migrations.AddConstraint(
            model_name="instrument",
            constraint=models.CheckConstraint(
                condition=~models.Q(
                    models.Func(*before.FIELDS, function="register_bears_marking", output_field=models.BooleanField())
                ),
                name="instrument_no_state_secret",
                violation_error_message="Bears the marking of classified information. Such information is refused.",
            ),
        ),
    ]
