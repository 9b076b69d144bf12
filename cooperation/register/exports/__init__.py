"""Exports: exactly what is on the screen, a list with its rows, order and columns, or the table that a view shows.

A format is one function in this package and one line in `EXPORTS`; page, API and contract read which there are from
there. In the API, `json` is the API's own answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Model
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..history import audit
from ..models import AuditAction, Instrument
from . import tables
from .briefing import MEDIA_TYPE as HTML
from .briefing import MOST_RECORDS as MOST_IN_BRIEFING
from .briefing import briefing_page
from .citation import asked, citation, citation_of, cited_at, lasting, lasting_address
from .csv import csv_lines
from .ics import WITH_DAYS, calendar_file
from .json import geojson_document, json_document
from .ods import MEDIA_TYPE as ODS
from .ods import OdsBook
from .pack import MOST_RECORDS as MOST_IN_PACK
from .pack import pack_file
from .sheets import TooManyRows, sheet_file
from .tables import Head, Records, Table
from .text import text_table
from .xlsx import MEDIA_TYPE as XLSX
from .xlsx import XlsxBook

if TYPE_CHECKING:
    from ..lists.query import ListQuery

__all__ = [
    "API_EXPORTS",
    "EVERY_EXPORT",
    "EXPORTS",
    "Export",
    "Head",
    "Records",
    "Table",
    "TooManyRows",
    "api_formats",
    "asked",
    "citation",
    "citation_of",
    "cited_at",
    "exported",
    "formats",
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
    extension: str = ""  # of the file, where it is not the name of the format
    of: tuple[
        type[Model], ...
    ] = ()  # what a list must hold; none given: it is made of any list, and of what a view shows
    most: int = 0  # rows of one answer, where that is less than `MOST_READ`
    by_database: bool = False  # whether the database can write it alone, for which there is no bound


def formats(model: type[Model], *, has_places: bool = True, has_rows: bool = True) -> "dict[str, Export]":
    """The formats of a list of this model. `has_rows`: its records are shown, and not what can be counted of them."""
    found = {name: export for name, export in EXPORTS.items() if has_places or name != "geojson"}
    if has_rows:
        found |= {name: export for name, export in OF_RECORDS.items() if issubclass(model, export.of)}
    return found


def api_formats(model: type[Model]) -> list[str]:
    """The same in the API, which has its own JSON, and no pages."""
    return [name for name in formats(model) if name not in ("json", "briefing")]


def exported(table: Table, name: str, request: HttpRequest) -> StreamingHttpResponse:
    """The answer to a question in the format that it asks for. Raises TooManyRows.

    One with records that are not public is marked, and logged before anything of it is read: else it is refused.
    """
    question, address = table.question, request.build_absolute_uri()
    name_of_format = question.params["format"]
    check_length(table, name_of_format)
    if table.marking:
        log_export(request, name, question)
        name = f"{slugify(table.marking)}-{name}"
    export = EVERY_EXPORT[name_of_format]
    of_format = f"-{name_of_format}" if export.extension else ""
    of_view = "" if isinstance(table, Records) else f"-{question.view}"
    file_name = f"{name}{of_view}{of_format}-{question.clock.valid_on}.{export.extension or name_of_format}"
    answer = StreamingHttpResponse(export.write(table, address), content_type=export.media_type)
    answer["Content-Disposition"] = f'{export.disposition}; filename="{file_name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def check_length(table: Table, name_of_format: str) -> None:
    """Raises TooManyRows where the answer would have more rows than are made for one request."""
    export = EVERY_EXPORT[name_of_format]
    if export.by_database and table.is_written_by_database:
        return
    most, length = export.most or tables.MOST_READ, table.length
    if length <= most:
        return
    words = {"format": export.label, "count": number_format(length, force_grouping=True)}
    words["most"] = number_format(most, force_grouping=True)
    if table.is_written_by_database:
        reason = _t(
            "This question has %(count)s rows, and one answer as “%(format)s” has at most %(most)s. Ask for CSV, which"
            " has no such limit, or add a filter."
        )
    else:
        reason = _t(
            "This question has %(count)s rows, and one answer as “%(format)s” has at most %(most)s. Add a filter, or"
            " read it page by page in the API."
        )
    raise TooManyRows(reason % words)


def log_export(request: HttpRequest, name: str, question: "ListQuery") -> None:
    """Who took what is not public: the question, the format and how many rows."""
    audit.log(
        AuditAction.EXPORT,
        name,
        request=request,
        classification=question.classification,
        question=question.params.urlencode(safe=","),
        rows=question.total(),
    )


EXPORTS = {
    "csv": Export("CSV", "text/csv; charset=utf-8", csv_lines, by_database=True),
    "xlsx": Export("XLSX", XLSX, partial(sheet_file, XlsxBook)),
    "ods": Export("ODS", ODS, partial(sheet_file, OdsBook)),
    "geojson": Export("GeoJSON", "application/geo+json", geojson_document),
    "json": Export("JSON", "application/json", json_document),
    "txt": Export(_("Text"), "text/plain; charset=utf-8", text_table, "inline"),  # to be copied from the screen
}
# What is made of the records of a list, and not of a table.
OF_RECORDS = {
    "ics": Export(_("Calendar"), "text/calendar; charset=utf-8", calendar_file, of=WITH_DAYS),
    "pack": Export(_("Evidence pack"), XLSX, pack_file, extension="xlsx", of=(Instrument,), most=MOST_IN_PACK),
    "briefing": Export(
        _("Briefing"), HTML, briefing_page, "inline", extension="html", of=(Model,), most=MOST_IN_BRIEFING
    ),
}
EVERY_EXPORT = EXPORTS | OF_RECORDS
API_EXPORTS = {name: export for name, export in EXPORTS.items() if name != "json"}
