"""Where the register answers, read as a reader reads them: page, API, export and statistics."""

import csv
import html
import io
import re
from datetime import datetime

from django.http import HttpResponseBase
from openpyxl import Workbook, load_workbook

ROW_HEAD = re.compile(r'role="rowheader">\s*(?:<a class="row"[^>]*>)?([^<]*)<')


def get(client, path: str, status: int = 200, language: str = "en") -> HttpResponseBase:
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == status, f"{path}: {response.status_code}\n{text_of(response)[:2000]}"
    return response


def text_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):  # a workbook: its cells, without the moment at which it was made
        cells = [cell.value for sheet in load_workbook(io.BytesIO(content)) for row in sheet for cell in row]
        return "\n".join(str(cell) for cell in cells if not (isinstance(cell, datetime) and cell.microsecond))
    return content.decode().replace("\N{NO-BREAK SPACE}", " ")


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
    """The export as a workbook, read back."""
    answer = get(client, at(path, f"{query}&format=xlsx"), language=language)
    return load_workbook(io.BytesIO(answer.getvalue()))


def sheet_rows(client, path: str, query: str, language: str = "en") -> list[list]:
    """The values in the first sheet of the export, its header first."""
    return [list(row) for row in workbook(client, path, query, language).worksheets[0].values]


def csv_keys(client, path: str, query: str) -> list[str]:
    header, *rows = csv_rows(client, path, f"{query}&columns=key&headers=keys")
    assert header == ["key"]
    return [key for (key,) in rows]
