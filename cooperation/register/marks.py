"""Signs on the page: how far a stage is, which source a fact has, and a date in words."""

from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _t

from .dates import EDTF
from .models import Instrument, Source

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


class SourceMarks:
    """Numbers for the sources of one page, in order of use."""

    def __init__(self):
        self._numbers: dict[Source, int] = {}
        self._drawn: dict[Source, SafeString] = {}
        self._on_paper: int | None = None

    def number(self, source: Source) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def mark(self, source: Source) -> SafeString:
        """The small number that leads to the source at the foot of the page."""
        if source not in self._drawn:
            number = self.number(source)
            context = {"number": number, "source": source, "href": f"#source-{number}"}
            mark = render_to_string("components/source_mark.html", context).strip()
            self._drawn[source] = SafeString(mark)  # nosec B703  the template escapes
        return self._drawn[source]

    def end_of_paper(self) -> None:
        """What gets a number from here on is only for screens."""
        self._on_paper = len(self._numbers)

    @property
    def on_paper(self) -> int:
        """The last number that stands on paper."""
        return len(self._numbers) if self._on_paper is None else self._on_paper

    @property
    def sources(self) -> list[tuple[int, Source]]:
        return [(number, source) for source, number in self._numbers.items()]


def date_html(date: EDTF | None, short: bool = False) -> SafeString:
    """A date in words: a `time` element when it is exact, else marked as vague."""
    return SafeString() if date is None else _date_html(date, short, get_language())


@lru_cache(5_000)
def _date_html(date: EDTF, short: bool, language: str) -> SafeString:
    if date.is_exact:
        return format_html('<time datetime="{}">{}</time>', date.text, date.words(short))
    return format_html('<span class="vague" title="{}">{}</span>', _t("As exact as the source"), date.words(short))
