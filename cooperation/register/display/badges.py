"""The sign and words of a stage."""

from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _t

from ..models import Instrument

# What a stage can be marked with, each a sign (`components/sprite.html`) and a tint (`tokens.css`): how far it has
# come, what no source confirms, and the ends: what ran its course, what was stopped, what was undone or replaced.
UNCONFIRMED = ("possible", "unknown")
MARKS = (*(f"step-{step}" for step in range(1, 9)), *UNCONFIRMED, "over", "stopped", "undone")


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
    def mark(self) -> str:
        """Its sign and tint, one of `MARKS`: the same for a stage of this name in every kind."""
        return self.kind.ladder.marks[self.value]

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the sign itself says that no source confirms it."""
        return self.mark in UNCONFIRMED

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
