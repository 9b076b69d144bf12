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
from .source import Citation, Claim, Dispute, Reliability, Source, SourceKind
from .span import StageSpan

__all__ = [
    "INVERSE",
    "Citation",
    "Claim",
    "Classification",
    "Commitment",
    "Country",
    "CountryPart",
    "CountryRole",
    "Dispute",
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
    "Region",
    "Relation",
    "RelationType",
    "Reliability",
    "Source",
    "SourceKind",
    "StageSpan",
    "State",
    "Theme",
    "kinds",
]
