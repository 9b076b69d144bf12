"""ODS: OpenDocument's workbook (ISO/IEC 26300), written row by row; the libraries for it keep all of it in memory."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr  # nosec B406  they write, nothing is parsed
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from .sheets import BROADEST, Book, Sheet

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_URN = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{_URN}:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "config": "config",
    }.items()
)
_DAY = '<number:year number:style="long"/>-<number:month number:style="long"/>-<number:day number:style="long"/>'
_DAY = re.sub(r">-<", "><number:text>-</number:text><", _DAY)
_TIME = '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
_STYLES = f"""\
<number:date-style style:name="D">{_DAY}</number:date-style>
<number:date-style style:name="M">{_DAY}{_TIME}<number:minutes number:style="long"/></number:date-style>
<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="D">\
<style:paragraph-properties fo:text-align="start"/></style:style>
<style:style style:name="moment" style:family="table-cell" style:data-style-name="M">\
<style:paragraph-properties fo:text-align="start"/></style:style>
"""
_MANIFEST = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="{_URN}:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""


class OdsSheet(Sheet):
    """Its rows lie in a file of their own until it is known how wide they are."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name
        self.rows = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (the book closes it)

    def write_row(self, cells, is_head=False):
        written = "".join(_cell(cell, ' table:style-name="head"' if is_head else "") for cell in cells)
        self.rows.write(f"<table:table-row>{written}</table:table-row>\n")


class OdsBook(Book):
    def __init__(self, file: BinaryIO):
        self.zip = ZipFile(file, "w", ZIP_DEFLATED)
        self.sheets: list[OdsSheet] = []

    def __enter__(self):
        return self

    def __exit__(self, error_class, *error):
        with self.zip:
            if not error_class:
                self._write()
        for sheet in self.sheets:
            sheet.rows.close()

    def sheet(self, name):
        self.sheets.append(OdsSheet(name))
        return self.sheets[-1]

    def _write(self) -> None:
        # The type stands first and uncompressed, so that it can be read without unpacking.
        self.zip.writestr(ZipInfo("mimetype"), MEDIA_TYPE, ZIP_STORED)
        self.zip.writestr("META-INF/manifest.xml", _MANIFEST)
        self.zip.writestr("settings.xml", _settings(self.sheets))
        with self.zip.open("content.xml", "w", force_zip64=True) as content:
            for piece in self._content():
                if isinstance(piece, str):
                    content.write(piece.encode())
                else:
                    piece.flush()
                    piece.seek(0)
                    copyfileobj(piece.buffer, content)

    def _content(self) -> Iterator:
        widths = sorted({_width(width) for sheet in self.sheets for width in sheet.widths})
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<office:document-content {_NAMESPACES} office:version="1.3"><office:automatic-styles>\n{_STYLES}'
        for width in widths:
            yield f'<style:style style:name="w{width}" style:family="table-column">'
            yield f'<style:table-column-properties style:column-width="{width / 5:.1f}cm"/></style:style>\n'
        yield "</office:automatic-styles><office:body><office:spreadsheet>\n"
        for sheet in self.sheets:
            yield f"<table:table table:name={quoteattr(sheet.name)}>\n"
            yield from (f'<table:table-column table:style-name="w{_width(width)}"/>' for width in sheet.widths)
            yield sheet.rows
            yield "</table:table>\n"
        yield "<table:database-ranges>"
        for number, sheet in enumerate(self.sheets):
            name = "$'" + sheet.name + "'."
            cells = quoteattr(f"{name}A1:{name}{_letters(len(sheet.widths))}{sheet.count + 1}")
            yield f'<table:database-range table:name="rows{number}" table:target-range-address={cells}'
            yield ' table:display-filter-buttons="true"/>'
        yield "</table:database-ranges></office:spreadsheet></office:body></office:document-content>\n"


def _cell(cell: date | datetime | str | float, style: str) -> str:
    if isinstance(cell, date):
        style = "moment" if isinstance(cell, datetime) else "day"
        kind = f' table:style-name="{style}" office:value-type="date" office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, str):
        kind = f'{style} office:value-type="string"' if cell else ""
    else:
        kind = f' office:value-type="float" office:value="{cell}"'
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in str(cell).split("\n")) if cell != "" else ""
    return f"<table:table-cell{kind}>{paragraphs}</table:table-cell>"


def _spaced(line: str) -> str:
    """A line of text as XML; spaces at its ends or beside each other would be lost otherwise."""
    spaces = re.sub(r"^ +| {2,}| +$", lambda found: f'<text:s text:c="{len(found[0])}"/>', escape(line))
    return spaces.replace("\t", "<text:tab/>")


def _settings(sheets: list[OdsSheet]) -> str:
    """That the head of each sheet stays in sight."""

    def item(name: str, kind: str, value: object) -> str:
        return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'

    split = item("VerticalSplitMode", "short", 2) + item("VerticalSplitPosition", "int", 1)
    split += item("ActiveSplitRange", "short", 2) + item("PositionBottom", "int", 1)
    tables = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>{split}</config:config-item-map-entry>"
        for sheet in sheets
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-settings {_NAMESPACES} office:version="1.3">'
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{tables}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>\n"
    )


def _width(characters: int) -> int:
    return min(characters, BROADEST)


def _letters(number: int) -> str:
    """The name of a column by its number: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, place = divmod(number - 1, 26)
        name = chr(ord("A") + place) + name
    return name
