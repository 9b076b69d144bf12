"""The kinds of instrument, in the orders in which pages show them."""

from cooperation.kind import EU_PROPOSALS, INITIATIVES, INTERPOL_ITEMS, KINDS, PROVISIONS, TREATIES
from mous.kind import MOUS
from placements.kind import PLACEMENTS

KINDS = (*KINDS, PLACEMENTS, MOUS)
# The order in which one is briefed on a country: who is there, what is agreed, what else concerns it.
BRIEFING = (PLACEMENTS, MOUS, TREATIES, PROVISIONS, INITIATIVES, EU_PROPOSALS, INTERPOL_ITEMS)
