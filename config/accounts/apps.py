"""The accounts, and the administration that has no login page of its own."""

from django.apps import AppConfig
from django.contrib.admin import apps as administration


class AccountsConfig(AppConfig):
    name = "config.accounts"
    label = "accounts"
    default = True

    def ready(self):
        # `config.operations` is no Django app: its checks are registered here as well.
        from config.operations import checks as of_connections  # noqa: F401

        from . import checks, receivers  # noqa: F401


class AdministrationConfig(administration.AdminConfig):
    default = False
    default_site = "config.accounts.administration.Administration"
