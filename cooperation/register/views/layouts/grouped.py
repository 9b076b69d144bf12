"""What charts and cross tables have in common: groups of records by a property, with their names and lists."""

from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from ...domain.text import reader_languages, sort_key
from ...lists.aggregates import statistics
from ...lists.choices import stages_in, standing_in
from ...lists.dimensions import GROUPINGS
from ...lists.query import ListQuery
from ..base import changed
from .base import Layout


class GroupedLayout(Layout):
    has_places = False

    @cached_property
    def counted(self) -> ListQuery:
        """What is counted: what stands; by year or by stage, in which nothing is mixed, all that was found."""
        by_stage = self.names == ["stage"]
        return self.question if by_stage or "year" in self.names else self.question.of_what_stands()

    @property
    def names(self) -> list[str]:
        """The properties by which is counted."""
        raise NotImplementedError

    def rest(self) -> dict[str, Any]:
        """How many were found and are not counted, with their list: they have ended, or are not known any more."""
        if self.counted is self.question:
            return {"count": 0}
        stands = standing_in(self.model)
        count = sum(found.number for stage, found in self.question.by_stage.items() if stage not in stands)
        return {"count": count, "url": changed(self.question.params, view="table", groupBy=None, standing="false")}

    def link(self, values):
        more = {} if self.counted is self.question else {"standing": "true"}
        address = super().link(values)
        return address and changed(QueryDict(address[1:]), **more)

    def statistics(self, *names: str) -> dict[str, Any]:
        return statistics(self.counted, *names)

    def api_url(self) -> str:
        more = {} if self.counted is self.question else {"standing": "true"}
        return self.page.api_url("statistics", "groupBy", groupBy=",".join(self.names), **more)

    def total_label(self, label: str) -> str:
        """What a number is called of which those that ended or are not known are left out."""
        return label if self.counted is self.question else _t("%s, without ended or not known") % label

    def in_order(self, groups: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
        """The groups as people read them: stages by how far they are, years by number, all else by name."""
        groups = [self.labelled(group, name) for group in groups]
        if name == "year":
            return groups
        stages = [stage for stage, _label in stages_in(self.model)]
        place = stages.index if name == "stage" else lambda value: 0
        return sorted(
            groups,
            key=lambda group: (
                group["value"] is None,
                group["value"] is not None and place(group["value"]),
                sort_key(group["label"]),
            ),
        )

    def labelled(self, group: dict[str, Any], name: str) -> dict[str, Any]:
        """A group with its label in the reader's language, and the list that it counts."""
        label = group["labelNl"] if reader_languages()[0] == "nl" else group["labelEn"]
        return {
            **group,
            "label": capfirst(label) if label else _t("none given"),
            "url": self.link({name: group["value"]}),
        }

    def words_for(self, name: str) -> dict[str, str]:
        return {"nouns": capfirst(str(self.page.nouns)), "property": str(GROUPINGS[name].name).lower()}

    def grouping(self, names: list[str]) -> dict[str, Any]:
        """The form that chooses what to count by."""
        labels = [_t("Count by"), _t("and by")]
        return {
            "fields": [
                {
                    "id": f"group-by-{place}",
                    "label": labels[place],
                    "choices": [(key, GROUPINGS[key].name, key == chosen) for key in self.page.group_by],
                }
                for place, chosen in enumerate(names)
            ],
            "kept": self.kept("groupBy"),
        }

    def standing_rule(self) -> str:
        ladder = getattr(self.model, "ladder", None)
        if ladder and ladder.evidence:
            return _t("Active in that year by the sources, certainly or only possibly. New: the first active year.")
        return _t("There in that year and not at an end, certainly or only possibly. New: the first such year.")
