"""The rows of the page through the years; sorted by country, with the gaps and overlaps in each."""

from ... import charts
from ..base import changed
from .base import Layout


class StripLayout(Layout):
    def context(self, found, marks):
        by_place = self.question.sort[0][0].key == "country"
        return {
            "strip": charts.strip(found.rows, self.clock, by_place),
            "by_place_url": "" if by_place else changed(self.question.params, sort="country,start", page=None),
        }
