import django.contrib.postgres.fields
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
            name='EUProposal',
            fields=[
                ('instrument_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='register.instrument')),
                ('com_number', models.CharField(blank=True, max_length=100, verbose_name='COM number')),
                ('procedure', models.CharField(blank=True, max_length=20, validators=[django.core.validators.RegexValidator('^\\d{4}/\\d{4}\\([A-Z]{3}\\)$', 'A procedure looks like 2021/0410(COD).')], verbose_name='procedure')),
                ('celex_proposal', models.CharField(blank=True, max_length=20, validators=[django.core.validators.RegexValidator('^[0-9CE]\\d{4}[A-Z]{1,2}\\d{4,5}(\\(\\d+\\))?$', 'A CELEX number looks like 52021PC0784.')], verbose_name='CELEX of the proposal')),
                ('celex_act', models.CharField(blank=True, max_length=20, validators=[django.core.validators.RegexValidator('^[0-9CE]\\d{4}[A-Z]{1,2}\\d{4,5}(\\(\\d+\\))?$', 'A CELEX number looks like 52021PC0784.')], verbose_name='CELEX of the act')),
                ('act_number', models.CharField(blank=True, max_length=100, verbose_name='act')),
                ('oj_reference', models.CharField(blank=True, max_length=100, verbose_name='Official Journal')),
                ('legal_basis', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=None, verbose_name='legal basis')),
                ('lead_ministry', models.CharField(blank=True, max_length=200, verbose_name='lead ministry')),
                ('bnc_fiche', models.CharField(blank=True, help_text='kst-22112-3292', max_length=40, validators=[django.core.validators.RegexValidator('^kst-\\d+(-[A-Z0-9]+)*-\\d+$', 'A parliamentary paper looks like kst-22112-3292.')], verbose_name='BNC fiche')),
                ('council_voting', models.CharField(blank=True, choices=[('unanimity', 'unanimity'), ('qualified_majority', 'qualified majority')], max_length=20, verbose_name='voting in the Council')),
                ('package', models.CharField(blank=True, choices=[('schengen-2021-12', 'Schengen package of December 2021')], max_length=40, verbose_name='package')),
            ],
            options={
                'verbose_name': 'EU proposal',
                'verbose_name_plural': 'EU proposals',
            },
            bases=('register.instrument',),
        ),
        migrations.CreateModel(
            name='Initiative',
            fields=[
                ('instrument_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='register.instrument')),
                ('track', models.CharField(choices=[('neighbours', 'neighbouring countries'), ('kingdom', 'Kingdom of the Netherlands'), ('caribbean_netherlands', 'Caribbean Netherlands'), ('suriname', 'Suriname'), ('other', 'other countries')], max_length=30, verbose_name='track')),
            ],
            options={
                'verbose_name': 'initiative',
                'verbose_name_plural': 'initiatives',
                'constraints': [models.CheckConstraint(condition=models.Q(('track__in', ['neighbours', 'kingdom', 'caribbean_netherlands', 'suriname', 'other'])), name='initiative_track_is_known', violation_error_message='Choose a value from the list.')],
            },
            bases=('register.instrument',),
        ),
        migrations.CreateModel(
            name='InterpolItem',
            fields=[
                ('instrument_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='register.instrument')),
                ('session', models.CharField(blank=True, max_length=10, verbose_name='session of the General Assembly')),
                ('body', models.CharField(blank=True, max_length=200, verbose_name='body')),
                ('place', models.CharField(blank=True, max_length=100, verbose_name='place')),
                ('members_before', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='members before')),
                ('members_after', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='members after')),
                ('outcome_nl', models.TextField(blank=True, max_length=5000, verbose_name='outcome in Dutch')),
                ('outcome_en', models.TextField(blank=True, max_length=5000, verbose_name='outcome in English')),
            ],
            options={
                'verbose_name': 'Interpol item',
                'verbose_name_plural': 'Interpol items',
            },
            bases=('register.instrument',),
        ),
        migrations.CreateModel(
            name='Treaty',
            fields=[
                ('instrument_ptr', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='as_treaty', serialize=False, to='register.instrument')),
                ('short_name_nl', models.CharField(blank=True, max_length=100, verbose_name='short name in Dutch')),
                ('short_name_en', models.CharField(blank=True, max_length=100, verbose_name='short name in English')),
                ('treaty_number_nl', models.CharField(blank=True, max_length=20, verbose_name='number in the treaty database')),
                ('consolidated_id_nl', models.CharField(blank=True, help_text='BWBV0006758', max_length=20, verbose_name='consolidated text')),
                ('publications', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None, verbose_name='published in')),
                ('dutch_bill', models.CharField(blank=True, help_text='number of the file: 35692', max_length=20, verbose_name='bill of approval')),
                ('implements_article', models.CharField(blank=True, max_length=100, verbose_name='implements')),
                ('under_treaty', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='cooperation.treaty', verbose_name='under the treaty')),
            ],
            options={
                'verbose_name': 'treaty',
                'verbose_name_plural': 'treaties',
                'constraints': [models.CheckConstraint(condition=models.Q(('under_treaty__isnull', True), models.Q(('under_treaty', models.F('instrument_ptr')), _negated=True), _connector='OR'), name='treaty_not_under_itself', violation_error_message='A treaty is not made under itself.')],
            },
            bases=('register.instrument',),
        ),
        migrations.CreateModel(
            name='Provision',
            fields=[
                ('instrument_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='register.instrument')),
                ('article', models.CharField(blank=True, max_length=50, verbose_name='article')),
                ('article_verified', models.BooleanField(blank=True, null=True, verbose_name='number of the article verified in the text')),
                ('heading_nl', models.CharField(blank=True, max_length=300, verbose_name='heading in Dutch')),
                ('chapter', models.CharField(blank=True, max_length=300, verbose_name='chapter')),
                ('subject', models.CharField(blank=True, choices=[('treaty-provisions', 'general and final provisions'), ('police-cooperation', 'police cooperation'), ('information-exchange', 'exchange of information'), ('database-access', 'access to databases'), ('anpr-vehicle-data', 'number plates (ANPR)'), ('data-protection', 'data protection'), ('liaison-officers', 'liaison officers'), ('cross-border-pursuit', 'cross-border pursuit'), ('cross-border-observation', 'cross-border observation'), ('investigation', 'investigation'), ('covert-methods', 'covert methods'), ('joint-patrols', 'joint patrols'), ('joint-police-posts', 'joint police posts'), ('public-order', 'public order'), ('escort-transport', 'protection, escort and transport'), ('special-units', 'special units'), ('force-and-weapons', 'use of force and weapons'), ('liability', 'liability and costs'), ('implementation', 'implementation')], max_length=40, verbose_name='subject')),
                ('compared_to_predecessor', models.CharField(blank=True, choices=[('new', 'new'), ('widened', 'wider'), ('unchanged', 'unchanged'), ('unknown', 'not known')], max_length=20, verbose_name='compared with the treaty before')),
                ('needs_implementing_agreement', models.BooleanField(blank=True, help_text='empty: not known', null=True, verbose_name='needs an implementing agreement')),
                ('implementing_basis', models.CharField(blank=True, max_length=200, verbose_name='basis of the implementing agreement')),
                ('predecessor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='cooperation.provision', verbose_name='predecessor')),
                ('implementing_agreement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='makes_work', to='cooperation.treaty', verbose_name='implementing agreement')),
                ('treaty', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='provisions', to='cooperation.treaty', verbose_name='treaty')),
            ],
            options={
                'verbose_name': 'treaty provision',
                'verbose_name_plural': 'treaty provisions',
                'constraints': [models.CheckConstraint(condition=models.Q(('compared_to_predecessor__in', ['new', 'widened', 'unchanged', 'unknown', ''])), name='provision_comparison_is_known', violation_error_message='Choose a value from the list.'), models.CheckConstraint(condition=models.Q(('subject__in', ['treaty-provisions', 'police-cooperation', 'information-exchange', 'database-access', 'anpr-vehicle-data', 'data-protection', 'liaison-officers', 'cross-border-pursuit', 'cross-border-observation', 'investigation', 'covert-methods', 'joint-patrols', 'joint-police-posts', 'public-order', 'escort-transport', 'special-units', 'force-and-weapons', 'liability', 'implementation', ''])), name='provision_subject_is_known', violation_error_message='Choose a value from the list.'), models.CheckConstraint(condition=models.Q(('predecessor__isnull', True), models.Q(('predecessor', models.F('instrument_ptr')), _negated=True), _connector='OR'), name='provision_not_before_itself', violation_error_message='A provision is not its own predecessor.')],
            },
            bases=('register.instrument',),
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('in_favour', models.PositiveIntegerField(blank=True, null=True, verbose_name='for')),
                ('against', models.PositiveIntegerField(blank=True, null=True, verbose_name='against')),
                ('abstain', models.PositiveIntegerField(blank=True, null=True, verbose_name='abstentions')),
                ('other', models.CharField(blank=True, max_length=200, verbose_name='otherwise')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='cooperation.interpolitem')),
            ],
            options={
                'verbose_name': 'vote',
                'verbose_name_plural': 'votes',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('in_favour__isnull', False), ('against__isnull', False), ('abstain__isnull', False), models.Q(('other', ''), _negated=True), _connector='OR'), name='vote_says_something', violation_error_message='Give a number of votes, or say otherwise how it went.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='euproposal',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='02f034b61699de167b3699e772e3e3eb069991fe', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_d5d9f', table='cooperation_euproposal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='initiative',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='fb413f17c6dc6702eb75dfccd32f8192744801fa', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_b27f5', table='cooperation_initiative', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interpolitem',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='fa63f5992e054879846e5b801b05c427ed14075b', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_44e9e', table='cooperation_interpolitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='treaty',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='850df21b18205b9c11531f1be6b8df1f4ca726ab', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_d0f06', table='cooperation_treaty', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provision',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='63ee138ec9dd471e34356ee531e97b24e8165297', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_1b8c9', table='cooperation_provision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vote',
            trigger=pgtrigger.compiler.Trigger(name='note_writing', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM register_note_writing(); RETURN NULL;', hash='80567ce861293125adee6660884f710eeaedb81b', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_note_writing_44afd', table='cooperation_vote', when='AFTER')),
        ),
    ]
