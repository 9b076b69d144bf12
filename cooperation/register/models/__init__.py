"""What every instrument shares."""

from .commitment import Commitment
from .figure import Figure, FigureCountry
from .instrument import Classification, CountryRole, Instrument, OrganisationRole, kinds
from .milestone import Milestone, State
from .reference import (
    Country,
    CountryPart,
    Group,
    GroupMembership,
    Organisation,
    OrganisationCountry,
    OrganisationKind,
    Region,
    Theme,
)
from .relation import INVERSE, Relation, RelationType
from .saved_view import SavedView
from .source import Citation, Claim, Dispute, Reliability, Source, SourceKind
from .span import StageSpan
from .version import DERIVED, RegisterVersion
from .words import EarlierWords, RecordWords, Word

__all__ = [
    "DERIVED",
    "INVERSE",
    "Citation",
    "Claim",
    "Classification",
    "Commitment",
    "Country",
    "CountryPart",
    "CountryRole",
    "Dispute",
    "EarlierWords",
    "Figure",
    "FigureCountry",
    "Group",
    "GroupMembership",
    "Instrument",
    "Milestone",
    "Organisation",
    "OrganisationCountry",
    "OrganisationKind",
    "OrganisationRole",
    "RecordWords",
    "Region",
    "RegisterVersion",
    "Relation",
    "RelationType",
    "Reliability",
    "SavedView",
    "Source",
    "SourceKind",
    "StageSpan",
    "State",
    "Theme",
    "Word",
    "kinds",
]
