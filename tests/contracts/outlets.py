"""Where the register answers, read as a reader reads them: page, API, export and statistics."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from django.http import HttpResponseBase, QueryDict
from openpyxl import Workbook, load_workbook

ROW_HEAD = re.compile(r'role="rowheader">\s*(?:<a class="row"[^>]*>)?([^<]*)<')


def get(client, path: str, status: int = 200, language: str = "en") -> HttpResponseBase:
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == status, f"{path}: {response.status_code}\n{text_of(response)[:2000]}"
    return response


def text_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):  # a workbook: its cells, days too, without the moment at which it was made
        cells = [cell for sheet in sheets_in(content) for row in sheet for cell in row]
        return "\n".join(str(cell) for cell in cells if not (isinstance(cell, datetime) and cell.time() != time.min))
    text = content.decode().replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r'"madeAt": "[^"]*"', "", text)


def read(client, path: str, status: int = 200, language: str = "en") -> str:
    return text_of(get(client, path, status, language))


def at(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def row_heads(page: str) -> list[str]:
    """What heads each row of the table on a page."""
    return [html.unescape(head).strip() for head in ROW_HEAD.findall(page)]


def page_keys(client, path: str, query: str) -> list[str]:
    """The keys of every row of a list page, page after page."""
    keys, number = [], 1
    while True:
        page = read(client, at(path, f"{query}&columns=key&pageSize=200&page={number}"))
        keys += row_heads(page)
        if 'rel="next"' not in page:
            return keys
        number += 1


def read_on(keys: list[str], question: str) -> list[str]:
    """In which order these come when they are read by cursor: by key, unless an order or words were asked for."""
    asked = QueryDict(question)
    return keys if asked.get("sort") or asked.get("q") else sorted(keys)


def api_keys(client, path: str, query: str) -> list[str]:
    """The keys of every row of a list in the API, following `next` to the end."""
    keys, address = [], at(path, f"{query}&fields=key")
    while address:
        answer = get(client, address).json()
        keys += [row["key"] for row in answer["results"]]
        address = answer["next"]
        assert len(keys) <= answer["count"], "reading on gives rows twice"
    return keys


def csv_rows(client, path: str, query: str, language: str = "en") -> list[list[str]]:
    """The rows of the export, its header first."""
    text = read(client, at(path, f"{query}&format=csv"), language=language)
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter="," if language == "en" else ";"))


def workbook(client, path: str, query: str, language: str = "en") -> Workbook:
    """The export as a workbook of Excel, read back."""
    answer = get(client, at(path, f"{query}&format=xlsx"), language=language)
    return load_workbook(io.BytesIO(answer.getvalue()))


def sheet_rows(client, path: str, query: str, language: str = "en", extension: str = "xlsx", sheet: int = 0) -> list:
    """The values in a sheet of the export, its header first."""
    return sheets_in(get(client, at(path, f"{query}&format={extension}"), language=language).getvalue())[sheet]


def sheets_in(content: bytes) -> list[list[list[Any]]]:
    """The values in each sheet of a workbook, XLSX or ODS."""
    with ZipFile(io.BytesIO(content)) as parts:
        if "mimetype" not in parts.namelist():
            return [[list(row) for row in sheet.values] for sheet in load_workbook(io.BytesIO(content))]
        tables = ElementTree.fromstring(parts.read("content.xml")).iter(f"{TABLE}table")
        return [[[_ods_value(cell) for cell in row] for row in table.iter(f"{TABLE}table-row")] for table in tables]


TABLE, OFFICE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office", "text"))


def _ods_value(cell: ElementTree.Element) -> Any:
    kind = cell.get(f"{OFFICE}value-type")
    if kind == "date":
        return datetime.fromisoformat(cell.get(f"{OFFICE}date-value"))
    if kind == "float":
        return float(cell.get(f"{OFFICE}value"))
    return "\n".join("".join(_ods_text(line)) for line in cell) if kind else None


def _ods_text(line: ElementTree.Element) -> Iterator[str]:
    yield line.text or ""
    for part in line:
        yield "\t" if part.tag == f"{TEXT}tab" else " " * int(part.get(f"{TEXT}c", "1"))
        yield part.tail or ""


def export_keys(client, path: str, query: str, extension: str) -> list[str]:
    """The keys of every row of an export in any format, with the key as its only column."""
    content = get(client, at(path, f"{query}&columns=key&headers=keys&format={extension}")).getvalue()
    if extension in ("xlsx", "ods"):
        header, *keys = [row[0] for row in sheets_in(content)[0]]
    elif extension == "csv":
        header, *keys = [row[0] for row in csv.reader(io.StringIO(content.decode().removeprefix("\ufeff")))]
    elif extension == "txt":
        header, _line, *keys = content.decode().partition("\n\n")[0].splitlines()
    elif extension == "json":
        answer = json.loads(content)
        header, keys = answer["columns"][0]["key"], [row["key"] for row in answer["rows"]]
        assert len(keys) == answer["count"]
    else:
        answer = json.loads(content)
        header, keys = "key", list(dict.fromkeys(part["properties"]["key"] for part in answer["features"]))
        assert len(keys) == answer["count"]
    assert header == "key"
    return keys


def csv_keys(client, path: str, query: str) -> list[str]:
    header, *rows = csv_rows(client, path, f"{query}&columns=key&headers=keys")
    assert header == ["key"]
    return [key for (key,) in rows]
