"""What `manage.py check`, with and without `--deploy`, asks of the accounts."""

import os

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def second_factor(app_configs, **kwargs):
    if settings.SECOND_FACTOR_REQUIRED:
        return []
    return [
        Error(
            "SECOND_FACTOR_REQUIRED is off: who may write, or see more than is public, signs in with a password alone.",
            id="accounts.E001",
        )
    ]


@register(Tags.security, deploy=True)
def issuer(app_configs, **kwargs):
    """Its answers are believed because they come over TLS from whom they were asked."""
    if settings.OIDC_ISSUER.startswith("https://") or not settings.OIDC_ISSUER:
        return []
    return [Error("OIDC_ISSUER must be an address with https.", id="accounts.E002")]


@register(Tags.security)
def leaked_passwords(app_configs, **kwargs):
    """Otherwise each change of a password would be an error of the server."""
    if not settings.LEAKED_PASSWORDS or os.access(settings.LEAKED_PASSWORDS, os.R_OK):
        return []
    return [Error("LEAKED_PASSWORDS names a file that cannot be read.", id="accounts.E003")]
