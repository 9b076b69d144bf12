"""What every form of the administration has in common: who may, what one sees, how a save is checked and refused.

Who may change a record may change what hangs on it. What one may not see is absent here too. Only who may see
everything may delete, as a page that asks for confirmation names whatever else would go.
"""

import hashlib
from contextlib import AbstractContextManager, nullcontext

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
    AdminURLFieldWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core import serializers
from django.db import DataError, IntegrityError, models
from django.db.models import Q
from django.db.models.functions import Cast
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .. import actions
from ..actions.schema import errors_of
from ..actions.validate import refusal
from ..domain.clock import Clock
from ..models import kinds
from ..models.fields import EDTFField, Text
from ..models.queryset import RegisterQuerySet, UnclassifiedQuerySet, clearance, sees_everything
from ..search.query import Words
from .forms import NotesField, PartForm, PartFormSet, RecordForm
from .odd_input import is_key

DATE_HELP = _(
    "2021-12-02, 2021-08 or 2021; 2021-08~ is about then; ../2021-12-02 is on or before, 2021-12-02/.. on or after;"
    " 2020-12-02/2021-12-02 is some day in between."
)


def may_edit(user) -> bool:
    """Whether a member of staff may add or change any kind of record, and so may look up what these refer to."""
    names = (kind._meta for kind in kinds().values())
    return any(
        user.has_perm(f"{meta.app_label}.{verb}_{meta.model_name}") for meta in names for verb in ("add", "change")
    )


def seen_by(user, found: RegisterQuerySet) -> RegisterQuerySet:
    """What a member of staff may see of these records: with the sources and the like that they added themselves.

    Nothing uses these yet, so they are hidden from others; but whoever added one must be able to cite it.
    """
    if sees_everything(user) or not isinstance(found, UnclassifiedQuerySet):
        return found.visible_to(user)
    added = LogEntry.objects.filter(
        user=user.pk, action_flag=ADDITION, content_type=ContentType.objects.get_for_model(found.model)
    )
    added = added.annotate(added=Cast("object_id", models.BigIntegerField())).values("added")
    return found.filter(Q(pk__in=found.model._default_manager.visible_to(user).values("pk")) | Q(pk__in=added))


class Refused(Exception):
    """What was written is at odds with itself, for these reasons; nothing of it is kept."""


class KeysOnly:
    """A box to choose a record in: shown again after a refusal, it leaves out what can be the key of none."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [each for each in value if is_key(self.field.related_model, each)], attr)


class Choice(KeysOnly, AutocompleteSelect):
    pass


class Choices(KeysOnly, AutocompleteSelectMultiple):
    pass


class Fields:
    """How fields of the register are edited, in a record and in what hangs on it."""

    formfield_overrides = {
        EDTFField: {"widget": AdminTextInputWidget({"size": 24}), "help_text": DATE_HELP},
        models.JSONField: {"form_class": NotesField},
        models.URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget},
        models.TextField: {"widget": AdminTextareaWidget({"rows": 3})},
        ArrayField: {"delimiter": "\n", "widget": AdminTextareaWidget({"rows": 3}), "help_text": _("one on each line")},
    }

    def get_autocomplete_fields(self, request):
        fields = (*self.opts.fields, *self.opts.many_to_many)
        return [f.name for f in fields if f.editable and isinstance(self._admin_of(f.related_model), RecordAdmin)]

    def _admin_of(self, model):
        return self.admin_site._registry.get(model)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if choices := self.choices_of(db_field, request):
            empty = [] if db_field.has_default() else [("", "---------")]
            label = capfirst(db_field.verbose_name)
            initial = db_field.get_default() or None
            return forms.ChoiceField(
                choices=[*empty, *choices], label=label, help_text=db_field.help_text, initial=initial
            )
        return field

    def choices_of(self, db_field, request) -> list[tuple[str, str]]:
        """The values of a field where these are not its own: those of the kind, or of who asks."""
        return []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs |= self._chosen(db_field, request, Choice)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs |= self._chosen(db_field, request, Choices)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _chosen(self, db_field, request, widget: type[AutocompleteSelect]) -> dict:
        found, how = db_field.related_model._default_manager.all(), {}
        if hasattr(found, "visible_to"):
            how["queryset"] = seen_by(request.user, found)
        if db_field.name in self.get_autocomplete_fields(request):
            how["widget"] = widget(db_field, self.admin_site)
        return how


class Part(Fields, admin.options.InlineModelAdmin):
    """What hangs on a record: who may change the record may change this."""

    extra = 0
    view_on_site = False
    form = PartForm
    formset = PartFormSet

    def _record(self) -> admin.ModelAdmin:
        return self._admin_of(self.parent_model)

    def has_view_permission(self, request, obj=None):
        return self._record().has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        if obj is None:
            return self._record().has_add_permission(request)
        return self._record().has_change_permission(request, obj)

    has_add_permission = has_delete_permission = has_change_permission


class Rows(Part, admin.TabularInline):
    """One line for each, of short fields."""

    _short = AdminTextInputWidget({"class": "", "size": 20})
    formfield_overrides = Fields.formfield_overrides | {
        EDTFField: {"widget": _short, "help_text": DATE_HELP},
        Text: {"widget": _short},
        models.CharField: {"widget": _short},
    }


class Blocks(Part, admin.StackedInline):
    """Some lines for each."""


class Turns:
    """Who writes has a turn, before a row is read that may be written: so two who save at once come one by one."""

    @staticmethod
    def turn(request) -> AbstractContextManager:
        return actions.write_lock() if request.method == "POST" else nullcontext()

    def delete_view(self, request, object_id, extra_context=None):
        return self._in_turn(request, super().delete_view, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        return self._in_turn(request, super().changelist_view, extra_context)

    def _in_turn(self, request, view, *args):
        """Where nothing was typed, the page as it was tells why nothing happened."""
        try:
            with self.turn(request):
                return view(request, *args)
        except actions.NothingWritten as why:
            self.message_user(request, str(why), messages.ERROR)
            return redirect(request.get_full_path())


class RecordAdmin(Turns, Fields, admin.ModelAdmin):
    """A record of the register: found, seen, checked and saved as the register does it."""

    form = RecordForm
    search_fields = ["key"]
    list_per_page = 50
    save_on_top = True

    def view_on_site(self, record):
        """Its own address. That of Django, `/admin/r/`, tells the key of any record, so it is closed."""
        return record.get_absolute_url() if hasattr(record, "get_absolute_url") else None

    # --- who, and what one sees ---

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return seen_by(request.user, found) if hasattr(found, "visible_to") else found

    def get_search_results(self, request, queryset, search_term):
        """The words are searched as on the pages; a key by any part of it."""
        words = search_term.replace("\x00", "").strip()
        if not words:
            return queryset, False
        asked = Words(words, tuple(clearance(request.user)))
        found = Q(pk__in=self.model._default_manager.matching(asked, Clock.on()).values("pk"))
        return queryset.filter(found | Q(**{f"{self.search_fields[0]}__icontains": words})), False

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and sees_everything(request.user)

    def get_readonly_fields(self, request, obj=None):
        own = super().get_readonly_fields(request, obj)
        return [*own, *self.permanent] if obj else own

    @property
    def permanent(self) -> list[str]:
        return [f.name for f in self.opts.fields if f.name in ("key", "code")]

    # --- which version, and what a save is refused for ---

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found and request.method != "POST" and not self.has_change_permission(request, found):
            self._hide(found, request.user)
        return found

    def _hide(self, record, user) -> None:
        """On a page that is only read, a reference to a record that this reader may not see is empty."""
        for field in self.opts.fields:
            held = getattr(record, field.attname, None)
            if field.is_relation and held and not field.remote_field.parent_link:
                others = field.related_model._default_manager.all()
                if hasattr(others, "visible_to") and not others.visible_to(user).filter(pk=held).exists():
                    setattr(record, field.name, None)

    def lookup_allowed(self, lookup, value, request):
        """Only by what the list offers: any other key would tell of records that one may not see."""
        offered = (one[0] if isinstance(one, tuple) else one for one in self.get_list_filter(request))
        offered = {getattr(one, "parameter_name", one) for one in offered}
        name, _line, comparison = lookup.partition("__")
        return name in offered and comparison in ("", "exact", "id__exact", "gte", "lt")

    def construct_change_message(self, request, form, formsets, add=False):
        """Which fields and parts were changed; not their words, which may name a record that fewer may see."""
        message = super().construct_change_message(request, form, formsets, add)
        for change in message:
            for details in change.values():
                if "object" in details:  # Django reads it back
                    details["object"] = "…"
        return message

    def version(self, request, record) -> str:
        """Another one whenever the record, or what is edited with it, is another."""
        if hasattr(record, "updated_at"):
            return record.updated_at.isoformat()
        parts = [inline.get_formset(request, record).fk for inline in self.get_inline_instances(request, record)]
        rows = [row for fk in parts for row in fk.model._default_manager.filter(**{fk.name: record})]
        written = serializers.serialize("json", [record, *rows])
        return hashlib.sha256(written.encode()).hexdigest()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.version_now = self.version(request, obj) if obj else ""
        form.refusals = getattr(request, "refusals", ())
        return form

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        (name, options), *rest = fieldsets
        fields = [name for name in options["fields"] if name != "version"]
        if obj and self.has_change_permission(request, obj):
            fields.append("version")
        return [(name, options | {"fields": fields}), *rest]

    def get_formset_kwargs(self, request, obj, inline, prefix):
        return super().get_formset_kwargs(request, obj, inline, prefix) | {"refusals": getattr(request, "refusals", ())}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A refused save undoes everything, and shows the form once more as it was filled in, with the reasons."""
        status = 200
        try:
            with self.turn(request):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, DataError) as error:
            request.refusals = [refusal(error)]
        except Refused as refused:
            request.refusals = refused.args[0]
        except actions.NothingWritten as why:
            request.refusals, status = [("-", str(why))], 503
        response = super().changeform_view(request, object_id, form_url, extra_context)
        response.status_code = status
        return response

    # --- writing ---

    def save_model(self, request, obj, form, change):
        """Written in `save_related`, together with what hangs on it."""

    def save_related(self, request, form, formsets, change):
        record = form.instance
        with actions.writing(record):
            super().save_model(request, record, form, change)
            super().save_related(request, form, formsets, change)
            if errors := errors_of(record):
                raise Refused(errors)

    def delete_model(self, request, obj):
        with actions.writing(obj):
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for record in queryset:
            self.delete_model(request, record)
