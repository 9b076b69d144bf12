"""Counts are made when they are asked for, and a country is asked by its index: no copies to keep up."""

from importlib import import_module

from django.db import migrations

version, kept, by_country = (
    import_module(f"cooperation.register.migrations.{name}")
    for name in ("0007_version", "0008_kept_counts", "0011_by_country")
)
_start = version.FUNCTIONS.index("CREATE FUNCTION register_count_writing")
_end = version.FUNCTIONS.index("CREATE CONSTRAINT TRIGGER")
COUNT_WRITING = version.FUNCTIONS[_start:_end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("register", "0011_by_country")]
    operations = [
        migrations.RunSQL(by_country.UNDO_SORTS, by_country.SORTS),
        migrations.RemoveIndex("countryrole", "country_role_by_title_nl"),
        migrations.RemoveIndex("countryrole", "country_role_by_title_en"),
        migrations.RemoveField("countryrole", "sort_nl"),
        migrations.RemoveField("countryrole", "sort_en"),
        migrations.RunSQL(COUNT_WRITING, kept.FOLLOW),
        migrations.DeleteModel("KeptCount"),
        migrations.DeleteModel("KeptDay"),
    ]
