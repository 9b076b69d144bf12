"""A milestone fulfils or replaces one of its own record: a promise that needs two columns, so Django cannot say it."""

from django.db import migrations

PROMISES = {
    "milestone_fulfils_same_record": ("register_milestone", "fulfils_id"),
    "milestone_replaces_same_record": ("register_milestone", "replaces_id"),
    "commitment_fulfilled_in_same_record": ("register_commitment", "fulfilled_by_milestone_id"),
}


class Migration(migrations.Migration):
    dependencies = [("register", "0002_initial")]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (instrument_id, {column})"
            " REFERENCES register_milestone (instrument_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for name, (table, column) in PROMISES.items()
    ]
