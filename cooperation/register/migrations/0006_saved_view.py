"""Questions that people keep under a name."""

import cooperation.register.models.fields
import cooperation.register.models.saved_view
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0005_number_of_a_commitment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', cooperation.register.models.fields.KeyField(editable=False, max_length=100, unique=True, verbose_name='key')),
                ('name', cooperation.register.models.fields.Text(max_length=200, verbose_name='name')),
                ('sort', cooperation.register.models.fields.SortKeyField(db_collation='C', db_index=True, editable=False, max_length=250, source='name')),
                ('resource', models.CharField(editable=False, max_length=40, verbose_name='list')),
                ('query', models.CharField(blank=True, editable=False, max_length=3000, verbose_name='question')),
                ('shared', models.BooleanField(default=False, verbose_name='shared')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('owner', models.ForeignKey(editable=False, null=True, on_delete=cooperation.register.models.saved_view.keep_what_is_shared, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['sort', 'key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='saved_view_has_a_name', violation_error_message='Give the view a name.'), models.CheckConstraint(condition=models.Q(('shared', True), ('owner__isnull', False), _connector='OR'), name='saved_view_private_to_someone', violation_error_message='A view that belongs to nobody is shared.'), models.CheckConstraint(condition=models.Q(('key__regex', '-[a-z0-9]{8}$')), name='saved_view_key_cannot_be_guessed', violation_error_message='The key of a saved view ends in a hyphen and eight characters.')],
            },
        ),
    ]
