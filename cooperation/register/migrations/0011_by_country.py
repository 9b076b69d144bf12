"""A country as quick to ask for as a title: its records in the order of their titles, and among their words."""

from django.db import migrations, models

SORTS = """
CREATE FUNCTION register_sort_of_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT sort_nl, coalesce(nullif(sort_en, ''), sort_nl) INTO NEW.sort_nl, NEW.sort_en
    FROM register_instrument WHERE id = NEW.instrument_id;
    RETURN NEW;
END
$$;

CREATE FUNCTION register_sort_of_roles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE register_countryrole SET instrument_id = instrument_id WHERE instrument_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER register_sort_of_role BEFORE INSERT OR UPDATE ON register_countryrole
FOR EACH ROW EXECUTE FUNCTION register_sort_of_role();

CREATE TRIGGER register_sort_of_roles AFTER UPDATE OF sort_nl, sort_en ON register_instrument
FOR EACH ROW WHEN ((OLD.sort_nl, OLD.sort_en) IS DISTINCT FROM (NEW.sort_nl, NEW.sort_en))
EXECUTE FUNCTION register_sort_of_roles();

UPDATE register_countryrole SET instrument_id = instrument_id;
"""

UNDO_SORTS = """
DROP TRIGGER register_sort_of_roles ON register_instrument;
DROP TRIGGER register_sort_of_role ON register_countryrole;
DROP FUNCTION register_sort_of_roles();
DROP FUNCTION register_sort_of_role();
"""

# The same for words that stand there now and those that did before: countries do not depend on what was known.
MARKS = """
WITH marks AS (
    SELECT instrument_id, array_to_tsvector(array_agg(DISTINCT '@' || country_id)) AS vector
    FROM register_countryrole GROUP BY instrument_id
)
UPDATE {table} AS words SET vector = words.vector || marks.vector
FROM marks WHERE marks.instrument_id = words.instrument_id
"""

UNDO_MARKS = """
UPDATE {table} SET vector = ts_delete(vector, (
    SELECT coalesce(array_agg(DISTINCT '@' || country_id), ARRAY[]::text[])
    FROM register_countryrole AS role WHERE role.instrument_id = {table}.instrument_id
))
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0010_words_of_records")]
    operations = [
        *(
            migrations.AddField(
                model_name="countryrole",
                name=name,
                field=models.CharField(db_collation="C", default="", editable=False, max_length=250),
            )
            for name in ("sort_nl", "sort_en")
        ),
        migrations.RunSQL(SORTS, UNDO_SORTS),
        *(
            migrations.RunSQL(MARKS.format(table=table), UNDO_MARKS.format(table=table))
            for table in ("register_recordwords", "register_earlierwords")
        ),
        # What was written above has to be at its end before the table changes again.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.AddIndex(
            model_name="countryrole",
            index=models.Index(fields=["country", "sort_nl"], name="country_role_by_title_nl"),
        ),
        migrations.AddIndex(
            model_name="countryrole",
            index=models.Index(fields=["country", "sort_en"], name="country_role_by_title_en"),
        ),
    ]
