"""What charts and cross tables have in common: groups of records by a property, with their names and lists."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from ...domain.text import reader_languages, sort_key
from ...lists.choices import stages_in
from ...lists.dimensions import GROUPINGS
from .base import Layout


class GroupedLayout(Layout):
    has_places = False

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
