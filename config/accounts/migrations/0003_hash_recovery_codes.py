import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.db import migrations


def hash_codes(apps, schema_editor):
    """As `config/accounts/recovery_codes.py` does: codes that people have stay good. No way back: the seeds are gone."""
    authenticators = apps.get_model("mfa", "Authenticator").objects
    for made in authenticators.filter(type="recovery_codes", data__has_key="seed"):
        hashes = [encrypt(f"hashed {make_password(code)}") for code in RecoveryCodes(made).get_unused_codes()]
        made.data = {"migrated_codes": hashes, "viewed_at": time.time()}
        made.save()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_given_password"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(hash_codes, migrations.RunPython.noop, elidable=True)]
