"""A commitment has a permanent number within its record, so that it has an address."""

from django.db import migrations, models

import cooperation.register.models.commitment

IN_ORDER = """
UPDATE register_commitment SET number = numbered.number
FROM (SELECT id, row_number() OVER (PARTITION BY instrument_id ORDER BY id) AS number FROM register_commitment)
    AS numbered
WHERE numbered.id = register_commitment.id
"""


def number(null: bool) -> cooperation.register.models.commitment.NumberField:
    return cooperation.register.models.commitment.NumberField(editable=False, null=null, verbose_name="number")


class Migration(migrations.Migration):
    dependencies = [("register", "0004_words_by_stem")]
    operations = [
        migrations.AddField(model_name="commitment", name="number", field=number(null=True)),
        migrations.RunSQL(IN_ORDER, migrations.RunSQL.noop),
        # The constraints that wait for the end of a transaction must have been tried before the table is altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"),
        migrations.AlterField(model_name="commitment", name="number", field=number(null=False)),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.UniqueConstraint(
                fields=["instrument", "number"],
                name="commitment_number_once_per_instrument",
                violation_error_message="Another commitment of this record has this number.",
            ),
        ),
    ]
