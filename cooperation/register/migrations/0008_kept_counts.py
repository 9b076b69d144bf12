"""Counts that are kept, and that follow the number of the register as far as a transaction has brought them along."""

import django.db.models.deletion
from django.db import migrations, models

# `register.counted` names the kept days on which this transaction has counted its own changes (`kept.following`). Only
# those follow, and only where no other transaction came in between: a day that was missed is counted anew when asked.
FOLLOW = """
CREATE OR REPLACE FUNCTION register_count_writing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := (SELECT number FROM register_registerversion FOR UPDATE);
    now bigint := nextval('register_version');
BEGIN
    DELETE FROM register_written;
    INSERT INTO register_registerversion (id, number) VALUES (1, now)
    ON CONFLICT (id) DO UPDATE SET number = now;
    UPDATE register_keptday SET version = now
    WHERE version = before
        AND id = ANY (string_to_array(nullif(current_setting('register.counted', true), ''), ',')::bigint[]);
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0007_version")]
    operations = [
        migrations.CreateModel(
            name="KeptDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("resource", models.CharField(max_length=40)),
                ("roles", models.CharField(max_length=200)),
                ("valid_on", models.DateField()),
                ("known_on", models.DateField()),
                ("version", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "kept day",
                "verbose_name_plural": "kept days",
                "constraints": [
                    models.UniqueConstraint(fields=("resource", "roles", "valid_on", "known_on"), name="kept_day_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("classification", models.CharField(max_length=20)),
                ("value", models.CharField(max_length=2)),
                ("stage", models.CharField(max_length=30)),
                ("count", models.BigIntegerField()),
                ("posts", models.BigIntegerField()),
                ("posts_known", models.BigIntegerField()),
                (
                    "day",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts",
                        to="register.keptday",
                    ),
                ),
            ],
            options={
                "verbose_name": "kept count",
                "verbose_name_plural": "kept counts",
                "constraints": [
                    models.UniqueConstraint(fields=("day", "value", "stage", "classification"), name="kept_count_once")
                ],
            },
        ),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]
