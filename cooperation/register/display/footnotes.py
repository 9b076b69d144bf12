"""Source numbers on a page, like footnotes."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t

from ..models import Source


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
