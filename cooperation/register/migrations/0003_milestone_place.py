from django.db import migrations, models

# The place of each milestone by its date alone (`domain.order.place_of`). Where the ladder says more, `check_spans
# --repair` or the next load of data writes it.
PLACE_BY_DATE = """
UPDATE register_milestone SET place =
    (coalesce(lower(date_days), upper(date_days) - 1) - date '0001-01-01' + 1)::bigint * 10000000
    + (99999 - least(coalesce(upper(date_days) - 1 - lower(date_days), 99999), 99999)) * 100
"""


class Migration(migrations.Migration):
    allowed_risks = dict.fromkeys(
        ("ban-drop-default", "require-concurrent-index-creation", "data-beside-schema"),
        "before the first release, which starts from an empty database",
    )

    dependencies = [("register", "0002_short_names")]

    operations = [
        migrations.AddField(
            model_name="milestone",
            name="place",
            field=models.BigIntegerField(db_index=True, default=0, editable=False),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(
            name="milestone",
            options={
                "ordering": ["place", "known_from", "key", "pk"],
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
            },
        ),
        migrations.RunSQL(PLACE_BY_DATE, migrations.RunSQL.noop),
    ]
