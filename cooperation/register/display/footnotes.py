"""Source numbers on a page, like footnotes."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from ..domain.edtf import EDTF
from ..models import Source
from ..models.source import Reliability


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
            mark = '<a class="source-mark" href="#source-{}" aria-label="{}">{}</a>'
            self._drawn[source] = format_html(mark, number, _t("Source %d") % number, number)
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


def source_line(source: Source) -> SafeString:
    """Publisher, day and reliability of a source in one line."""
    return _source_line(source.publisher, source.published, source.reliability, source.url, get_language())


@lru_cache(5_000)  # every page has its sources at its foot, often the same ones
def _source_line(publisher: str, published: EDTF | None, reliability: str, url: str, language: str) -> SafeString:
    said = {"publisher": publisher, "published": published, "url": url}
    return render_to_string("components/source_line.html", {**said, "reliability": Reliability(reliability).label})
