"""Columns of the lists of this app."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from .register.domain.text import in_reader_language
from .register.lists import columns as shared
from .register.lists.columns import Column


def by_treaty(model, clock):
    return F(in_reader_language("treaty__sort"))


EU_PROPOSAL_COLUMNS = [
    shared.TITLE,
    shared.KIND,
    shared.STAGE,
    shared.EXPECTED,
    shared.WITHOUT_WORD,
    shared.milestone_column("proposed", _("Proposed"), "proposed"),
    shared.milestone_column("fiche", _("BNC fiche"), "bnc_fiche"),
    shared.milestone_column("adopted", _("Adopted"), "council_adopted", shown=False),
    shared.milestone_column("inForce", _("In force"), "entry_into_force"),
    shared.milestone_column("applied", _("Applies from"), "applies_from", "transposition_deadline", shown=False),
    shared.field_column("ficheNumber", _("Number of the fiche"), "bnc_fiche", shown=False),
    shared.field_column("procedure", _("Procedure"), "procedure", shown=False),
    shared.field_column("comNumber", _("COM number"), "com_number", shown=False),
    shared.field_column("package", _("Package"), "package", shown=False),
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]

INTERPOL_COLUMNS = [
    shared.TITLE,
    shared.KIND,
    shared.STAGE,
    shared.EXPECTED,
    shared.WITHOUT_WORD,
    shared.milestone_column(
        "decided",
        _("Decided"),
        "closed",
        "elected",
        "resolution_adopted",
        "framework_adopted",
        "agreement_signed",
    ),
    shared.milestone_column(
        "inForce", _("In force"), "admitted", "term_started", "applies_from", "entry_into_force", shown=False
    ),
    shared.field_column("session", _("Session"), "session"),
    shared.field_column("body", _("Body"), "body", shown=False),
    shared.field_column("place", _("Place"), "place", shown=False),
    shared.field_column("membersBefore", _("Members before"), "members_before", shown=False, numeric=True),
    Column(
        "membersAfter",
        _("Members after"),
        lambda record, clock: record.members_after if record.outcome_is_told(clock) else None,
        shown=False,
        numeric=True,
    ),
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]

INITIATIVE_COLUMNS = [
    shared.TITLE,
    shared.field_column("track", _("Track"), "track"),
    shared.KIND,
    shared.STAGE,
    shared.countries_column("countries", _("Countries"), "partner", "party", "host", "beneficiary", "concerned"),
    shared.milestone_column("started", _("Started"), "started", "observed"),
    shared.EXPECTED,
    shared.WITHOUT_WORD,
    shared.ORGANISATIONS,
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]

TREATY_COLUMNS = [
    shared.TITLE,
    shared.KIND,
    shared.STAGE,
    shared.countries_column("parties", _("Parties"), "party"),
    shared.milestone_column("signed", _("Signed"), "signed"),
    shared.milestone_column("approved", _("Approved"), "approved", shown=False),
    shared.milestone_column("inForce", _("In force"), "entry_into_force"),
    shared.field_column("implementsArticle", _("Implements"), "implements_article", shown=False),
    Column("publications", _("Published in"), lambda record, clock: record.publications, shown=False),
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]

PROVISION_COLUMNS = [
    shared.TITLE,
    shared.field_column("article", _("Article"), "article", shown=False),
    Column("treaty", _("Treaty"), lambda record, clock: record.treaty.name, sort=by_treaty),
    shared.field_column("subject", _("Subject"), "subject"),
    shared.field_column("compared", _("Beside the treaty before"), "compared_to_predecessor"),
    shared.STAGE,
    shared.field_column("needsAgreement", _("Needs an implementing agreement"), "needs_implementing_agreement"),
    shared.countries_column("parties", _("Parties"), "party", shown=False),
    shared.KIND,
    shared.THEMES,
    shared.DISPUTED,
    shared.CHANGED,
    shared.KEY,
]
