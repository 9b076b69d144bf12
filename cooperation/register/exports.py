"""Exports: exactly the rows, the order and the columns on the screen, streamed."""

import csv
import logging
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _t

from .columns import as_text
from .questions import Question
from .text import reader_languages

log = logging.getLogger(__name__)

CHUNK = 500
# What a spreadsheet may take for a formula: such a sign at the beginning, whatever cannot be seen before it.
_FORMULA = re.compile(r"[\s\"'\ufeff\u200b-\u200f\u2060]*[=+\-@|＝＋－＠]|[\t\r\n]")


class _Echo:
    """A file that hands back what is written, so that the answer can be streamed row by row."""

    def write(self, value: str) -> str:
        return value


def defused(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_response(question: Question, name: str) -> StreamingHttpResponse:
    """The answer to a question as CSV: UTF-8 with byte-order mark, semicolons for Dutch and commas for English."""
    clock = question.clock
    rows = question.rows.with_row_facts(clock).iterator(chunk_size=CHUNK)
    first = list(islice(rows, 1))  # what fails before the first row is an error, not an export that broke off
    answer = StreamingHttpResponse(_lines(question, chain(first, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{clock.valid_on}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _lines(question: Question, rows: Iterable) -> Iterator[str]:
    delimiter = "," if reader_languages()[0] == "en" else ";"
    # All in quotes: a spreadsheet set to another language than the file's must not split a text at its comma.
    writer = csv.writer(_Echo(), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    columns, clock = question.chosen_columns, question.clock
    keys = question.params.get("headers") == "keys"
    yield "\ufeff" + writer.writerow([column.key if keys else str(column.label) for column in columns])
    try:
        for record in rows:
            yield writer.writerow([defused(as_text(column.value(record, clock))) for column in columns])
    except Exception:
        log.exception("an export broke off")
        yield writer.writerow([_t("THIS EXPORT BROKE OFF: it is not complete. Try again.")])
        raise
