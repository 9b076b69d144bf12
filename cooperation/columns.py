"""Columns of the lists of this app."""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from .register import columns as shared
from .register.columns import Column, by_date, by_field, date_cell
from .register.marks import date_html


def milestone_column(key: str, label, *milestone_kinds: str, shown: bool = True) -> Column:
    return Column(
        key,
        label,
        lambda record, clock: record.date_of(*milestone_kinds),
        date_cell(*milestone_kinds),
        by_date(*milestone_kinds),
        shown=shown,
    )


def expected_cell(record, clock, marks):
    """What is expected next, and on which day."""
    open_ones = record.open_expectations()
    if not open_ones:
        return ""
    words = format_html('<span class="sub">{}</span>', open_ones[0].kind_label)
    return format_html("{}{}{}", date_html(open_ones[0].date, short=True), marks.mark(open_ones[0].source), words)


def _expected(record, clock):
    """The first day on which something was still expected, as known on the clock."""
    open_ones = record.open_expectations()
    return open_ones[0].date if open_ones else None


EU_PROPOSAL_COLUMNS = [
    shared.TITLE,
    shared.KIND,
    shared.STAGE,
    Column("expected", _("Next expected"), _expected, expected_cell, by_date(expected=True)),
    milestone_column("proposed", _("Proposed"), "proposed"),
    milestone_column("fiche", _("BNC fiche"), "bnc_fiche"),
    milestone_column("adopted", _("Adopted"), "council_adopted", shown=False),
    milestone_column("inForce", _("In force"), "entry_into_force"),
    milestone_column("applied", _("Applies from"), "applies_from", "transposition_deadline", shown=False),
    Column(
        "ficheNumber",
        _("Number of the fiche"),
        lambda record, clock: record.bnc_fiche,
        sort=by_field("bnc_fiche"),
        shown=False,
    ),
    Column(
        "procedure", _("Procedure"), lambda record, clock: record.procedure, sort=by_field("procedure"), shown=False
    ),
    Column(
        "comNumber", _("COM number"), lambda record, clock: record.com_number, sort=by_field("com_number"), shown=False
    ),
    Column(
        "package",
        _("Package"),
        lambda record, clock: record.get_package_display(),
        sort=by_field("package"),
        shown=False,
    ),
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]
