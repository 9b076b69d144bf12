"""Layout: one way to show what a list page found. Each is a small class; `LAYOUTS` names them all."""

from typing import Any

from ...display.footnotes import SourceMarks
from ...exports import Records, Table
from ...lists.query import Page
from ..base import changed


class Layout:
    """How a page shows its question: what the template `register/views/<name>.html` needs, and what is exported."""

    has_places = True  # whether what it shows lies somewhere, so that it can be exported as GeoJSON

    def __init__(self, page):
        self.page, self.question, self.clock = page, page.question, page.question.clock
        self.model = page.queryset.model

    def context(self, found: Page, marks: SourceMarks) -> dict[str, Any]:
        return {}

    def table(self) -> Table:
        """What is exported: the records, unless the layout shows something else."""
        return Records(self.question)

    def kept(self, *left_out: str) -> list[tuple[str, str]]:
        """The rest of the question, for a form that changes some keys of it."""
        keys = (*left_out, "page", "cursor")
        return [(name, value) for name, values in self.question.params.lists() for value in values if name not in keys]

    def link(self, values: dict[str, str | None]) -> str:
        """The list of exactly the records with these values (`a,b`: one of these); empty where no address says that."""
        given, asks = self.question.filterset.given, {}
        for name, value in values.items():
            if value is None or name == "year":
                return ""
            words = value.split(",")
            asks[name] = ",".join(word for word in words if word in given.get(name, words))
            if not asks[name]:
                return ""
        return changed(self.question.params, view="table", groupBy=None, page=None, pageSize=None, **asks)
