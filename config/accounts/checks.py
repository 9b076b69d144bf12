"""What `manage.py check --deploy` asks of the accounts."""

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
