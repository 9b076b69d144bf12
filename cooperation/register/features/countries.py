"""Pages of countries: all of them with what the register holds of each, and one as a briefing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from .. import charts
from ..api.serializers import CountrySerializer
from ..api.viewsets import ListViewSet
from ..display.footnotes import SourceMarks
from ..domain.clock import Clock
from ..domain.text import in_reader_language
from ..exports import cited_at, lasting
from ..kind import Kind
from ..lists.choices import noun
from ..lists.columns import NAME, Column, by_field
from ..lists.filters import AnyOf, QuestionFilter
from ..models import Country, CountryRole, Figure, Group, Instrument, Milestone, Region, kinds
from ..models.fetch import Batch
from ..models.queryset import in_force_on
from ..models.reading import note_counted
from ..templatetags.register import at
from ..templatetags.register import day as day_in_words
from ..views import clock_of
from ..views.answer import MOST_NAMED, as_copied, named
from ..views.detail import figure_row
from .commitments import CommitmentListPage
from .dashboard import ON_PAPER, Rows, address, ask, chosen, events, remembered, why
from .search import SearchPage
from .timeline import TimelinePage

FIGURES = 50


@dataclass
class Held:
    """How many records of each kind a country has a part in, and how many of these stand (`Ladder.standing`)."""

    all: Counter[str] = field(default_factory=Counter)
    standing: Counter[str] = field(default_factory=Counter)


Numbers = dict[str, Held]  # by country


def numbers_by_kind(clock: Clock, user, code: str = "") -> Numbers:
    """How many records of each kind each country has a part in, or one country."""
    there = Instrument.objects.visible_to(user).on(clock).order_by()
    held = CountryRole.objects.filter(in_force_on(clock.valid_on))
    there = there.filter(countries__in=held.filter(country=code) if code else held)
    note_counted(there)
    found = there.values_list("countries__country", "resource", "stage").annotate(count=Count("pk", distinct=True))
    counts: defaultdict[str, Held] = defaultdict(Held)
    for country, resource, stage, number in found:
        counts[country].all[resource] += number
        counts[country].standing[resource] += number if stage in kinds()[resource].ladder.standing else 0
    return counts


def on_map(kinds: Iterable[Kind], numbers: Numbers, clock: Clock, user, code: str = "") -> dict:
    """What the map shows of each country, or of one."""
    found: defaultdict[str, charts.CountryOnMap] = defaultdict(charts.CountryOnMap)
    for kind in kinds:
        if kind.by_country:
            records = kind.model.objects.visible_to(user).on(clock)
            records = records.in_country([code], clock.valid_on) if code else records
            for country, shown in kind.by_country(records, clock.valid_on).items():
                found[country] = shown
    for kind in kinds:
        if not kind.by_country:
            for country, held in numbers.items():
                here, stand = found[country], held.standing[kind.resource]
                setattr(here, kind.on_map, getattr(here, kind.on_map) + stand)
                here.past += held.all[kind.resource] - stand
    return {country: shown for country, shown in found.items() if not code or country == code}


@require_safe
@remembered
def countries(request: HttpRequest, kinds: Sequence[Kind]) -> HttpResponse:
    """Every country that the register names, by region, with its records of each kind."""
    clock = clock_of(request)
    numbers = numbers_by_kind(clock, request.user)
    shown = on_map(kinds, numbers, clock, request.user)
    columns = [column for kind in kinds for column in _columns(kind)]
    regions: dict[str, list[dict]] = {}
    for country in Country.objects.filter(pk__in=shown).order_by(in_reader_language("sort")):
        records = numbers.get(country.code, Held()).standing
        cells = [
            {
                "count": getattr(shown[country.code], role) if role else records[kind.resource],
                "url": address(kind.list_page, f"country={country.code}{asked}", clock),
                "label": label,
            }
            for label, kind, role, asked in columns
        ]
        regions.setdefault(country.region, []).append({"country": country, "numbers": cells})
    groups = [{"region_label": str(Region(name).label), "countries": named} for name, named in regions.items()]
    context = {
        "title": _t("Countries"),
        "breadcrumbs": [(_t("Countries"), "")],
        "clock": clock,
        "sentence": ngettext(
            "%d country in the register on this day.", "%d countries in the register on this day.", len(shown)
        )
        % len(shown),
        "world": charts.world(shown, clock=clock, table_url=at(reverse("countries"), clock) + "#table"),
        "heads": [label for label, *_others in columns],
        "groups": sorted(groups, key=lambda group: group["region_label"]),
        "api_url": request.build_absolute_uri(at(reverse("api:countries-list"), clock)),
    }
    return render(request, "register/countries.html", context)


def _columns(kind: Kind) -> list[tuple[str, Kind, str, str]]:
    """The columns of a kind: its records, or where roles are told apart, those in each (label, kind, role, query)."""
    if kind.by_country:
        there = ",".join(kind.model.ladder.present)
        return [
            (_t("Posts"), kind, "host", f"&countryRole=host&stage={there}"),
            (_t("Covered"), kind, "covered", f"&countryRole=covered&stage={there}"),
        ]
    return [(capfirst(str(kind.model._meta.verbose_name_plural)), kind, "", "&standing=true")]


@require_safe
@remembered
def country(request: HttpRequest, code: str, kinds: Sequence[Kind]) -> HttpResponse:
    """Everything that concerns one country on the day of the clock: on paper a briefing of two pages."""
    clock, user = clock_of(request), request.user
    here = Country.objects.filter(code=code.upper()).first()
    if here is None:
        raise Http404
    if code != here.code:
        return redirect(f"{here.get_absolute_url()}?{request.GET.urlencode()}".removesuffix("?"))
    found = Briefing(here, kinds, clock, user)
    context = {
        "title": here.name,
        "breadcrumbs": [(_t("Countries"), at(reverse("countries"), clock)), (here.name, "")],
        "clock": clock,
        "country": here,
        "region_label": Region(here.region).label,
        "region_url": address(SearchPage, f"region={here.region}", clock),
        "groups": [
            {
                "label": Group(part.group).label,
                "since": part.since,
                "ended": part.until if part.until and part.until.last < clock.valid_on else None,
            }
            for part in here.groups.exclude(since_days__startswith__gt=clock.valid_on)
        ],
        **found.context(),
        "site": request.build_absolute_uri("/").removesuffix("/"),
        "api_urls": [
            request.build_absolute_uri(at(reverse(f"api:{name}-list") + f"?{found.asked}", clock))
            for name in ("instruments", "milestones", "commitments")
        ],
    }
    cited = cited_at(clock, lasting(request.build_absolute_uri(), clock))
    context["copied"] = as_copied(context["sentence"], context["marks"], cited)
    return render(request, "register/country.html", context)


class CountryFilter(QuestionFilter):
    region = AnyOf(choices=Region.choices, label=_("Region"), opposite=_("Not in region"))
    group = AnyOf(
        choices=Group.choices, label=_("Group of countries"), opposite=_("Not in group"), condition="in_group"
    )

    class Meta:
        model = Country
        fields = []

    def in_group(self, queryset, name, value):
        return Q(pk__in=Country.objects.members_of(value, self.clock.valid_on).values("pk"))


COUNTRY_COLUMNS = [NAME, Column("code", _("Code"), lambda record, clock: record.code, sort=by_field("code"))]


class CountryViewSet(ListViewSet):
    about = _("Countries and territories, with the groups they belong to.")
    queryset = Country.objects.with_groups()
    filterset_class = CountryFilter
    columns = COUNTRY_COLUMNS
    serializer_class = CountrySerializer
    lookup_field = "code"
    lookup_value_regex = r"[A-Z]{2}"


class Briefing:
    """What the register holds of one country, kind by kind. The records of all kinds are read together."""

    def __init__(self, country: Country, kinds: Sequence[Kind], clock: Clock, user):
        self.country, self.kinds, self.clock, self.user = country, kinds, clock, user
        self.asked = f"country={country.code}"
        self.numbers = numbers_by_kind(clock, user, country.code)

    def context(self):
        sections, marks = self.sections(), SourceMarks()
        milestones = Milestone.objects.visible_to(self.user).on(self.clock)
        what = events(milestones.filter(instrument__in=self.concerned.values("pk")), self.clock)
        figures = self.figures()
        sentence = self.sentence(sections, marks)
        drawn = [section.drawn(self.clock, marks) for section in sections]
        for row in [*what["last"], *what["next"]]:
            for source in row["sources"]:
                marks.number(source)
        for figure in figures[:ON_PAPER]:
            marks.number(figure["source"])
        marks.end_of_paper()
        for section, shown in zip(sections, drawn, strict=True):
            shown["rows"] = [*shown["rows"], *section.for_screen(self.clock, marks)]
        shown_on_map = on_map(self.kinds, self.numbers, self.clock, self.user, self.country.code)
        code = self.country.code
        return {
            "sentence": sentence,
            "marks": marks,
            "sections": [section for section in drawn if section["count"]],
            "empty": [*(kind.section.title for kind in self.kinds if not self._has(kind)), *self.without(sections)],
            "figures": [{**row, "screen_only": place >= ON_PAPER} for place, row in enumerate(figures)],
            **what,
            "everything": {"count": self._here.total(), "url": address(SearchPage, self.asked, self.clock)},
            "timeline_url": address(TimelinePage, self.asked, self.clock),
            "world": charts.world(
                {code: shown_on_map.get(code) or charts.CountryOnMap()},
                clock=self.clock,
                table_url="",
                around=self.country,
            ),
        }

    @property
    def concerned(self):
        """Records about the country. What is read of them is itself asked `visible_to` and `on`."""
        return Instrument.objects.in_country([self.country.code], self.clock.valid_on)

    @property
    def _here(self) -> Counter[str]:
        return self.numbers[self.country.code].all

    def _has(self, kind: Kind) -> bool:
        return bool(self._here[kind.resource])

    def sections(self) -> list[Rows]:
        """One for each kind that has records here, and what was promised about any of them."""
        together = Batch(self.clock, self.user)
        found = [self.section(kind, together) for kind in self.kinds if self._has(kind)]
        together.attach_sources()
        promises = Rows.read(
            CommitmentListPage,
            f"{self.asked}&state=overdue,open",
            chosen(CommitmentListPage, "what", "record", "due", "state"),
            _t("Open commitments"),
            _t("What was promised about these instruments, and has no outcome yet"),
            self.clock,
            self.user,
        )
        return [*found, promises]

    def section(self, kind: Kind, together: Batch) -> Rows:
        declared = kind.section
        query = "&".join(filter(None, (self.asked, declared.query)))
        first, *others = chosen(kind.list_page, *declared.columns)
        columns = [first, *([why(self.country.code, declared.why_here)] if declared.says_why else []), *others]
        page, here = kind.list_page, self._here[kind.resource]
        if declared.summary and here > ON_PAPER:
            question = ask(page, query, self.clock, self.user)
            summary = declared.summary(question, query, together)
            return Rows(page, query, columns, declared.title, declared.intro, question, [], here, summary)
        return Rows.read(page, query, columns, declared.title, declared.intro, self.clock, self.user, together)

    @staticmethod
    def without(sections: list[Rows]) -> list[str]:
        return [section.title for section in sections if not section.count]

    def sentence(self, sections: list[Rows], marks: SourceMarks) -> SafeString:
        """What can be said of a country: its posts, by name where they are few, then how many other records."""
        if not any(section.count for section in sections):
            words = _t("The register holds nothing about {country} on {day}.")
            return format_html(words, country=self.country.name, day=day_in_words(self.clock.valid_on))
        read = {section.page: section for section in sections}
        sentences, others = [], []
        for page, kind in [*((kind.list_page, kind) for kind in self.kinds), (CommitmentListPage, None)]:
            section = read.get(page)
            if kind and kind.section.sentence:
                query = "&".join(filter(None, (self.asked, kind.section.query)))
                question = section.question if section else ask(page, query, self.clock, self.user)
                sentences.append(kind.section.sentence(question.selection, self.country, self.clock))
                standing = [record for record in section.records if record.stands] if section else []
                sentences.append(named(standing, self.clock, marks) if len(standing) <= MOST_NAMED else "")
            elif section and section.count:
                number = self.numbers[self.country.code].standing[kind.resource] if kind else section.count
                others += [f"{number} {noun(page.queryset.model, number)}"] if number else []
        if others:
            sentences.append(_t("Besides: %s.") % ", ".join(others))
        return format_html_join(" ", "{}", ((sentence,) for sentence in sentences if sentence))

    def figures(self) -> list[dict]:
        """Figures about the country or about records that concern it; those that name it come first."""
        about = Figure.objects.visible_to(self.user).on(self.clock).select_related("source")
        naming = Q(pk__in=Figure.objects.filter(countries__country=self.country).values("pk"))
        found = about.filter(naming | Q(instrument__in=self.concerned.values("pk"))).annotate(names_it=naming)
        figures = list(found.order_by("-names_it", "key")[:FIGURES])
        keys, beside = [figure.key for figure in figures], {}
        for kind in self.kinds if keys else ():
            if kind.beside_figures:
                beside |= kind.beside_figures(kind.list_page, keys, self.clock, self.user)
        return [figure_row(figure) | {"beside": beside.get(figure.key)} for figure in figures]
