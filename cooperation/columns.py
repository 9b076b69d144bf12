"""Columns of the lists of this app."""

from django.utils.translation import gettext_lazy as _

from .register import columns as shared
from .register.columns import Column, by_date, by_field, date_cell


def date_of(*milestone_kinds: str):
    def value(record, clock):
        known = record.known(*milestone_kinds)
        return known[0].date if known else None

    return value


def milestone_column(key: str, label, *milestone_kinds: str, shown: bool = True) -> Column:
    return Column(key, label, date_of(*milestone_kinds), date_cell(*milestone_kinds), by_date(*milestone_kinds), shown=shown)


def _expected(record, clock):
    """The first day on which something was still expected, as known on the clock."""
    open_ones = record.open_expectations()
    return open_ones[0].date if open_ones else None


EU_PROPOSAL_COLUMNS = [
    shared.TITLE,
    shared.KIND,
    shared.STAGE,
    Column("expected", _("Expected"), _expected, None),
    milestone_column("proposed", _("Proposed"), "proposed"),
    milestone_column("fiche", _("BNC fiche"), "bnc_fiche"),
    milestone_column("adopted", _("Adopted"), "council_adopted"),
    milestone_column("inForce", _("In force"), "entry_into_force"),
    milestone_column("applied", _("Applies from"), "applies_from", "transposition_deadline", shown=False),
    Column("ficheNumber", _("Number of the fiche"), lambda record, clock: record.bnc_fiche, sort=by_field("bnc_fiche"), shown=False),
    Column("procedure", _("Procedure"), lambda record, clock: record.procedure, sort=by_field("procedure"), shown=False),
    Column("comNumber", _("COM number"), lambda record, clock: record.com_number, sort=by_field("com_number"), shown=False),
    Column("package", _("Package"), lambda record, clock: record.get_package_display(), sort=by_field("package"), shown=False),
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]
