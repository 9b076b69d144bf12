"""A country is asked by its index: no copies of titles to keep up."""

from importlib import import_module

from django.db import migrations

by_country = import_module("cooperation.register.migrations.0011_by_country")


class Migration(migrations.Migration):
    dependencies = [("register", "0012_without_kept_counts")]
    operations = [
        migrations.RunSQL(by_country.UNDO_SORTS, by_country.SORTS),
        migrations.RemoveIndex("countryrole", "country_role_by_title_nl"),
        migrations.RemoveIndex("countryrole", "country_role_by_title_en"),
        migrations.RemoveField("countryrole", "sort_nl"),
        migrations.RemoveField("countryrole", "sort_en"),
    ]
