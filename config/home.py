"""Pages that put kinds together: home and countries, assembled from what each app offers in its `dashboard`."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

import cooperation.dashboard
import mous.dashboard
import placements.dashboard
from cooperation.register import charts
from cooperation.register.display.footnotes import SourceMarks
from cooperation.register.domain.clock import Clock
from cooperation.register.domain.text import in_reader_language
from cooperation.register.features import dashboard
from cooperation.register.features.commitments import CommitmentListPage
from cooperation.register.features.reference_pages import SourceListPage
from cooperation.register.features.search import SearchPage
from cooperation.register.features.timeline import TimelinePage
from cooperation.register.models import Country, CountryRole, Figure, Group, Instrument, Milestone, Region, kinds
from cooperation.register.models.queryset import in_force_on
from cooperation.register.templatetags.register import at
from cooperation.register.templatetags.register import day as day_in_words
from cooperation.register.views import clock_of
from cooperation.register.views.detail import figure_row, milestone_row

# The apps in the order of the pages.
DASHBOARDS = (cooperation.dashboard, placements.dashboard, mous.dashboard)
# The same in the order in which one is briefed on a country: who is there, what is agreed, what else concerns it.
BRIEFING = (placements.dashboard, mous.dashboard, cooperation.dashboard)
SHOWN = 6  # milestones on the first page and on that of a country, both ways
FIGURES = 50  # on the page of a country


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what needs attention, how far everything is, the world, what happened."""
    clock, user, marks = clock_of(request), request.user, SourceMarks()
    needed = [*dashboard.attention_to_all(clock, user), *(i for app in DASHBOARDS for i in app.attention(clock, user))]
    context = {
        "title": _t("The register"),
        "clock": clock,
        "instruments": dashboard.count(SearchPage, "", clock, user),
        "milestones": dashboard.count(TimelinePage, "", clock, user),
        "sources": dashboard.count(SourceListPage, "", clock, user),
        "attention": [item for item in needed if item["count"]],
        "kinds": [card for app in DASHBOARDS for card in app.cards(clock, user)],
        "world": _world(_on_map(clock, user), clock),
        **_events(Milestone.objects.visible_to(user).on(clock), clock),
        "timeline_url": dashboard.address(TimelinePage, "", clock),
        "marks": marks,
    }
    return render(request, "home.html", context)


def _events(milestones, clock: Clock) -> dict[str, list[dict]]:
    """The last of these milestones that happened, and the next that are expected."""
    last = milestones.had_happened(clock).order_by("-date_days", "pk")
    to_come = milestones.filter(is_open=True).between(clock.valid_on, None).order_by("date_days", "pk")
    return {
        name: [
            {
                **milestone_row(milestone, clock),
                "title": milestone.instrument.title,
                "url": at(milestone.get_absolute_url(), clock),
            }
            for milestone in found.for_events()[:SHOWN]
        ]
        for name, found in (("last", last), ("next", to_come))
    }


def _by_kind(clock: Clock, user) -> dict[str, Counter]:
    """How many records of each kind each country has a part in."""
    there = Instrument.objects.visible_to(user).on(clock).values("pk")
    roles = CountryRole.objects.filter(in_force_on(clock.valid_on), instrument__in=there).order_by()
    counts: defaultdict[str, Counter] = defaultdict(Counter)
    by_kind = roles.values_list("country", "instrument__resource")
    for code, resource, number in by_kind.annotate(count=Count("instrument", distinct=True)):
        counts[code][resource] = number
    return counts


def _on_map(clock: Clock, user, by_kind: dict[str, Counter] | None = None) -> dict[str, charts.CountryOnMap]:
    """Posts, coverage, MoUs and other records by country."""
    counts = placements.dashboard.world(clock, user)
    for code, records in (by_kind or _by_kind(clock, user)).items():
        here = counts.setdefault(code, charts.CountryOnMap())
        here.agreed = records["mous"]
        here.other = records.total() - records["mous"] - records["placements"]
    return counts


def _world(counts: dict[str, charts.CountryOnMap], clock: Clock) -> charts.World | None:
    return charts.world(counts, clock=clock, table_url=at(reverse("countries"), clock) + "#table")


@require_safe
def countries(request: HttpRequest) -> HttpResponse:
    """Every country that the register names, by region, with its records of each kind."""
    clock = clock_of(request)
    by_kind = _by_kind(clock, request.user)
    on_map = _on_map(clock, request.user, by_kind)
    others = [resource for resource in kinds() if resource != "placements"]
    regions: dict[str, list[dict]] = {}
    for country in Country.objects.filter(pk__in=on_map).order_by(in_reader_language("sort")):
        here, records = on_map[country.code], by_kind.get(country.code, Counter())
        numbers = [
            _number("placements", "&countryRole=host", here.host, country, clock),
            _number("placements", "&countryRole=covered", here.covered, country, clock),
            *(_number(resource, "", records[resource], country, clock) for resource in others),
        ]
        regions.setdefault(country.get_region_display(), []).append({"country": country, "numbers": numbers})
    context = {
        "title": _t("Countries"),
        "breadcrumbs": [(_t("Countries"), "")],
        "clock": clock,
        "sentence": ngettext(
            "%d country in the register on this day.", "%d countries in the register on this day.", len(on_map)
        )
        % len(on_map),
        "world": _world(on_map, clock),
        "heads": [
            _t("Posts"),
            _t("Covered"),
            *(capfirst(str(kinds()[name]._meta.verbose_name_plural)) for name in others),
        ],
        "groups": [{"region_label": region, "countries": regions[region]} for region in sorted(regions)],
        "api_url": request.build_absolute_uri(at(reverse("api:countries-list"), clock)),
    }
    return render(request, "register/countries.html", context)


def _number(resource: str, more: str, number: int, country: Country, clock: Clock) -> dict:
    return {"count": number, "url": at(f"{reverse(f'{resource}-list')}?country={country.code}{more}", clock)}


@require_safe
def country(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that concerns one country on the day of the clock: on paper a briefing of two pages."""
    clock, user, marks = clock_of(request), request.user, SourceMarks()
    here = Country.objects.filter(code=code.upper()).first()
    if here is None:
        raise Http404
    if code != here.code:
        return redirect(f"{here.get_absolute_url()}?{request.GET.urlencode()}".removesuffix("?"))
    sections = [part for app in BRIEFING for part in app.sections(here, clock, user, marks)]
    sections.append(_commitments(here, clock, user, marks))
    concerned = Instrument.objects.visible_to(user).on(clock).in_country([here.code], clock.valid_on)
    milestones = Milestone.objects.visible_to(user).on(clock).filter(instrument__in=concerned.values("pk"))
    events = _events(milestones, clock)
    figures = _figures(here, concerned, clock, user)
    _end_of_paper(sections, events, figures, marks)
    asked = f"country={here.code}"
    context = {
        "title": here.name,
        "breadcrumbs": [(_t("Countries"), at(reverse("countries"), clock)), (here.name, "")],
        "clock": clock,
        "country": here,
        "region_label": Region(here.region).label,
        "region_url": dashboard.address(SearchPage, f"region={here.region}", clock),
        "groups": [
            {"label": Group(part.group).label, "since": part.since}
            for part in here.groups.filter(in_force_on(clock.valid_on))
        ],
        "sentence": _sentence(here, sections, clock, user),
        "sections": [section for section in sections if section["count"]],
        "empty": [section["title"] for section in sections if not section["count"]],
        "figures": figures,
        **events,
        "everything": dashboard.count(SearchPage, asked, clock, user),
        "timeline": dashboard.count(TimelinePage, asked, clock, user),
        "site": request.build_absolute_uri("/").removesuffix("/"),
        "world": charts.world(
            {here.code: _on_map(clock, user).get(here.code) or charts.CountryOnMap()},
            clock=clock,
            table_url="",
            around=code,
        ),
        "api_urls": [
            request.build_absolute_uri(at(reverse(f"api:{name}-list") + f"?{asked}", clock))
            for name in ("instruments", "milestones", "commitments")
        ],
        "marks": marks,
    }
    return render(request, "register/country.html", context)


def _commitments(here: Country, clock: Clock, user, marks: SourceMarks) -> dict:
    return dashboard.section(
        CommitmentListPage,
        f"country={here.code}&state=overdue,open",
        dashboard.chosen(CommitmentListPage, "what", "record", "due", "state"),
        _t("Open commitments"),
        _t("What was promised about these records, and has no outcome yet"),
        clock,
        user,
        marks,
    )


def _figures(here: Country, concerned, clock: Clock, user) -> list[dict]:
    """Figures about the country or about records that concern it; those that name it come first."""
    about = Figure.objects.visible_to(user).on(clock).select_related("source").order_by("key")
    naming = about.filter(pk__in=about.filter(countries__country=here).values("pk"))
    others = about.filter(instrument__in=concerned.values("pk")).exclude(pk__in=naming.values("pk"))
    return [figure_row(figure) for figure in [*naming, *others][:FIGURES]]


def _end_of_paper(sections: list[dict], events: dict, figures: list[dict], marks: SourceMarks) -> None:
    """Number the sources of what goes on paper, then draw what only a screen has room for."""
    for row in [*events["last"], *events["next"]]:
        for source in row["sources"]:
            marks.number(source)
    for place, figure in enumerate(figures):
        figure["screen_only"] = place >= dashboard.ON_PAPER
        if not figure["screen_only"]:
            marks.number(figure["source"])
    marks.end_of_paper()
    for section in sections:
        section.setdefault("more", section["count"] - len(section["rows"]))
        section["rows"] += [row | {"screen_only": True} for row in section["rest"]()]


def _sentence(here: Country, sections: list[dict], clock: Clock, user) -> str:
    """What can be said aloud of a country: its posts, then how many records of each other kind there are."""
    posts, *others = sections
    found = [
        f"{part['count']} {part['meta'].verbose_name if part['count'] == 1 else part['meta'].verbose_name_plural}"
        for part in others
        if part["count"]
    ]
    if not found and not posts["count"]:
        words = _t("The register holds nothing about {country} on {day}.")
        return format_html(words, country=here.name, day=day_in_words(clock.valid_on))
    sentence = placements.dashboard.country_sentence(here, clock, user)
    besides = _t("Besides: %s.") % ", ".join(found)
    return f"{sentence} {besides}" if found else sentence
