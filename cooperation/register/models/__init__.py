"""What every instrument shares."""

from .audit import AuditAction, AuditEntry, AuditResult
from .citation import Citation, Claim, Dispute
from .commitment import Commitment
from .figure import Figure, FigureCountry
from .instrument import Instrument
from .kinds import kinds
from .milestone import Milestone, State
from .reading import Classification
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
from .roles import CountryRole, OrganisationRole
from .saved_view import SavedView
from .source import Reliability, Source, SourceKind
from .span import StageSpan
from .through import FigureAlsoSource, InstrumentTheme, MilestoneAlsoSource
from .version import RegisterVersion
from .words import EarlierWords, RecordWords, Word

__all__ = [
    "INVERSE",
    "AuditAction",
    "AuditEntry",
    "AuditResult",
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
    "FigureAlsoSource",
    "FigureCountry",
    "Group",
    "GroupMembership",
    "Instrument",
    "InstrumentTheme",
    "Milestone",
    "MilestoneAlsoSource",
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
