"""Columns of the list of placements."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from cooperation.register.display.milestones import is_without_word
from cooperation.register.lists import columns as shared
from cooperation.register.lists import sql_text as written
from cooperation.register.lists.columns import Column, by_country, countries_cell, names

from .models import Placement


def post_cell(record, clock, marks):
    """The title, with the kind of post and who sends it."""
    senders = ", ".join(part.organisation.name for part in record.organisations_then if part.role == "sender")
    return render_to_string("register/cells/title.html", {"record": record, "clock": clock, "more": senders})


def planned_end_cell(record, clock, marks):
    """The planned end by the latest word on it, which need not be the latest day."""
    if record.plan is None:
        return ""
    passed = is_without_word(record.plan, clock, record.is_open(record.plan))
    context = {"milestone": record.plan, "marks": marks, "is_without_word": passed}
    return render_to_string("register/cells/date.html", context)


def where_cell(record, clock, marks):
    """Where a post sits, and what it covers from there."""
    parts = {"hosts": record.countries_in("host"), "covered": record.countries_in("covered")}
    return render_to_string("placements/cells/where.html", {"record": record, "clock": clock, **parts})


def _by_planned_end(model, clock):
    plans = Placement.plans(clock.known_on).filter(instrument=OuterRef("pk"))
    return Subquery(plans.values(day=Lower("date_days"))[:1])


def _first_plan(clock, of):
    return written.first_of(Placement.plans(clock.known_on), of, said="plan")


PLACEMENT_COLUMNS = [
    shared.title_column(_("Post"), post_cell),
    Column(
        "country",
        _("Host country"),
        lambda record, clock: names(record.countries_in("host")),
        where_cell,
        by_country("host"),
        written.countries("host"),
    ),
    Column(
        "covered",
        _("Covers"),
        lambda record, clock: names(record.countries_in("covered")),
        countries_cell("covered"),
        by_country("covered"),
        written.countries("covered"),
        shown=False,
        exported=True,
    ),
    shared.KIND,
    shared.STAGE,
    shared.milestone_column("start", _("Started"), "started"),
    shared.milestone_column("lastEvidence", _("Last evidence"), "started", "observed", last=True),
    shared.date_column(
        "plannedEnd",
        _("Planned end"),
        lambda record, clock: record.plan,
        _first_plan,
        cell=planned_end_cell,
        sort=_by_planned_end,
    ),
    shared.milestone_column("end", _("Ended"), "ended"),
    shared.field_column("city", _("City"), "city", shown=False),
    shared.field_column("posts", _("Posts"), "posts", shown=False, numeric=True),
    shared.ORGANISATIONS,
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]
