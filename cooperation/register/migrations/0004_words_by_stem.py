"""Words are found by their stem, in Dutch and in English."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0003_within_one_record")]
    operations = [
        migrations.AddField(
            model_name="instrument",
            name="search_vector",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.CombinedSearchVector(
                        django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector("sort_nl", config="dutch", weight="A"),
                            "||",
                            django.contrib.postgres.search.SearchVector("sort_en", config="english", weight="A"),
                            django.contrib.postgres.search.SearchConfig("dutch"),
                        ),
                        "||",
                        django.contrib.postgres.search.SearchVector("search_text", config="dutch"),
                        django.contrib.postgres.search.SearchConfig("dutch"),
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector("search_text", config="english"),
                    django.contrib.postgres.search.SearchConfig("dutch"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="instrument",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search_vector"], name="instrument_search_vector"),
        ),
    ]
