import django.core.validators
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
            name='Placement',
            fields=[
                ('instrument_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='register.instrument')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('posts', models.PositiveSmallIntegerField(blank=True, help_text='empty: not known', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='number of posts')),
                ('term_years', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)], verbose_name='term in years')),
                ('duration_weeks', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(520)], verbose_name='duration in weeks')),
                ('coverage_region', models.CharField(blank=True, help_text='“Sahel”: a region in words is no coverage', max_length=200, verbose_name='region in words')),
                ('sending_unit', models.CharField(blank=True, max_length=200, verbose_name='sending unit')),
            ],
            options={
                'verbose_name': 'placement',
                'verbose_name_plural': 'placements',
                'constraints': [models.CheckConstraint(condition=models.Q(('posts__isnull', True), ('posts__gte', 1), _connector='OR'), name='placement_has_a_post', violation_error_message='A placement has at least one post; leave it empty when not known.'), models.CheckConstraint(condition=models.Q(('term_years__isnull', True), ('duration_weeks__isnull', True), _connector='OR'), name='placement_term_in_one_unit', violation_error_message='A term is in years or in weeks, not both.')],
            },
            bases=('register.instrument',),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='placement',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='a75d75dccc353fbccec35303de52717de1a510e8', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_5f234', table='placements_placement', when='AFTER')),
        ),
    ]
