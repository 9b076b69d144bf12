"""The sign and words of a stage."""

from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _t

from ..models import Instrument

STEPS = 6  # signs and colours from the first rung to the last


@dataclass(frozen=True)
class StageMark:
    """How a stage is shown: a sign, a word, and whether it is certain."""

    kind: type[Instrument]
    value: str
    certain: bool = True

    @classmethod
    def of(cls, record: Instrument) -> "StageMark":
        """The mark of a record that was asked for `on` a clock."""
        return cls(record.concrete_class, record.stage, record.stage_certain)

    @property
    def label(self) -> str:
        return str(self.kind.Stage(self.value).label)

    @property
    def words(self) -> str:
        """The stage in words, with the doubt said."""
        return self.label if self.certain else _t("%s (uncertain)") % self.label

    @property
    def badge(self) -> SafeString:
        """The stage as sign and word."""
        return _badge(self, get_language())

    @property
    def is_end(self) -> bool:
        return self.value in self.kind.ladder.end_stages

    @property
    def level(self) -> int:
        """How far the ladder has been climbed, 1 to 6; 0 for what is not known, or has ended."""
        ladder = self.kind.ladder
        if self.is_end:
            return 0
        if ladder.evidence:
            return {ladder.stages[0]: 1, ladder.stages[1]: STEPS}.get(self.value, 0)
        place, last = ladder.stages.index(self.value), len(ladder.stages) - 1
        return 1 + round(place * (STEPS - 1) / last)

    @property
    def rule(self) -> str:
        """The rule behind a stage that no milestone names, shown beside it."""
        years = self.kind.ladder.years
        if not years:
            return ""
        rules = {
            "unconfirmed": ngettext(
                "No source since: until the planned end or term, else for %(years)d year.",
                "No source since: until the planned end or term, else for %(years)d years.",
                years,
            ),
            "not_known": ngettext(
                "No source for more than %(years)d year, or past its planned end or term.",
                "No source for more than %(years)d years, or past its planned end or term.",
                years,
            ),
            "planned": ngettext(
                "Announced; lapses after %(years)d year without a start.",
                "Announced; lapses after %(years)d years without a start.",
                years,
            ),
        }
        return rules.get(self.value, "") % {"years": years}


@lru_cache(500)  # a page shows a few of them again and again
def _badge(stage: StageMark, language: str) -> SafeString:
    return render_to_string("components/badge.html", {"stage": stage})
