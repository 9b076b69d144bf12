"""Columns of the list of placements."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from cooperation.register import columns as shared
from cooperation.register.columns import Column, by_country, by_date, by_field, countries_cell, date_cell, names
from cooperation.register.models import Milestone

from .cells import planned_end_cell, post_cell, where_cell


def _last_evidence(record, clock):
    seen = [milestone for milestone in record.known("started", "observed") if milestone.said == "occurred"]
    return seen[-1].date if seen else None


def _by_planned_end(model, clock):
    """In the order of `Placement.plan`."""
    plans = Milestone.objects.known_on(clock.known_on).filter(instrument=OuterRef("pk"), kind="planned_end")
    in_order = plans.exclude(state="cancelled").order_by("-known_from", Upper("date_days").desc(nulls_first=True))
    return Subquery(in_order.values(day=Lower("date_days"))[:1])


PLACEMENT_COLUMNS = [
    Column("title", _("Post"), lambda record, clock: record.title, post_cell, shared.by_title),
    Column(
        "country",
        _("Host country"),
        lambda record, clock: names(record.countries_in("host")),
        where_cell,
        by_country("host"),
    ),
    Column(
        "covered",
        _("Covers"),
        lambda record, clock: names(record.countries_in("covered")),
        countries_cell("covered"),
        by_country("covered"),
        shown=False,
    ),
    shared.KIND,
    shared.STAGE,
    Column("start", _("Started"), lambda record, clock: record.start, date_cell("started"), by_date("started")),
    Column(
        "lastEvidence",
        _("Last evidence"),
        _last_evidence,
        date_cell("started", "observed", last=True),
        by_date("started", "observed", last=True),
    ),
    Column(
        "plannedEnd",
        _("Planned end"),
        lambda record, clock: record.planned_end,
        planned_end_cell,
        _by_planned_end,
    ),
    Column("end", _("Ended"), lambda record, clock: record.end, date_cell("ended"), by_date("ended")),
    Column("city", _("City"), lambda record, clock: record.city, sort=by_field("city"), shown=False),
    Column("posts", _("Posts"), lambda record, clock: record.posts, sort=by_field("posts"), shown=False, numeric=True),
    shared.ORGANISATIONS,
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]
