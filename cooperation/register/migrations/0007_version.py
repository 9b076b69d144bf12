"""A number that counts every transaction that writes to the register, whatever path it takes into the tables."""

from django.db import migrations, models

# A statement that writes leaves one note per transaction; the note raises the number as the last thing before the
# transaction ends. So the number is seen together with what it counts, and its row is locked for a moment only: two
# people who write do not wait for each other.
FUNCTIONS = """
CREATE TABLE register_written (noted boolean);
CREATE SEQUENCE register_version;

CREATE FUNCTION register_note_writing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('register.noted', true) IS DISTINCT FROM txid_current()::text THEN
        PERFORM set_config('register.noted', txid_current()::text, true);
        INSERT INTO register_written VALUES (true);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION register_count_writing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM register_written;
    INSERT INTO register_registerversion (id, number) VALUES (1, nextval('register_version'))
    ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER register_count_writing AFTER INSERT ON register_written
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION register_count_writing();
"""

# The triggers of the tables themselves are set after every migration, for those of later kinds too (`watching`).
UNDO = """
DROP TABLE register_written;
DROP SEQUENCE register_version;
DROP FUNCTION register_note_writing() CASCADE;
DROP FUNCTION register_count_writing() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0006_saved_view")]
    operations = [
        migrations.CreateModel(
            name="RegisterVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "version of the register",
                "verbose_name_plural": "versions of the register",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="register_version_is_one_row")
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, UNDO),
    ]
