"""The kinds of instrument: every model that declares a `RESOURCE`."""

from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from .instrument import Instrument


@cache
def kinds() -> "dict[str, type[Instrument]]":
    """Every kind of instrument by its resource name, in the order in which the apps are installed."""
    return {model.RESOURCE: model for model in apps.get_models() if getattr(model, "RESOURCE", "")}
