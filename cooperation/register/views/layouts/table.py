"""The rows as a table, with the columns that the reader chose in their order."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _t

from ...display.footnotes import SourceMarks
from ...lists.columns import STANDING, Column
from ..base import changed, table_rows
from .base import Layout


class TableLayout(Layout):
    def context(self, found, marks):
        columns = self.question.chosen_columns
        first, others = self.standing_first(found.rows)
        return {
            **self.rows_in(first, columns, marks),
            "others": self.rows_in(others, columns, marks) if others else None,
            "column_choices": self.column_choices(columns),
            "sorts": list(self.sorts()),
            "kept_for_columns": self.kept("columns", "sort"),
        }

    def rows_in(self, records: Sequence[Any], columns: Sequence[Column], marks: SourceMarks) -> dict[str, Any]:
        """Some records as a table; columns that nobody chose, and that are empty in all of them, are left out."""
        rows = table_rows(records, columns, self.clock, marks)
        if rows and not self.question.words("columns"):
            used = [place for place in range(len(columns)) if not all(row["cells"][place]["is_none"] for row in rows)]
            columns = [columns[place] for place in used]
            rows = [{**row, "cells": [row["cells"][place] for place in used]} for row in rows]
        return {"columns": [self.head(column) for column in columns], "rows": rows}

    def standing_first(self, records: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        """The records that stand, and those that are folded away below them: only in the order that keeps them apart.

        A page without one that stands shows all that it has.
        """
        (first, down), *_rest = [*self.question.sort, (None, False)]
        stands = [record for record in records if record.stands] if first is STANDING and not down else []
        return (stands, records[len(stands) :]) if stands else (records, [])

    def sorts(self) -> Iterator[dict[str, Any]]:
        """The orders to choose from: each column that is shown, up and down."""
        asked = ",".join(self.question.words("sort"))
        for column in self.question.chosen_columns:
            for key, label in ((column.key, _t("%s, ascending")), (f"-{column.key}", _t("%s, descending"))):
                if column.sort:
                    yield {"key": key, "label": label % column.label, "chosen": key == asked}

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
