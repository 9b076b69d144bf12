import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('register', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lighthouse',
            fields=[
                ('instrument_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='register.instrument')),
                ('height', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='height in metres')),
                ('light_list', models.CharField(blank=True, max_length=20, verbose_name='number in the list of lights')),
                ('colour', models.CharField(blank=True, choices=[('white', 'white light'), ('red', 'red light')], max_length=10, verbose_name='colour')),
            ],
            options={
                'verbose_name': 'lighthouse',
                'verbose_name_plural': 'lighthouses',
            },
            bases=('register.instrument',),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lighthouse',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='e66e57d5934973ca0a34360f7ead0b46b488aaef', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_078e7', table='kinds_lighthouse', when='AFTER')),
        ),
    ]
