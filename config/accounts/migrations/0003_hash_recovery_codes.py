from django.db import migrations

from config.accounts.recovery_codes import keep_hashes, unhashed


def hash_codes(apps, schema_editor):
    """Recovery codes that people have stay good. There is no way back: the seeds are gone."""
    for authenticator in unhashed(apps.get_model("mfa", "Authenticator").objects.all()):
        keep_hashes(authenticator)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_given_password"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(hash_codes, migrations.RunPython.noop, elidable=True)]
