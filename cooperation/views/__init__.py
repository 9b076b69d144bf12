"""Pages of the kinds of this app."""

from .benelux import BeneluxPage, ProvisionList, TreatyList, treaty_or_provision
from .eu import EUProposalList, EUProposalPage
from .initiatives import InitiativeList, InitiativePage
from .interpol import InterpolList, InterpolPage

__all__ = [
    "BeneluxPage",
    "EUProposalList",
    "EUProposalPage",
    "InitiativeList",
    "InitiativePage",
    "InterpolList",
    "InterpolPage",
    "ProvisionList",
    "TreatyList",
    "treaty_or_provision",
]
