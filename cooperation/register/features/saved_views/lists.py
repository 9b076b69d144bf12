"""Saved views in a list: one's own and those that are shared. Page and API; `pages.py` has the page of each."""

from datetime import date
from functools import cache

from django.db.models import Q
from django.urls import get_resolver, get_script_prefix, resolve, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse as full_address

from ...api.fields import Url
from ...api.serializers import CamelSerializer
from ...api.viewsets import ListViewSet
from ...lists.columns import Column, by_field
from ...lists.filters import AnyOf, QuestionFilter, WordsFilter, YesOrNo
from ...models import SavedView
from ...templatetags.register import at
from ...templatetags.register import day as day_in_words
from ...views import ListPage


@cache
def list_pages() -> dict[str, type[ListPage]]:
    """The page of every list that can be saved, by its name in addresses."""
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str) and name.endswith("-list")]
    above = get_script_prefix().rstrip("/")  # the site may stand under a path
    pages = [getattr(resolve(reverse(name).removeprefix(above)).func, "view_class", None) for name in names]
    return {page.resource: page for page in pages if page and issubclass(page, ListPage) and page.can_be_saved}


def list_name(resource: str) -> str:
    """What a list is called, by its name in addresses; that itself where the list is no longer there."""
    page = list_pages().get(resource)
    return capfirst(str(page().nouns)) if page else resource


def lists() -> list[tuple[str, str]]:
    """Those pages as choices, in the order of their names."""
    return sorted(((name, list_name(name)) for name in list_pages()), key=lambda one: one[1])


class SavedViewFilter(QuestionFilter):
    q = WordsFilter(label=_("Words"), method="having_words", help_text=_("In the name"))
    resource = AnyOf(choices=lists, label=_("List"), opposite=_("Not of list"))
    own = YesOrNo(label=_("My own"), condition="being_own")

    class Meta:
        model = SavedView
        fields = []

    def being_own(self, queryset, name, value):
        return Q(owner__isnull=False, owner=self.user.pk) if self.user else Q(pk__in=())


def name_cell(view, clock, marks):
    return format_html('<a class="row" href="{}"><bdi>{}</bdi></a>', at(view.get_absolute_url(), clock), view.name)


def days_cell(view, clock, marks):
    if not view.days:
        return format_html("{}", _("today"))
    return format_html(_t("{} as known on {}"), *map(day_in_words, view.days))


def days_in_words(view, clock) -> str:
    return " / ".join(day.isoformat() for day in view.days) or _t("today")


def changed_on(view, clock) -> date:
    return timezone.localdate(view.updated_at)


def sharing(view, clock) -> str:
    return _t("everyone") if view.shared else _t("only you")


SAVED_VIEW_COLUMNS = [
    Column("name", _("Name"), lambda view, clock: view.name, name_cell, by_field("sort")),
    Column("resource", _("List"), lambda view, clock: list_name(view.resource), sort=by_field("resource")),
    Column("days", _("Days"), days_in_words, days_cell),
    Column("shared", _("Seen by"), sharing, sort=by_field("shared")),
    Column(
        "updatedAt",
        _("Changed"),
        changed_on,
        lambda view, clock, marks: day_in_words(changed_on(view, clock)),
        by_field("updated_at"),
    ),
    Column("key", _("Key"), lambda view, clock: view.key, sort=by_field("key"), shown=False),
]


class SavedViewListPage(ListPage):
    """One's own saved views, and those that are shared."""

    queryset = SavedView.objects.all()
    filterset_class = SavedViewFilter
    columns = SAVED_VIEW_COLUMNS
    resource = "views"
    can_be_saved = False
    default_sort = ("name",)

    def is_personal(self, request):
        """Who has not signed in sees what is shared."""
        return request.user.is_authenticated

    noun, nouns = _("saved view"), _("saved views")
    open_fields = ("q", "resource", "own")
    folded = ()


@extend_schema_field(OpenApiTypes.URI)
class AnswerUrl(serializers.Field):
    """Where the API answers the question of a view; null when its list is no longer there."""

    def to_representation(self, view) -> str | None:
        if view.resource not in list_pages():
            return None
        return full_address(f"api:{view.resource}-list", request=self.context.get("request")) + f"?view={view.key}"


@extend_schema_field(OpenApiTypes.URI)
class PageUrl(serializers.Field):
    """The page of a view."""

    def to_representation(self, view) -> str:
        return full_address("saved-view", args=[view.key], request=self.context.get("request"))


class SavedViewSerializer(CamelSerializer):
    url = Url("views")
    query = serializers.SerializerMethodField(help_text=_("The question: each key with its values."))
    answer = AnswerUrl(source="*", read_only=True, allow_null=True, help_text=_("Where the API answers it."))
    page = PageUrl(source="*", read_only=True, help_text=_("The page of the view."))

    class Meta:
        model = SavedView
        fields = ["url", "key", "name", "resource", "query", "shared", "answer", "page", "created_at", "updated_at"]

    def get_query(self, view) -> dict[str, list[str]]:
        return dict(view.asked.lists())


class SavedViewViewSet(ListViewSet):
    about = _("Questions that were saved under a name and shared. Ask a list for one with `view` and its key.")
    queryset = SavedView.objects.all()
    filterset_class = SavedViewFilter
    columns = SAVED_VIEW_COLUMNS
    serializer_class = SavedViewSerializer
