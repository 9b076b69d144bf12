"""Kind: one declaration of a kind of instrument. Its pages, API, addresses and administration are made from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import URLPattern, path

from .api.serializers import InstrumentSerializer
from .api.viewsets import InstrumentViewSet
from .charts import CountryOnMap
from .domain.clock import Clock
from .editing.admin import InstrumentAdmin
from .lists.columns import DEFAULT_SORT, MATCH, MOVED, STANDING, Column
from .lists.filters import InstrumentFilter
from .lists.query import ListQuery, Page
from .models import Country, CountryRole, Instrument
from .models.fetch import Batch
from .views import DetailPage, InstrumentListPage
from .views.detail import Detail


@dataclass(frozen=True)
class Section:
    """What a kind shows on the page of a country: the first rows of its list for that country."""

    title: Any
    intro: Any
    columns: Sequence[str]  # of its list, by key; after the first comes why the record is here
    query: str = ""  # what its list is asked besides the country
    says_why: bool = True  # whether a column tells in which role the country stands in the record
    # In which role a country stands in a record, where that takes other words than those of the model.
    why_here: Callable[[Instrument, CountryRole], str] | None = None
    # What stands in the place of many rows, for what the list is asked (as a query and as the text of its address);
    # its records are read along in the batch of the page.
    summary: Callable[[ListQuery, str, Batch], dict[str, Any]] | None = None
    # What can be said aloud of these records about the country, where that is more than their number.
    sentence: Callable[[QuerySet, Country, Clock], str] | None = None


@dataclass(frozen=True, eq=False)
class Attention:
    """A number on the first page that opens exactly the list that it counts, and names the most urgent in it."""

    query: Callable[[Clock], str]
    label: Any
    why: Any
    css: str
    day: Any  # the day that counts, in words, of each record that is named under the number
    # Of records: by which milestones that day is known (none: any), and whether the latest day is the most urgent.
    milestones: Sequence[str] = ()
    latest_first: bool = False


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of instrument. `path` is the address of its list, `about` its sentence in the contract of the API."""

    model: type[Instrument]
    path: str
    about: Any
    filterset: type[InstrumentFilter]
    columns: Sequence[Column]
    serializer: type[InstrumentSerializer]
    section: Section
    detail: type[Detail] = Detail
    default_sort: Sequence[str] = DEFAULT_SORT
    attention: Sequence[Attention] = ()
    menu: tuple[Any, str] | None = None  # its place in the menu: the label, and the name of the address
    # Of the list: its layouts, its template, and what it shows besides (see `InstrumentListPage`).
    views: Sequence[str] = InstrumentListPage.views
    list_template: str = InstrumentListPage.template_name
    more_sentences: Callable[[InstrumentListPage, Page], Iterable[str]] | None = None
    card_lines: Callable[[InstrumentListPage, Instrument], list[dict[str, str]]] | None = None
    beside: Callable[[InstrumentListPage, Page], dict[str, Any]] | None = None
    above: Sequence[tuple[Any, str]] = ()  # the pages above its pages, as (label, name of the address)
    detail_base: type[DetailPage] = DetailPage  # where the page of a record does more than `detail` says
    on_map: str = "other"  # what the map calls its records in a country: a field of `charts.CountryOnMap`
    # More than their number by country, for the map: of these records on this day.
    by_country: Callable[[QuerySet, date], dict[str, CountryOnMap]] | None = None
    # Numbers of the register beside those that sources give, by the key of the figure: asked with the list of the kind,
    # the keys of figures, the clock and the reader.
    beside_figures: Callable[[type[InstrumentListPage], Iterable[str], Clock, Any], dict[str, Any]] | None = None
    pages_at: str = ""  # where the pages of its records lie, if not below its list
    inlines: Sequence[type[admin.options.InlineModelAdmin]] = ()  # of tables that hang on it alone

    @property
    def resource(self) -> str:
        return self.model.RESOURCE

    @property
    def all_columns(self) -> list[Column]:
        """Its columns, and those that every list has: by which it is sorted, and for days that are asked for."""
        return [*self.columns, STANDING, MOVED, MATCH]

    @cached_property
    def list_page(self) -> type[InstrumentListPage]:
        return self._made(
            InstrumentListPage,
            "ListPage",
            queryset=self.model.objects.all(),
            filterset_class=self.filterset,
            columns=self.all_columns,
            default_sort=self.default_sort,
            resource=self.resource,
            views=self.views,
            template_name=self.list_template,
            more_sentences=self.more_sentences,
            card_lines=self.card_lines,
            beside=self.beside,
            above=self.above,
            on_map=self.on_map,
            by_country=self.by_country and staticmethod(self.by_country),
        )

    @cached_property
    def detail_page(self) -> type[DetailPage]:
        return self._made(
            self.detail_base, "DetailPage", queryset=self.model.objects.all(), detail=self.detail, above=self.above
        )

    @cached_property
    def viewset(self) -> type[InstrumentViewSet]:
        return self._made(
            InstrumentViewSet,
            "ViewSet",
            about=self.about,
            queryset=self.model.objects.all(),
            filterset_class=self.filterset,
            columns=self.all_columns,
            default_sort=self.default_sort,
            serializer_class=self.serializer,
        )

    @property
    def list_address(self) -> URLPattern:
        return path(self.path, self.list_page.as_view(), name=f"{self.resource}-list")

    @property
    def detail_address(self) -> URLPattern:
        below = self.pages_at or self.path
        return path(f"{below}<slug:key>/", self.detail_page.as_view(), name=f"{self.resource}-detail")

    def register(self, site: admin.AdminSite) -> None:
        """Let staff correct its records."""
        inlines = [*InstrumentAdmin.inlines, *self.inlines]
        site.register(self.model, self._made(InstrumentAdmin, "Admin", inlines=inlines))

    def _made(self, base: type, ending: str, **declared: Any) -> type:
        return type(f"{self.model.__name__}{ending}", (base,), {"__module__": self.model.__module__, **declared})
