"""Pages that put kinds together: home and countries, assembled from what each app offers in its `dashboard`."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

import cooperation.dashboard
import placements.dashboard
from cooperation.register import charts
from cooperation.register.clock import Clock
from cooperation.register.details import milestone_row
from cooperation.register.marks import SourceMarks
from cooperation.register.models import Country, CountryRole, Group, Instrument, Milestone, Region, Source
from cooperation.register.querysets import in_force_on
from cooperation.register.templatetags.register import at
from cooperation.register.text import in_reader_language
from cooperation.register.views import clock_of

# The apps in the order of the pages.
DASHBOARDS = (cooperation.dashboard, placements.dashboard)
SHOWN = 6  # milestones on the first page, both ways
EVENTS = 100  # milestones on the page of a country


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what needs attention, how far everything is, the world, what happened."""
    clock, user, marks = clock_of(request), request.user, SourceMarks()
    cards = [dashboard.card(clock, user) for dashboard in DASHBOARDS]
    visible = Instrument.objects.visible_to(user).on(clock)
    known = Milestone.objects.as_said_on(clock.known_on).filter(instrument__in=visible.values("pk"))
    milestones, sources = known.count(), Source.objects.visible_to(user).count()
    context = {
        "title": _t("The register"),
        "clock": clock,
        "lead": format_html(
            _t(
                "What is proposed, agreed and placed abroad for the Dutch police: {instruments}, with {milestones} and"
                " {sources}."
            ),
            instruments=format_html("<strong>{} {}</strong>", sum(card["count"] for card in cards), _t("instruments")),
            milestones=ngettext("%d dated milestone", "%d dated milestones", milestones) % milestones,
            sources=ngettext("%d source", "%d sources", sources) % sources,
        ),
        "attention": [item for dashboard in DASHBOARDS for item in dashboard.attention(clock, user) if item["count"]],
        "kinds": cards,
        "world": _world(_counts(clock, user), clock),
        "last": [_event(m, clock) for m in known.had_happened(clock).for_events().order_by("-date_days", "pk")[:SHOWN]],
        "next": [
            _event(m, clock)
            for m in known.for_events()
            .still_expected_on(clock.known_on)
            .between(clock.valid_on, None)
            .order_by("date_days", "pk")[:SHOWN]
        ],
        "marks": marks,
    }
    return render(request, "home.html", context)


def _event(milestone: Milestone, clock: Clock) -> dict:
    row = milestone_row(milestone, clock)
    return {**row, "title": milestone.instrument.title, "url": at(milestone.instrument.get_absolute_url(), clock)}


def _counts(clock: Clock, user) -> dict[str, charts.CountryOnMap]:
    counts = placements.dashboard.world(clock, user)
    for code in _other_records(clock, user):
        counts.setdefault(code, charts.CountryOnMap()).other += 1
    return counts


def _other_records(clock: Clock, user) -> list[str]:
    """The countries of all records that are no posts, once for each record."""
    others = Instrument.objects.visible_to(user).on(clock).exclude(resource="placements")
    roles = CountryRole.objects.filter(in_force_on(clock.valid_on), instrument__in=others.values("pk"))
    return [code for code, _pk in roles.order_by().values_list("country", "instrument").distinct()]


def _world(counts: dict[str, charts.CountryOnMap], clock: Clock) -> charts.World | None:
    return charts.world(counts, clock=clock, table_url=at(reverse("countries"), clock) + "#table")


@require_safe
def countries(request: HttpRequest) -> HttpResponse:
    """Every country that the register names, by region."""
    clock = clock_of(request)
    counts = _counts(clock, request.user)
    named = Country.objects.filter(pk__in=counts).order_by(in_reader_language("sort"))
    by_region: dict[str, list[dict]] = {}
    for country in named:
        here = counts[country.code]
        by_region.setdefault(country.get_region_display(), []).append(
            {"country": country, "posts": here.host, "covered": here.covered, "others": here.other}
        )
    context = {
        "title": _t("Countries"),
        "breadcrumbs": [(_t("Countries"), "")],
        "clock": clock,
        "sentence": ngettext(
            "%d country in the register on this day.", "%d countries in the register on this day.", len(counts)
        )
        % len(counts),
        "world": _world(counts, clock),
        "groups": [{"region_label": region, "countries": by_region[region]} for region in sorted(by_region)],
        "api_url": request.build_absolute_uri(at(reverse("api:countries-list"), clock)),
    }
    return render(request, "register/countries.html", context)


@require_safe
def country(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that concerns one country on the day of the clock."""
    clock, user, marks = clock_of(request), request.user, SourceMarks()
    here = Country.objects.filter(code=code.upper()).first()
    if here is None:
        raise Http404
    if code != here.code:
        return redirect(f"{here.get_absolute_url()}?{request.GET.urlencode()}".removesuffix("?"))
    sections = [dashboard.in_country(here, clock, user, marks) for dashboard in reversed(DASHBOARDS)]
    records = [record.pk for section in sections for record in section["records"]]
    known = Milestone.objects.as_said_on(clock.known_on).filter(instrument__in=records)
    counts = {here.code: _counts(clock, user).get(here.code) or charts.CountryOnMap()}
    context = {
        "title": here.name,
        "breadcrumbs": [(_t("Countries"), at(reverse("countries"), clock)), (here.name, "")],
        "clock": clock,
        "country": here,
        "region_label": Region(here.region).label,
        "groups": [Group(membership.group).label for membership in here.groups.filter(in_force_on(clock.valid_on))],
        "sentence": placements.dashboard.country_sentence(here, clock, user),
        "sections": sections,
        "happened": [
            {**_event(milestone, clock), "anchor": ""}
            for milestone in known.had_happened(clock).for_events().order_by("-date_days", "pk")[:EVENTS]
        ],
        "world": charts.world(counts, clock=clock, table_url="", around=code),
        "api_url": request.build_absolute_uri(at(reverse("api:placements-list") + f"?country={code}", clock)),
        "marks": marks,
    }
    return render(request, "register/country.html", context)
