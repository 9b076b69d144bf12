"""The kinds of instrument: every model that declares a `RESOURCE`."""

from functools import cache

from django.apps import apps
from django.db import models


@cache
def kinds() -> dict[str, type[models.Model]]:
    """Every kind of instrument by its resource name, in the order in which the apps are installed."""
    return {model.RESOURCE: model for model in apps.get_models() if getattr(model, "RESOURCE", "")}
