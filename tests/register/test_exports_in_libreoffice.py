"""Spreadsheets as a spreadsheet reads them: LibreOffice opens the exports, and tells what it made of each cell."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cooperation.register.exports.csv import FORMULA
from tests.contracts.kind import WORD
from tests.contracts.outlets import OFFICE, TABLE, TEXT, get
from tests.factories import PlacementFactory

from .test_exports import PAGE, TEXTS, hostile, visible  # noqa: F401  (a fixture)

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not SOFFICE, reason="no LibreOffice (apt-get install libreoffice-calc-nogui)"),
]
# How LibreOffice is to read CSV: delimiter, quotes, UTF-8, from the first line, language, quoted numbers are numbers,
# and dates are looked for.
CSV = "CSV:{},34,76,1,,{},false,true"
DUTCH, BRITISH = (ord(";"), 1043), (ord(","), 2057)


@pytest.mark.parametrize(
    ("extension", "language", "infilter"),
    [
        ("csv", "nl", CSV.format(*DUTCH)),
        ("csv", "en", CSV.format(*BRITISH)),
        ("xlsx", "nl", ""),
        ("ods", "nl", ""),
    ],
)
def test_dates_numbers_and_texts_open_right(client, hostile, tmp_path, extension, language, infilter):  # noqa: F811
    days = {"test-zz-1": "2019-03-04", "test-zz-2": "2019-03", "test-zz-3": "2019-03-04~", "test-zz-4": "2019-12-31"}
    for key, day in days.items():
        PlacementFactory(key=key, title_nl=f"{WORD} {key}", title_en="", posts=3, milestones=[("started", day)])
    query = f"q={WORD}&columns=key,text,start,posts&sort=key&headers=keys&beside=none&format={extension}"
    file = tmp_path / f"export.{extension}"
    file.write_bytes(get(client, f"{PAGE}?{query}", language=language).getvalue())
    header, *rows = read(file, infilter)
    assert [value for _kind, value in header] == ["key", "text", "start", "posts"]
    assert not [kind for row in rows for kind, _value in row if kind == "formula"]
    found = {row[0][1]: row[1:] for row in rows}
    for key, text in TEXTS.items():
        shown = text.replace("\r\n", "\n").replace("\r", "\n")
        if extension == "csv" and FORMULA.match(text):
            shown = f"'{shown}"
        if extension == "ods":
            shown = shown.replace("\t", "")  # LibreOffice 7 loses tabs of OpenDocument, also of its own files
        assert found[key][0] == ("string", visible(shown))
    assert found["test-zz-1"][1:] == [("date", "2019-03-04"), ("float", "3")]
    assert found["test-zz-2"][1:] == [("string", "2019-03"), ("float", "3")]
    assert found["test-zz-3"][1:] == [("string", "2019-03-04~"), ("float", "3")]
    assert found["test-zz-4"][1:] == [("date", "2019-12-31"), ("float", "3")]


def read(file: Path, infilter: str) -> list[list[tuple[str, str]]]:
    """The first sheet as LibreOffice has it: what each cell is, and what it holds."""
    out = file.parent / "out"
    command = [SOFFICE, f"-env:UserInstallation=file://{file.parent}/profile", "--headless"]
    command += [f"--infilter={infilter}"] if infilter else []
    command += ["--convert-to", "fods", "--outdir", out, file]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    table = next(ElementTree.parse(out / "export.fods").iter(f"{TABLE}table"))
    return [row for row in (list(_cells(row)) for row in table.iter(f"{TABLE}table-row")) if row]


def _cells(row: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for cell in row.iter(f"{TABLE}table-cell"):
        times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        kind = "formula" if cell.get(f"{TABLE}formula") else cell.get(f"{OFFICE}value-type", "")
        lines = ["".join(_text(line)) for line in cell.findall(f"{TEXT}p")]
        value = cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}date-value") or "\n".join(lines)
        if times < 100:  # the rest of a sheet is one empty cell, very often
            yield from [(kind, value)] * times


def _text(line: ElementTree.Element) -> Iterator[str]:
    yield line.text or ""
    for part in line:
        if part.tag == f"{TEXT}s":
            yield " " * int(part.get(f"{TEXT}c", "1"))
        yield "\t" if part.tag == f"{TEXT}tab" else "".join(_text(part))
        yield part.tail or ""
