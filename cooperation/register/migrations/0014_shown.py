from django.db import migrations

import cooperation.register.models.fields

SHOWN = cooperation.register.models.fields.ShownField(
    default=False,
    help_text="Unmarked, it is hidden until something that the reader may see uses it.",
    verbose_name="shown even where nothing visible uses it",
)


class Migration(migrations.Migration):
    dependencies = [("register", "0013_country_roles_without_titles")]

    operations = [
        migrations.AddField("organisation", "shown", SHOWN),
        migrations.AddField("source", "shown", SHOWN),
        migrations.AddField("theme", "shown", SHOWN),
    ]
