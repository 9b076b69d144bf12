"""Exports: exactly the rows, the order and the columns on the screen, streamed."""

import csv
import logging
from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from .columns import as_text
from .questions import Question

log = logging.getLogger(__name__)

CHUNK = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written, so that the answer can be streamed row by row."""

    def write(self, value: str) -> str:
        return value


def defused(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_response(question: Question, name: str) -> StreamingHttpResponse:
    """The answer to a question as CSV: UTF-8 with byte-order mark, semicolons for Dutch and commas for English."""
    answer = StreamingHttpResponse(_lines(question), content_type="text/csv; charset=utf-8")
    clock = question.clock
    answer["Content-Disposition"] = f'attachment; filename="{name}-{clock.valid_on}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _lines(question: Question) -> Iterator[str]:
    delimiter = "," if get_language() == "en" else ";"
    writer = csv.writer(_Echo(), delimiter=delimiter)
    columns, clock = question.chosen_columns, question.clock
    keys = question.params.get("headers") == "keys"
    yield "\ufeff" + writer.writerow([column.key if keys else str(column.label) for column in columns])
    try:
        for record in question.rows.with_row_facts(clock).iterator(chunk_size=CHUNK):
            yield writer.writerow([defused(as_text(column.value(record, clock))) for column in columns])
    except Exception:
        log.exception("an export broke off")
        yield writer.writerow([_t("THIS EXPORT BROKE OFF: it is not complete. Try again.")])
        raise
