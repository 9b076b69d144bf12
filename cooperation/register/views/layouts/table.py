"""The rows as a table, with the columns that the reader chose in their order."""

from collections.abc import Sequence
from typing import Any

from ...lists.columns import Column
from ..base import changed, table_rows
from .base import Layout


class TableLayout(Layout):
    def context(self, found, marks):
        columns = self.question.chosen_columns
        return {
            "columns": [self.head(column) for column in columns],
            "rows": table_rows(found.rows, columns, self.clock, marks),
            "column_choices": self.column_choices(columns),
            "kept_for_columns": self.kept("columns"),
        }

    def head(self, column: Column) -> dict[str, Any]:
        """The head of a column, with the address that sorts by it, or turns it round."""
        order = {sorted_by.key: down for sorted_by, down in self.question.sort[:1]}
        down = order.get(column.key)
        key = column.key if down in (None, True) else f"-{column.key}"
        return {
            "key": column.key,
            "label": column.label,
            "numeric": column.numeric,
            "sort_url": changed(self.question.params, sort=key, page=None) if column.sort else "",
            "aria_sort": "" if down is None else "descending" if down else "ascending",
        }

    def column_choices(self, chosen: Sequence[Column]) -> list[dict[str, Any]]:
        """The columns: those that are shown in their order, each with the addresses that move it; then the others."""
        keys = [column.key for column in chosen]

        def moved(place: int, to: int) -> str:
            order = [*keys[:place], *keys[place + 1 :]]
            order.insert(to, keys[place])
            return changed(self.question.params, columns=",".join(order)) + f"#column-{keys[place]}"

        choices = [
            {
                "key": column.key,
                "label": column.label,
                "chosen": True,
                "earlier_url": moved(place, place - 1) if place else "",
                "later_url": moved(place, place + 1) if place + 1 < len(keys) else "",
            }
            for place, column in enumerate(chosen)
        ]
        others = (column for column in self.question.columns if column not in chosen)
        return [*choices, *({"key": column.key, "label": column.label, "chosen": False} for column in others)]
