"""Where staff correct the register. `Kind.register` adds each kind; what all kinds share is here."""

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..domain.clock import Clock
from ..domain.text import in_reader_language
from ..models import (
    AuditEntry,
    Citation,
    Claim,
    Classification,
    Commitment,
    Country,
    CountryRole,
    Dispute,
    Figure,
    FigureCountry,
    GroupMembership,
    Instrument,
    Milestone,
    Organisation,
    OrganisationCountry,
    OrganisationRole,
    Relation,
    SavedView,
    Source,
    StageSpan,
    Theme,
)
from ..models.queryset import clearance
from .forms import RecordForm
from .records import Blocks, Choice, RecordAdmin, Rows, Turns, may_edit, sees_everything

# --- what hangs on a record -------------------------------------------------------------------------------------------


class MilestoneInline(Blocks):
    model = Milestone
    fk_name = "instrument"
    fields = [
        ("key", "kind", "state"),
        ("date", "known_from"),
        ("source", "also_sources"),
        ("fulfils", "replaces", "reference"),
        ("note_nl", "note_en"),
    ]

    def choices_of(self, db_field, request):
        return self.parent_model.MilestoneKind.choices if db_field.name == "kind" else []


COUNTRY_PART = [("country", "role"), ("since", "until"), ("reason_nl", "reason_en")]


class CountryRoleInline(Blocks):
    model = CountryRole
    fields = COUNTRY_PART


class OrganisationRoleInline(Blocks):
    model = OrganisationRole
    fields = [("organisation", "role"), ("since", "until")]


class RelationInline(Rows):
    model = Relation
    fk_name = "instrument"

    def get_queryset(self, request):
        visible = Instrument.objects.visible_to(request.user).values("pk")
        return super().get_queryset(request).filter(Q(to__isnull=True) | Q(to__in=visible))


class CitationInline(Rows):
    model = Citation
    fields = ["field", "source", "locator"]


class CommitmentInline(Blocks):
    model = Commitment
    fields = [
        ("what_nl", "what_en"),
        ("made_in", "due"),
        ("outcome_nl", "outcome_en"),
        ("outcome_date", "fulfilled_by", "fulfilled_by_milestone"),
    ]


class ElsewhereInline(Rows):
    """What has a page of its own: listed here, changed there."""

    show_change_link = True

    def has_change_permission(self, request, obj=None):
        return False

    has_add_permission = has_delete_permission = has_change_permission


class DisputeInline(ElsewhereInline):
    model = Dispute
    fields = ["field", "follows"]


class FigureInline(ElsewhereInline):
    model = Figure
    fields = ["label_nl", "value", "min", "max", "unit", "source"]


# --- records ---------------------------------------------------------------------------------------------------------


class ReferenceAdmin(RecordAdmin):
    """What records refer to: whoever may edit these can look it up."""

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) or may_edit(request.user)


class VisibleFilter(admin.RelatedFieldListFilter):
    """By a record of reference, of those that this member of staff may see."""

    def field_choices(self, field, request, model_admin):
        visible = {"pk__in": field.related_model._default_manager.visible_to(request.user).values("pk")}
        return field.get_choices(include_blank=False, limit_choices_to=visible)


class StageFilter(admin.SimpleListFilter):
    title = _("stage today")
    parameter_name = "stage"

    def lookups(self, request, model_admin):
        return model_admin.model.Stage.choices

    def queryset(self, request, queryset):
        return queryset.filter(stage_today=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return model_admin.model.Kind.choices

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


class InstrumentAdmin(RecordAdmin):
    """One kind of instrument. A kind need only name its model; its own fields have a part of the page to themselves."""

    inlines = [
        MilestoneInline,
        CountryRoleInline,
        OrganisationRoleInline,
        CitationInline,
        RelationInline,
        CommitmentInline,
        DisputeInline,
        FigureInline,
    ]
    list_display = ["in_words", "key", "kind_in_words", "stage_in_words", "classification", "updated_at"]
    list_filter = [KindFilter, StageFilter, "classification", ("themes", VisibleFilter), "updated_at"]
    readonly_fields = ["stage_in_words", "created_at", "updated_at"]

    def get_queryset(self, request):
        today = Clock.on()
        now = StageSpan.objects.filter(
            instrument=OuterRef("pk"), valid__contains=today.valid_on, known__contains=today.known_on
        )
        return super().get_queryset(request).annotate(stage_today=Subquery(now.values("stage")[:1]))

    def get_ordering(self, request):
        return [in_reader_language("sort")]

    def get_fieldsets(self, request, obj=None):
        own = (*self.opts.local_fields, *self.opts.local_many_to_many)
        names = [field.name for field in own if field.editable and not (field.primary_key or field.generated)]
        titles = [("short_name_nl", "short_name_en"), "title_nl", "title_en", "title_is_official"]
        first = [*titles, ("key", "kind"), "classification", "themes"]
        self_fields = [(capfirst(self.opts.verbose_name), {"fields": names})] if names else []
        texts = (_("Texts"), {"fields": ["summary_nl", "summary_en", "notes"]})
        dates = [(_("State"), {"fields": [("stage_in_words", "created_at", "updated_at")]})] if obj else []
        (head, *rest) = [(None, {"fields": first}), *self_fields, texts, *dates]
        if obj and self.has_change_permission(request, obj):
            head[1]["fields"].append("version")
        return [head, *rest]

    def choices_of(self, db_field, request):
        if db_field.name == "kind":
            return self.model.Kind.choices
        if db_field.name == "classification":
            seen = clearance(request.user)
            return [choice for choice in Classification.choices if choice[0] in seen]
        return []

    @admin.display(description=_("title"), ordering=None)
    def in_words(self, record):
        return record.name

    @admin.display(description=_("kind"), ordering="kind")
    def kind_in_words(self, record):
        return record.kind_label

    @admin.display(description=_("stage today"), ordering="stage_today")
    def stage_in_words(self, record):
        stage = getattr(record, "stage_today", None)
        return record.concrete_class.Stage(stage).label if stage else None


@admin.register(Instrument)
class AllInstrumentsAdmin(InstrumentAdmin, ReferenceAdmin):
    """All kinds in one list: what relations are chosen from. Each record is edited as what it is."""

    actions = None
    list_filter = ["classification", ("themes", VisibleFilter), "updated_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return may_edit(request.user) and sees_everything(request.user)

    def has_module_permission(self, request):
        return may_edit(request.user)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id and (found := self.get_object(request, object_id)):
            name = found.concrete_class._meta
            return redirect(reverse(f"admin:{name.app_label}_{name.model_name}_change", args=[found.pk]))
        return super().changeform_view(request, object_id, form_url, extra_context)


@admin.register(Source)
class SourceAdmin(ReferenceAdmin):
    list_display = ["title", "key", "kind", "reference", "published", "reliability"]
    list_filter = ["kind", "reliability"]
    ordering = ["sort"]


class NamedAdmin(ReferenceAdmin):
    """What has a name in two languages."""

    list_display = ["name_nl", "name_en"]

    def get_ordering(self, request):
        return [in_reader_language("sort")]


class GroupMembershipInline(Rows):
    model = GroupMembership


@admin.register(Country)
class CountryAdmin(NamedAdmin):
    search_fields = ["code"]
    list_display = ["code", "name_nl", "name_en", "region"]
    list_display_links = ["code", "name_nl"]
    list_filter = ["region"]
    inlines = [GroupMembershipInline]


class OrganisationCountryInline(Blocks):
    model = OrganisationCountry
    fields = COUNTRY_PART


@admin.register(Organisation)
class OrganisationAdmin(NamedAdmin):
    list_display = ["name_nl", "name_en", "key", "kind", "country"]
    list_select_related = ["country"]
    list_filter = ["kind"]
    inlines = [OrganisationCountryInline, CitationInline, DisputeInline, FigureInline]


@admin.register(Theme)
class ThemeAdmin(NamedAdmin):
    list_display = ["name_nl", "name_en", "key"]


@admin.register(SavedView)
class SavedViewAdmin(Turns, admin.ModelAdmin):
    """Views that are shared: seen and deleted here, changed by whose they are. Private ones are not here."""

    list_display = ["name", "key", "resource", "updated_at"]
    list_filter = ["resource"]
    fields = readonly_fields = ["name", "key", "resource", "query", "created_at", "updated_at"]
    lookup_allowed = RecordAdmin.lookup_allowed
    view_on_site = RecordAdmin.view_on_site

    def get_queryset(self, request):
        return super().get_queryset(request).filter(shared=True)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """The audit log, to be read by who has the right to: nobody adds, changes or deletes a line."""

    list_display = ["at", "action", "object", "result", "actor", "origin"]
    list_filter = ["action", "result", "at"]
    search_fields = ["object", "actor", "origin"]
    fields = readonly_fields = ["at", "action", "object", "result", "actor", "origin", "details"]
    date_hierarchy = "at"
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class FigureCountryInline(Blocks):
    model = FigureCountry
    fields = COUNTRY_PART


@admin.register(Figure)
class FigureAdmin(RecordAdmin):
    list_display = ["key", "label_nl", "value", "min", "max", "unit", "known_from"]
    list_filter = ["unit"]
    inlines = [FigureCountryInline]


class ClaimInline(Rows):
    model = Claim
    min_num = 2
    validate_min = True


class DisputeForm(RecordForm):
    """Which record it is about is chosen once, when the dispute is written down."""

    about_instrument = about_organisation = forms.Field()  # who asks decides what there is to choose: `DisputeAdmin`

    def clean(self):
        cleaned = super().clean()
        if self.instance._state.adding:
            self.instance.instrument = cleaned.get("about_instrument")
            self.instance.organisation = cleaned.get("about_organisation")
        return cleaned


@admin.register(Dispute)
class DisputeAdmin(RecordAdmin):
    form = DisputeForm
    search_fields = ["field"]
    list_display = ["field", "instrument", "organisation", "follows"]
    list_select_related = ["instrument", "organisation", "follows"]
    inlines = [ClaimInline]
    readonly_fields = ["instrument", "organisation"]

    def get_queryset(self, request):
        instruments = Instrument.objects.visible_to(request.user).values("pk")
        organisations = Organisation.objects.visible_to(request.user).values("pk")
        visible = Q(instrument__in=instruments) | Q(organisation__in=organisations)
        return super().get_queryset(request).filter(visible)

    def get_search_results(self, request, queryset, search_term):
        return admin.ModelAdmin.get_search_results(self, request, queryset, search_term.replace("\x00", ""))

    def get_fieldsets(self, request, obj=None):
        about = ["instrument", "organisation"] if obj else ["about_instrument", "about_organisation"]
        version = ["version"] if obj and self.has_change_permission(request, obj) else []
        return [(None, {"fields": [*about, "field", "follows", "note_nl", "note_en", *version]})]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        for name, model in (("about_instrument", Instrument), ("about_organisation", Organisation)):
            field = Dispute._meta.get_field(name.removeprefix("about_"))
            widget = Choice(field, self.admin_site)
            chosen = forms.ModelChoiceField(
                model.objects.visible_to(request.user),
                required=False,
                widget=widget,
                label=capfirst(model._meta.verbose_name),
            )
            if obj:
                form.base_fields.pop(name, None)
            else:
                form.base_fields[name] = chosen
        return form
