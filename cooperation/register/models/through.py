"""The tables of many-to-many fields, as models of their own: migrations know no other way to a trigger on them."""

from .figure import Figure
from .instrument import Instrument
from .milestone import Milestone


class InstrumentTheme(Instrument.themes.through):
    class Meta:
        proxy = True
        default_permissions = ()


class MilestoneAlsoSource(Milestone.also_sources.through):
    class Meta:
        proxy = True
        default_permissions = ()


class FigureAlsoSource(Figure.also_sources.through):
    class Meta:
        proxy = True
        default_permissions = ()
