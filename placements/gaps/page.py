"""The page of gaps: each part with its sentence, its table, and the list behind every number."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from cooperation.register import charts
from cooperation.register.display.footnotes import SourceMarks
from cooperation.register.domain.clock import Clock
from cooperation.register.features.dashboard import chosen, heads
from cooperation.register.lists import child_rows
from cooperation.register.lists.columns import Column
from cooperation.register.models import kinds
from cooperation.register.templatetags.register import at
from cooperation.register.templatetags.register import day as day_in_words
from cooperation.register.views import ListPage, changed, table_rows
from cooperation.register.views.detail import figure_row

from .. import network
from ..columns import PLACEMENT_COLUMNS
from ..kind import PLACEMENTS
from ..models import Placement
from ..presence import Has
from ..querysets import STARTS_AFTER, STARTS_BEFORE
from .coverage import CountryCoverage
from .filters import GapFilter
from .reading import Gaps, Posts, ask

COUNTRY_HEADS = (_("Country"), _("On the day"), _("Sits there"), _("Covers it"))
# Of a country: what stands in a cell, as (stage, certain or not or either, words).
LINES = (
    ("active", True, _("certainly active")),
    ("active", False, _("possibly active")),
    ("unconfirmed", None, _("unconfirmed")),
    ("planned", None, _("planned")),
)
BEFORE = (("not_known", None, _("not known any more")), ("ended", None, _("ended")))


def successor_cell(post, clock, marks):
    successor = post.successor
    if successor is None:
        return ""
    return format_html('<a href="{}">{}</a>', at(successor.get_absolute_url(), clock), successor.name)


SUCCESSOR = Column("successor", _("Followed up by"), lambda post, clock: post.successor, successor_cell)


class GapsPage(ListPage):
    """Where no post is known, what ends, what no source has seen lately, and what sources count."""

    filterset_class = GapFilter
    columns = PLACEMENT_COLUMNS
    template_name = "placements/gaps/page.html"
    above = ((_("Placements"), "placements-list"),)
    noun, nouns = _("gap"), _("gaps")
    can_be_saved = False
    open_fields = ("group", "kind", "withinMonths", "unconfirmedMonths")
    folded = (
        (_("Region"), ("region",)),
        (_("Organisation"), ("organisation",)),
    )

    def get(self, request: HttpRequest) -> HttpResponse:
        no_export = _t("This page has no export. The lists behind its numbers have one.")
        self.question = ask(request.GET, request.user, no_export, has_form=True)
        self.clock = self.question.clock
        if self.question.faults:
            return render(request, self.template_name, self.form_context(), status=400)
        self.gaps, self.marks = Gaps(self.question), SourceMarks()
        api_url = reverse("api:gaps") + changed(self.question.params, columns=None, view=None)
        context = {
            **self.form_context(),
            "api_url": request.build_absolute_uri(api_url).removesuffix("?"),
            "coverage": self.coverage_part(),
            "ends": self.ends_part(),
            "unconfirmed": self.unconfirmed_part(),
            "counts": self.counts_part(),
            "agreed": self.agreed_part(),
            "marks": self.marks,
        }
        return render(request, self.template_name, context)

    @cached_property
    def places(self) -> str:
        """The countries that are looked at, in words."""
        asked = {name: values for name, _label, values in self.question.filterset.in_words()}
        chosen = [words for name in ("group", "region") for _value, words in asked.get(name, ())]
        return ", ".join(chosen) or _t("All countries")

    # --- countries ---------------------------------------------------------------------------------------------------

    def coverage_part(self) -> dict[str, Any]:
        is_part = bool(self.question.filterset.places)
        # First what is missing by what sources say, then what they are silent on; by name within.
        order = (Has.ENDED, Has.NOT_KNOWN, Has.PLANNED, Has.COVERED, Has.POST, Has.NONE)
        heads = [str(label) for label in COUNTRY_HEADS]  # translated once, and not for each cell
        entries = sorted(self.gaps.coverage, key=lambda entry: order.index(entry.has))
        rows = [entry for entry in entries if is_part or entry.counts]
        return {
            "sentence": self.coverage_sentence(),
            "columns": [{"label": label} for label in heads],
            "rows": [self.country_row(entry, heads) for entry in rows],
            "without": [entry.country for entry in entries if not is_part and not entry.counts],
            "present": self.numbered(self.gaps.present()),
            "rule": charts.POST_RULE,
        }

    def coverage_sentence(self):
        """In how many countries there is a post, in how many more only coverage, and what is known of the others."""
        counted, total = self.gaps.counted, len(self.gaps.coverage)
        unsure = sum(1 for entry in self.gaps.coverage if entry.has in (Has.POST, Has.COVERED) and not entry.certain)
        first = ngettext("{places} on {day}: {n} country.", "{places} on {day}: {n} countries.", total)
        lead = format_html(first, places=self.places, day=day_in_words(self.clock.valid_on), n=total)
        has = {
            (True, True): _t("A post in {post}, {covered} more only covered from elsewhere."),
            (True, False): _t("A post in {post}."),
            (False, True): _t("Only covered from elsewhere: {covered}."),
            (False, False): "",
        }
        counts = {name: counted[name] for name in Has.values}
        others = [
            (
                unsure,
                ngettext(
                    "In %d of these the post is unconfirmed or only possible.",
                    "In %d of these the posts are unconfirmed or only possible.",
                    unsure,
                ),
            ),
            (counts["planned"], ngettext("In %d a post is planned.", "In %d posts are planned.", counts["planned"])),
            (
                counts["not_known"],
                ngettext(
                    "In %d there was a post, of which no source speaks any more.",
                    "In %d there were posts, of which no source speaks any more.",
                    counts["not_known"],
                ),
            ),
            (
                counts["ended"],
                ngettext(
                    "In %d the post has ended, and no source names another.",
                    "In %d the posts have ended, and no source names another.",
                    counts["ended"],
                ),
            ),
            (
                counts["none"],
                ngettext("Of %d the register knows no post.", "Of %d the register knows no post.", counts["none"]),
            ),
        ]
        said = has[counts["post"] > 0, counts["covered"] > 0].format(**counts)
        sentences = [lead, *filter(None, [said]), *(words % number for number, words in others if number)]
        return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))

    def country_row(self, entry: CountryCoverage, heads: list[str]) -> dict[str, Any]:
        country = entry.country
        cells = [
            format_html('<a class="row" href="{}">{}</a>', at(country.get_absolute_url(), self.clock), country.name),
            render_to_string(
                "placements/gaps/has.html",
                {"words": entry.words, "is_gone": entry.is_gone, "doubt": entry.doubt},
            ),
            self.posts_cell(entry, "host"),
            self.posts_cell(entry, "covered"),
        ]
        return {
            "cells": [
                {"label": label, "html": html, "is_none": not html} for label, html in zip(heads, cells, strict=True)
            ]
        }

    def posts_cell(self, entry: CountryCoverage, role: str) -> str:
        """The posts of a country in a role by stage; each number opens its list."""

        def lines(which):
            for stage, certain, words in which:
                sure = (True, False) if certain is None else (certain,)
                if number := sum(entry.counts[role, stage, one] for one in sure):
                    query = f"country={entry.country.code}&countryRole={role}&stage={stage}"
                    if certain is not None:
                        query += f"&certain={str(certain).lower()}"
                    named = (p for p in entry.posts_as(role) if p.stage == stage and p.stage_certain in sure)
                    url = self.address(self.gaps.posts(query).query)
                    yield {"number": number, "words": words, "url": url, "posts": list(named)}

        context = {"lines": list(lines(LINES)), "before": list(lines(BEFORE)), "clock": self.clock}
        return SafeString(render_to_string("placements/gaps/posts.html", context).strip())  # nosec B703  it escapes

    # --- posts -------------------------------------------------------------------------------------------------------

    def address(self, query: str, clock: Clock | None = None) -> str:
        return child_rows.address(Placement.RESOURCE, query, clock or self.clock)

    def numbered(self, posts: Posts) -> dict[str, Any]:
        count, exact = posts.count
        return {"count": count, "exact": exact, "url": self.address(posts.query)}

    def table(self, records: list[Placement], columns: list[Column]) -> dict[str, Any]:
        return {"columns": heads(columns), "rows": table_rows(records, columns, self.clock, self.marks)}

    def ends_part(self) -> dict[str, Any]:
        columns = chosen(PLACEMENTS.list_page, "title", "country", "stage", "start", "plannedEnd")
        parts = {
            name: {"count": ends.count, "exact": True, "url": self.address(ends.posts.query)}
            | self.table(ends.first, columns + more)
            for (name, ends), more in zip(self.gaps.ends.items(), ([], [SUCCESSOR]), strict=True)
        }
        return {
            "until": self.gaps.until,
            "without": parts["false"],
            "followed": parts["true"],
            "total": self.numbered(self.gaps.ending()),
            "before": round(STARTS_BEFORE * 12 / 365),
            "after": round(STARTS_AFTER * 12 / 365),
        }

    def unconfirmed_part(self) -> dict[str, Any]:
        posts = self.gaps.unconfirmed()
        columns = chosen(PLACEMENTS.list_page, "title", "country", "stage", "lastEvidence", "plannedEnd")
        return {
            "since": self.gaps.since,
            "months": self.question.filterset.months("unconfirmedMonths"),
            "not_known": self.numbered(self.gaps.not_known()),
            "years": Placement.ladder.years,
            **self.numbered(posts),
            **self.table(posts.first(), columns),
        }

    # --- figures and agreements --------------------------------------------------------------------------------------

    def counts_part(self) -> dict[str, Any]:
        found = self.gaps.comparisons
        compared = [one for one in found if one.now]
        return {
            "compared": [self.comparison(one) for one in compared],
            "others": [{"figure": figure_row(one.figure), "why": one.meaning.why} for one in found if not one.now],
            "equal": sum(1 for one in compared if one.difference(one.now) == 0),
            "fewer": sum(1 for one in compared if one.difference(one.now) < 0),
            "more": sum(1 for one in compared if one.difference(one.now) > 0),
        }

    def comparison(self, one: network.FigureComparison) -> dict[str, Any]:
        difference = one.difference(one.now)
        return {
            "figure": figure_row(one.figure),
            "why": one.meaning.why,
            "unit": UNITS[one.meaning.counts] % one.now.count,
            "units": UNITS[one.meaning.counts] % 2,
            "day": one.now.clock.valid_on,
            "now": self.tally(one.now),
            "then": self.tally(one.then),
            "difference": self.difference(difference),
        }

    @staticmethod
    def difference(more: int) -> str:
        if more == 0:
            return _t("none")
        return (_t("%d more") if more > 0 else _t("%d fewer")) % abs(more)

    def tally(self, tally: network.Tally) -> dict[str, Any]:
        return {
            "count": tally.count,
            "unknown": tally.present.unknown,
            "url": self.address(tally.present.query, tally.clock),
            "parts": [vars(part) | {"url": self.address(part.query, tally.clock)} for part in tally.parts],
        }

    def agreed_part(self) -> dict[str, Any]:
        named = kinds()
        return {
            "rows": [
                {
                    "label": capfirst(str(named[name]._meta.verbose_name_plural)),
                    "count": count,
                    "url": child_rows.address(name, query, self.clock),
                }
                for name, count, query in self.gaps.agreed
            ],
            "total": sum(count for _name, count, _query in self.gaps.agreed),
        }


UNITS = {
    "posts": ngettext_lazy("post", "posts"),
    "records": ngettext_lazy("placement", "placements"),
    "countries": ngettext_lazy("country", "countries"),
}
