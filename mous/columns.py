"""Columns of the list of MoUs."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.lists import columns as shared

MEMORANDUM_COLUMNS = [
    shared.TITLE,
    shared.KIND,
    shared.countries_column("partners", _("With"), "partner", "party"),
    shared.STAGE,
    shared.milestone_column("signed", _("Signed"), "signed", "renewed"),
    shared.milestone_column("inForce", _("In force"), "in_force", "acceded", shown=False),
    shared.EXPECTED,
    shared.WITHOUT_WORD,
    shared.field_column("binding", _("Binding"), "binding"),
    shared.field_column("exchangeBasis", _("Basis for exchanging information"), "exchange_basis"),
    shared.field_column("place", _("Place"), "place", shown=False),
    shared.ORGANISATIONS,
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]
