from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "cooperation.register"
    label = "register"
    verbose_name = _("register")

    def ready(self):
        from .history.triggers import watch_tables

        watch_tables()
