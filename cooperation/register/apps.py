from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "cooperation.register"
    label = "register"
    verbose_name = _("register")

    def ready(self):
        from .history import audit
        from .history.triggers import watch_tables

        watch_tables()
        post_migrate.connect(audit.make_forget, sender=self)
