"""Exports: exactly what is on the screen, a list with its rows, order and columns, or the table that a view shows.

A format is one function in this package and one line in `EXPORTS`; page, API and contract read which there are from
there. In the API, `json` is the API's own answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from .citation import asked, citation, citation_of, cited_at, lasting, lasting_address
from .csv import csv_lines
from .json import geojson_document, json_document
from .ods import MEDIA_TYPE as ODS
from .ods import OdsBook
from .sheets import TooManyRows, sheet_file
from .tables import Head, Records, Table
from .text import text_table
from .xlsx import XlsxBook

__all__ = [
    "API_EXPORTS",
    "EXPORTS",
    "Export",
    "Head",
    "Records",
    "Table",
    "TooManyRows",
    "asked",
    "citation",
    "citation_of",
    "cited_at",
    "exported",
    "lasting",
    "lasting_address",
]


@dataclass(frozen=True)
class Export:
    """A format: how it is called, and what makes it from a table and the address where that was asked."""

    label: str
    media_type: str
    write: Callable[[Table, str], Iterable[str | bytes]]
    disposition: str = "attachment"


def exported(table: Table, name: str, address: str) -> StreamingHttpResponse:
    """The answer to a question in the format that it asks for. Raises TooManyRows."""
    question = table.question
    extension = question.params["format"]
    export = EXPORTS[extension]
    of_view = "" if isinstance(table, Records) else f"-{question.view}"
    file_name = f"{name}{of_view}-{question.clock.valid_on}.{extension}"
    answer = StreamingHttpResponse(export.write(table, address), content_type=export.media_type)
    answer["Content-Disposition"] = f'{export.disposition}; filename="{file_name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


EXPORTS = {
    "csv": Export("CSV", "text/csv; charset=utf-8", csv_lines),
    "xlsx": Export(
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        partial(sheet_file, XlsxBook),
    ),
    "ods": Export("ODS", ODS, partial(sheet_file, OdsBook)),
    "geojson": Export("GeoJSON", "application/geo+json", geojson_document),
    "json": Export("JSON", "application/json", json_document),
    "txt": Export(_("Text"), "text/plain; charset=utf-8", text_table, "inline"),  # to be copied from the screen
}
API_EXPORTS = {name: export for name, export in EXPORTS.items() if name != "json"}
