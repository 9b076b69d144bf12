"""The administration: its name, the kinds, and accounts without names of persons."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.markings import refuse_marking
from cooperation.register.editing.log import visible_log_entries
from cooperation.register.editing.records import Turns
from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditResult

from .accounts import factors, given, rights
from .accounts.forms import AccountForm
from .kinds import KINDS
from .operations import background

admin.site.site_header = admin.site.site_title = _("Register of International Police Cooperation")
admin.site.index_title = _("Correct the register")
admin.site.index_template = "register/admin_index.html"

admin.site.get_log_entries = visible_log_entries

for kind in KINDS:
    kind.register(admin.site)

# Accounts have no mail, factors and sessions have pages of their own, and the issuer stands in the settings.
for unused in (EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken, User, Group):
    admin.site.unregister(unused)

RIGHTS = {"is_active", "is_staff", "is_superuser", "groups", "user_permissions", "permissions"}


GIVEN = format_lazy(
    _("The password that you give is good for {days} days. Whoever signs in with it must choose another one."),
    days=settings.GIVEN_PASSWORD_DAYS,
)


class WithinRights:
    """Only what has no more rights than who asks is changed or deleted, and no other rights are offered or taken."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or rights.is_within(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or rights.is_within(request.user, obj))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("username", "name"):
            field.validators.append(refuse_marking)
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        groups, permissions = rights.givable_groups, rights.givable
        kwargs["queryset"] = (groups if db_field.related_model is Group else permissions)(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # --- what Django notes of each record, the audit log says too, with the rights that it now has ---

    def construct_change_message(self, request, form, formsets, add=False):
        request.changed_fields = form.changed_data
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request, obj, message):
        self._log(AuditAction.CHANGE_ACCOUNT, request, obj, change="added", **rights.rights_of(obj))
        if isinstance(obj, User):
            given.note(obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        fields = set(request.changed_fields)
        if "password" in fields:
            self._log(AuditAction.CHANGE_PASSWORD, request, obj)
            given.note(obj)
        elif RIGHTS & fields:
            self._log(AuditAction.CHANGE_RIGHTS, request, obj, **rights.rights_of(obj))
        elif fields:
            self._log(AuditAction.CHANGE_ACCOUNT, request, obj, change="changed", fields=sorted(fields))
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self._log(AuditAction.CHANGE_ACCOUNT, request, obj, change="deleted")
        return super().log_deletions(request, queryset)

    def _log(self, action, request, obj, **details):
        audit.log(action, f"{self.opts.model_name} {obj}", request=request, **details)


@admin.register(Group)
class RoleAdmin(WithinRights, GroupAdmin):
    """A group: rights that accounts get together."""


@admin.site.admin_view
def index(request: HttpRequest) -> HttpResponse:
    """The first page, with warnings of what does not run."""
    return admin.site.index(request, {"warnings": background.warnings()})


@admin.register(User)
class AccountAdmin(WithinRights, Turns, UserAdmin):
    """An account: a user name and what it may do. Whose it is stands elsewhere."""

    form = AccountForm
    add_form_template = "admin/add_account.html"
    list_display = ["username", "is_staff", "is_superuser", "is_active", "last_login"]
    search_fields = ["username"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("State"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {**UserAdmin.add_fieldsets[0][1], "description": GIVEN})]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["forget_factors"]

    def has_delete_permission(self, request, obj=None):
        """Not an account that wrote something: who did that would go with it. Such a one is switched off."""
        has_written = obj is not None and LogEntry.objects.filter(user=obj.pk).exists()
        return super().has_delete_permission(request, obj) and not has_written

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser"]

    def user_change_password(self, request, id, form_url=""):
        """That of somebody else; one's own is changed by who knows it."""
        if self.get_object(request, unquote(id)) == request.user:  # however its number is written
            return redirect("account_change_password")
        return super().user_change_password(request, id, form_url)

    @admin.action(description=_("Remove the second factors, for who lost them"), permissions=["change"])
    def forget_factors(self, request, queryset):
        for user in queryset:
            result = AuditResult.REFUSED
            if user != request.user and self.has_change_permission(request, user):
                factors.forget(user)
                result = AuditResult.DONE
            self._log(AuditAction.CHANGE_FACTOR, request, user, result=result, change="all removed")
