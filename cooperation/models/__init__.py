"""The kinds of instrument of this app."""

from .eu import EUProposal

__all__ = ["EUProposal"]
