"""Words stand apart from the record: those that stand in it now, and those that stood in it on earlier days.

The tables are filled once all migrations are done (`apps.read_words`).
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0009_order_of_titles")]
    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "word",
                    models.CharField(
                        db_collation="C", max_length=100, primary_key=True, serialize=False, verbose_name="word"
                    ),
                ),
                (
                    "stems",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(models.Value("dutch_stem"), "word", function="ts_lexize"),
                            models.Func(models.Value("english_stem"), "word", function="ts_lexize"),
                            function="array_cat",
                        ),
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.TextField(), size=None
                        ),
                    ),
                ),
            ],
            options={"verbose_name": "word", "verbose_name_plural": "words"},
        ),
        migrations.AddIndex(
            model_name="word",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["word"], name="word_parts", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="word",
            index=django.contrib.postgres.indexes.GinIndex(fields=["stems"], name="word_stems"),
        ),
        migrations.CreateModel(
            name="RecordWords",
            fields=[
                (
                    "instrument",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="register.instrument",
                    ),
                ),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
                ("known_from", models.DateField(verbose_name="known from")),
            ],
            options={"verbose_name": "words of a record", "verbose_name_plural": "words of records"},
        ),
        migrations.AddIndex(
            model_name="recordwords",
            index=django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="record_words_vector"),
        ),
        migrations.CreateModel(
            name="EarlierWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "instrument",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier_words",
                        to="register.instrument",
                    ),
                ),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
                ("known_from", models.DateField(verbose_name="known from")),
                ("known_until", models.DateField(db_index=True, verbose_name="known until")),
            ],
            options={
                "verbose_name": "earlier words of a record",
                "verbose_name_plural": "earlier words of records",
                "constraints": [
                    models.UniqueConstraint(fields=("instrument", "known_from"), name="earlier_words_once"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="earlierwords",
            index=django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="earlier_words_vector"),
        ),
        migrations.RemoveIndex(model_name="instrument", name="instrument_search_text"),
        migrations.RemoveIndex(model_name="instrument", name="instrument_search_vector"),
        migrations.RemoveField(model_name="instrument", name="search_vector"),
        migrations.RemoveField(model_name="instrument", name="search_text"),
    ]
