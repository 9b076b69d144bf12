"""The kinds of instrument of this app."""

from .benelux import Comparison, Provision, Subject, Treaty
from .eu import EUProposal
from .initiatives import Initiative, Track
from .interpol import InterpolItem, Vote

__all__ = [
    "Comparison",
    "EUProposal",
    "Initiative",
    "InterpolItem",
    "Provision",
    "Subject",
    "Track",
    "Treaty",
    "Vote",
]
