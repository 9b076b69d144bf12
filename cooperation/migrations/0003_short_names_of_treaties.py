import re
import unicodedata

from django.db import migrations

BACK = """
ALTER TABLE cooperation_treaty
    ADD COLUMN short_name_nl varchar(100) NOT NULL DEFAULT '', ADD COLUMN short_name_en varchar(100) NOT NULL DEFAULT '';
UPDATE cooperation_treaty SET short_name_nl = of.short_name_nl, short_name_en = of.short_name_en
    FROM register_instrument AS of WHERE of.id = instrument_ptr_id;
ALTER TABLE cooperation_treaty ALTER COLUMN short_name_nl DROP DEFAULT, ALTER COLUMN short_name_en DROP DEFAULT
"""
MOVE = """
UPDATE register_instrument AS of SET short_name_nl = own.short_name_nl, short_name_en = own.short_name_en
    FROM cooperation_treaty AS own WHERE of.id = own.instrument_ptr_id
"""
DROP = "ALTER TABLE cooperation_treaty DROP COLUMN short_name_nl, DROP COLUMN short_name_en"


def sort_key(text):
    """As `domain.text.sort_key` was when this migration was written."""
    letters = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(letters)
    words = " ".join(re.findall(r"\w+", "".join(one for one in plain if not unicodedata.combining(one))))
    return re.sub(r"\d+", lambda number: f"{int(number[0]):012d}", words)[:250]


def sort_by_short_name(apps, schema_editor):
    instruments = apps.get_model("register", "Instrument").objects
    for language in ("nl", "en"):
        for record in instruments.exclude(**{f"short_name_{language}": ""}):
            key = sort_key(getattr(record, f"short_name_{language}"))
            instruments.filter(pk=record.pk).update(**{f"sort_{language}": key})


class Migration(migrations.Migration):
    """Move the short names of treaties to the table that all kinds share."""

    allowed_risks = dict.fromkeys(
        ("ban-drop-column", "data-beside-schema"),
        "before the first release, which starts from an empty database",
    )

    dependencies = [("cooperation", "0002_short_names_of_all_kinds"), ("register", "0002_short_names")]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RunPython(sort_by_short_name, migrations.RunPython.noop),
        migrations.RunSQL(DROP, BACK),
    ]
