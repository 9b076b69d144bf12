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
            name='Memorandum',
            fields=[
                ('instrument_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='register.instrument')),
                ('binding', models.BooleanField(blank=True, help_text='empty: not known', null=True, verbose_name='binding')),
                ('exchange_basis', models.BooleanField(blank=True, help_text='empty: not known', null=True, verbose_name='basis for exchanging information')),
                ('place', models.CharField(blank=True, max_length=100, verbose_name='place')),
            ],
            options={
                'verbose_name': 'MoU',
                'verbose_name_plural': 'MoUs',
            },
            bases=('register.instrument',),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='memorandum',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='d8f193e6ca2778441a89a557080947a5eb291d47', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_fff06', table='mous_memorandum', when='AFTER')),
        ),
    ]
