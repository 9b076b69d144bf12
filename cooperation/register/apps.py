from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "cooperation.register"
    label = "register"
    verbose_name = _("register")

    def ready(self):
        from .history.triggers import watch_tables

        post_migrate.connect(watch_tables, sender=self)
        post_migrate.connect(read_words, sender=self)


def read_words(using: str, apps=None, **kwargs) -> None:
    """Give what a migration left without words the words that find it, once all tables are as the code knows them."""
    from . import actions
    from .models import Instrument

    if apps and using == DEFAULT_DB_ALIAS and "recordwords" in apps.all_models["register"]:
        actions.rewrite_words(Instrument.objects.filter(words=None).only("pk").iterator())
