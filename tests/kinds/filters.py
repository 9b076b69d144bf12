"""What can be asked about lighthouses."""

from cooperation.register.lists.filters import AnyOf, InstrumentFilter

from .models import Lighthouse


class LighthouseFilter(InstrumentFilter):
    colour = AnyOf(choices=Lighthouse.Colour.choices, label="Colour")
    ranges = {"lit": ("lighted",)}
    range_labels = {"lit": "Lit"}

    class Meta(InstrumentFilter.Meta):
        model = Lighthouse
