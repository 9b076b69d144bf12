"""The administration: its name, the kinds, and accounts without names of persons."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from .kinds import KINDS

admin.site.site_header = admin.site.site_title = _("Register of International Police Cooperation")
admin.site.index_title = _("Correct the register")

for kind in KINDS:
    kind.register(admin.site)

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """An account: a user name and what it may do. Whose it is stands elsewhere."""

    list_display = ["username", "is_staff", "is_superuser", "is_active", "last_login"]
    search_fields = ["username"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("State"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
