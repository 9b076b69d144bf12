from django.db import migrations


class Migration(migrations.Migration):
    """Treaty gives up its short name, which every instrument gets (`register` 0002).

    A model cannot have a field that its parent has as well, so that the columns go one step later (0003).
    """

    dependencies = [("cooperation", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("treaty", "short_name_nl"),
                migrations.RemoveField("treaty", "short_name_en"),
            ]
        )
    ]
