"""The order of the titles as indexes, so that a list begins without sorting all that it has."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0008_kept_counts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="instrument",
            index=models.Index(fields=["sort_nl", "key"], name="instrument_by_title_nl"),
        ),
        migrations.AddIndex(
            model_name="instrument",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    django.db.models.functions.comparison.NullIf("sort_en", models.Value("")), "sort_nl"
                ),
                models.F("key"),
                name="instrument_by_title_en",
            ),
        ),
    ]
