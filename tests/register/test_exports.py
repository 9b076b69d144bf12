"""What an export does with hostile texts, with an error half way, and with a client that goes away.

The contracts of the kinds try each format on real questions, on both clocks, and on what is hidden.
"""

import gc
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection, IncompleteRead
from itertools import count, product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections
from django.db.models import Case, TextField, Value, When
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.http import urlencode
from openpyxl import load_workbook

from cooperation.register.exports import EVERY_EXPORT, EXPORTS, OF_RECORDS, Records, citation, sheets
from cooperation.register.exports import rows as exported_rows
from cooperation.register.exports import tables as exported_tables
from cooperation.register.exports.csv import FORMULA, csv_lines
from cooperation.register.exports.rows import UNSEEN
from cooperation.register.exports.sheets import LONGEST_TEXT, in_a_cell
from cooperation.register.lists import diff
from cooperation.register.lists.columns import KEY, TITLE, Column
from cooperation.register.lists.diff import Diff
from cooperation.register.models import kinds
from cooperation.register.views import ListPage
from placements.kind import PLACEMENTS
from tests.contracts.agreement import CLOCKS
from tests.contracts.kind import WORD
from tests.contracts.outlets import csv_rows, get, sheets_in
from tests.factories import MilestoneFactory, PlacementFactory
from tests.web_server import web_server

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
PAGE = "/placements/"
# What came since ever, whatever stage it is at.
CAME = "view=changes&against=0001-01-01&stage=planned,active,unconfirmed,not_known,ended"
BROKEN_OFF = "THIS EXPORT BROKE OFF"
OFF = "\N{REPLACEMENT CHARACTER}"
HOSTILE = (
    "=1+1",
    "+31 70 123",
    "-2+3",
    "@SUM(A1)",
    "|cmd",
    '"=1+1"',
    " \u200b=HYPERLINK()",
    "\x1b\x07=1",
    "\ufeff=1",
    "＝1+1",
    "\t=1",
    "\n=1",
    "a\r\nb\rc\nd",
    'quotes " and ""',
    '";"=1;",\n"=2',
    "commas, and; semicolons\tand tabs",
    "\u202eturned round",
    "\u2067isolated",
    "\u05d0\u05d1 and \u0627\u0644",
    "<b>bold</b> &amp; ]]>",
    "  spaces   between  ",
    "\N{POLICE CAR}" * 3,
    "x" * 10_000,
    "{{ 1 }} %s %(x)s \\x",
)


TEXTS = {f"test-hostile-{number:02}": text for number, text in enumerate(HOSTILE)}

TITLES = {key: text[:500] for key, text in TEXTS.items()}  # as long as a title can be


def _by_key(model, clock):
    whens = [When(key=key, then=Value(text)) for key, text in TEXTS.items()]
    return Case(*whens, output_field=TextField())


@pytest.fixture
def hostile(monkeypatch) -> str:
    """The question for records with a hostile text each, in a column that Python and the database both write."""
    for key in TEXTS:
        PlacementFactory(key=key, title_nl=f"{WORD} {key}", title_en="", hosts=["AL"])
    column = Column("text", "=Text", lambda record, clock: TEXTS.get(record.key), text=_by_key)
    monkeypatch.setattr(PLACEMENTS.list_page, "columns", [*PLACEMENTS.list_page.columns, column])
    return f"q={WORD}&columns=key,text&sort=key"


def visible(text: str) -> str:
    return UNSEEN.sub(OFF, text)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_hostile_texts_in_csv(client, hostile, language):
    _header, *rows = csv_rows(client, PAGE, hostile, language)
    assert [key for key, _text in rows] == list(TEXTS)
    for (_key, cell), text in zip(rows, HOSTILE, strict=True):
        assert cell == visible(f"'{text}" if FORMULA.match(text) else text)
        assert not re.match(r"[\s\u200b\ufeff]*[=+@|-]", cell.lstrip('"'))


def test_what_is_a_formula():
    assert [text for text in HOSTILE if FORMULA.match(text)] == list(HOSTILE[:12])


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_hostile_texts_in_sheets(client, hostile, extension):
    (_header, *rows), _asked = sheets_in(get(client, f"{PAGE}?{hostile}&format={extension}").getvalue())
    assert dict(rows) == {key: visible(text.replace("\r\n", "\n").replace("\r", "\n")) for key, text in TEXTS.items()}


def test_hostile_texts_in_json(client, hostile):
    rows = json.loads(get(client, f"{PAGE}?{hostile}&format=json").getvalue())["rows"]
    assert {row["key"]: row["text"] for row in rows} == TEXTS
    features = json.loads(get(client, f"{PAGE}?{hostile}&format=geojson").getvalue())["features"]
    assert {feature["properties"]["key"]: feature["properties"]["text"] for feature in features} == TEXTS


def test_hostile_texts_in_text(client, hostile):
    text = get(client, f"{PAGE}?{hostile}&format=txt").getvalue().decode()
    assert not UNSEEN.search(text)
    assert "\r" not in text
    lines = text.splitlines()
    start = lines[1].index("  ") + 2
    assert {line[:start].rstrip() for line in lines[2:] if line.startswith("test-")} == set(TEXTS)
    assert "".join(line[start:] for line in lines).count("x") >= 10_000


@pytest.fixture
def hostile_titles() -> str:
    """The question for what changed, of records that are called a hostile text each and have one as their event."""
    for key, text in TITLES.items():
        record = PlacementFactory(key=key, title_nl=text, title_en="", hosts=["NZ"])
        MilestoneFactory(instrument=record, key="event", kind="other", note_nl=text, note_en="", date="2020-02-02")
    return f"country=NZ&{CAME}"


def test_hostile_texts_in_the_export_of_changes(client, hostile_titles):
    _header, *rows = csv_rows(client, PAGE, hostile_titles)
    titles = {key: title for _change, key, title, *_more in rows}
    assert titles == {key: visible(f"'{text}" if FORMULA.match(text) else text) for key, text in TITLES.items()}
    assert not [cell for row in rows for cell in row if FORMULA.match(cell) and not cell.startswith("'")]
    for extension in ("xlsx", "ods"):
        (_header, *rows), _asked = sheets_in(get(client, f"{PAGE}?{hostile_titles}&format={extension}").getvalue())
        expected = {key: visible(text.replace("\r\n", "\n").replace("\r", "\n")) for key, text in TITLES.items()}
        assert {row[1]: row[2] for row in rows} == expected
    rows = json.loads(get(client, f"{PAGE}?{hostile_titles}&format=json").getvalue())["rows"]
    assert {row["key"]: row["title"] for row in rows} == TITLES
    text = get(client, f"{PAGE}?{hostile_titles}&format=txt").getvalue().decode()
    assert not UNSEEN.search(text)
    assert set(TITLES) <= set(text.split())


def test_no_text_in_a_sheet_of_changes_is_a_formula_or_a_link(client, hostile_titles):
    content = get(client, f"{PAGE}?{hostile_titles}&format=xlsx").getvalue()
    for row in load_workbook(io.BytesIO(content)).worksheets[0]:
        assert {(cell.data_type, cell.hyperlink) for cell in row if cell.value is not None} == {("s", None)}


@pytest.mark.parametrize("extension", [*EXPORTS])
def test_a_hostile_question(client, extension):
    words = '=1+1 "; <b>'
    content = get(client, f"{PAGE}?{urlencode({'q': words})}&format={extension}").getvalue()
    if extension in ("xlsx", "ods"):
        facts = dict(sheets_in(content)[1])
        assert facts["q"] == words
        assert words in facts["To cite"]
    elif extension != "csv":
        assert words in (content.decode() if extension == "txt" else json.loads(content)["citation"])


# --- the two ways to the texts of a CSV -------------------------------------------------------------------------------


def every_list() -> list[type]:
    reverse("home")  # reads in every page
    return [page for page in _below(ListPage) if page.queryset is not None]


def _below(page: type) -> Iterator[type]:
    for below in page.__subclasses__():
        yield below
        yield from _below(below)


@pytest.mark.parametrize(("language", "clocks"), [pytest.param("nl", CLOCKS, marks=pytest.mark.slow), ("en", [])])
def test_the_database_writes_what_python_writes(language, clocks, hostile):
    """Every column that has a `text`, over every record, on several clocks, to the letter."""
    compared = 0
    for page, clock in product(every_list(), ("", *(f"validOn={valid}&knownOn={known}" for valid, known in clocks))):
        keys = [column.key for column in page.columns if column.text]
        if not keys:
            continue
        question = page.ask(QueryDict(f"columns={','.join(keys)}&{clock}"), AnonymousUser())
        slow = [replace(column, text=None) for column in question.chosen_columns]
        with translation.override(language):
            by_database = "".join(csv_lines(Records(question), ""))
            question.chosen_columns = slow
            assert "".join(csv_lines(Records(question), "")) == by_database, (page, clock)
        compared += by_database.count("\n")
    assert compared > 300 * (1 + len(clocks))


def test_a_question_that_nothing_can_fit_has_no_rows(client):
    """What lies before the day of the clock ends by no day after it: Django knows that without asking the database."""
    for view in ("table", "changes", "pivot", "map", "chart"):
        get(client, f"{PAGE}?endingBy=2012-01-01&view={view}")
        _header, *rows = csv_rows(client, PAGE, f"endingBy=2012-01-01&view={view}")
        assert [row[-1] for row in rows] == (["0"] if view == "pivot" else [])


def test_every_kind_has_its_usual_columns_written_by_the_database():
    slow = {page: [c.key for c in page.columns if c.shown and not c.text] for page in every_list()}
    of_kinds = {page.__name__: keys for page, keys in slow.items() if page.queryset.model in kinds().values()}
    assert {name: keys for name, keys in of_kinds.items() if keys} == {
        "ProvisionListPage": ["treaty"],
        "LighthouseListPage": ["lit", "height"],
    }


# --- streams ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(monkeypatch):
    """The end of an answer does not close the connection, as it is that of the test; the rows come in small pieces."""
    monkeypatch.setattr(connections["default"], "close", lambda: None)
    monkeypatch.setattr(exported_rows, "CHUNK", 20)
    monkeypatch.setattr(exported_rows, "LINES", 20)
    monkeypatch.setattr(exported_tables, "BATCH", 20)
    monkeypatch.setattr(diff, "BATCH", 20)


@pytest.mark.parametrize("extension", ["csv", "json"])
@pytest.mark.parametrize("view", ["view=table", CAME])
def test_rows_come_from_a_cursor_of_the_server_that_does_not_make_them_all_first(client, kept, extension, view):
    with connection.cursor() as cursor:
        with closing(client.get(f"{PAGE}?format={extension}&{view}")):
            cursor.execute("SELECT is_holdable FROM pg_cursors WHERE statement LIKE 'DECLARE%'")
            assert cursor.fetchall() == [(False,)]
        gc.collect()
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE statement LIKE 'DECLARE%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.slow
def test_a_client_that_goes_away_leaves_nothing_open(client, kept):
    before = list(connection.savepoint_ids)
    views = [("table", extension) for extension in EXPORTS] + [("changes", name) for name in ("csv", "json", "xlsx")]
    for view, extension in views:
        for asked in (client.get, client.head) if extension == "csv" else (client.get,):
            with closing(asked(f"{PAGE}?format={extension}&view={view}&against=0001-01-01")) as answer:
                if asked == client.get:
                    next(answer.streaming_content)
            del answer
            gc.collect()
            assert connection.savepoint_ids == before, (view, extension)


def test_no_query_for_each_organisation(client):
    with CaptureQueriesContext(connection) as queries:
        rows = csv_rows(client, "/api/v1/organisations", "")
    assert len(queries) < 15 < len(rows)


# --- what broke off ---------------------------------------------------------------------------------------------------


@pytest.fixture
def breaking(monkeypatch):
    """A column that fails in the row of this number."""

    def at_row(number: int) -> None:
        rows = count(1)

        def fails(record, clock):
            if next(rows) == number:
                raise RuntimeError("the disk is full")
            return "sound"

        monkeypatch.setattr(PLACEMENTS.list_page, "columns", [KEY, TITLE, Column("bad", "Bad", fails)])

    return at_row


@pytest.mark.parametrize("extension", ["csv", "json", "geojson"])
def test_a_stream_that_broke_off_says_so_and_fails(client, breaking, kept, extension):
    breaking(50)
    parts = []
    with closing(client.get(f"{PAGE}?format={extension}&columns=key,bad&lang=en")) as answer:
        assert answer.status_code == 200
        with pytest.raises(RuntimeError):
            parts.extend(answer.streaming_content)
    text = b"".join(parts).decode()
    assert BROKEN_OFF in text.splitlines()[-1]
    assert text.count("sound") >= 40
    if extension != "csv":
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
        assert text.splitlines()[-1].startswith('"error": ')


@pytest.mark.parametrize("extension", ["csv", "json"])
def test_changes_that_broke_off_say_so_and_fail(client, monkeypatch, kept, extension):
    numbers, read = count(1), Diff._read

    def fails(comparison, rows):
        if next(numbers) == 3:
            raise RuntimeError("the disk is full")
        return read(comparison, rows)

    monkeypatch.setattr(Diff, "_read", fails)
    parts = []
    address = f"{PAGE}?format={extension}&{CAME}&lang=en"
    with closing(client.get(address)) as answer, pytest.raises(RuntimeError):
        parts.extend(answer.streaming_content)
    text = b"".join(parts).decode()
    assert BROKEN_OFF in text.splitlines()[-1]
    assert text.count("Came" if extension == "csv" else '"change": "Came"') == 40


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_more_columns_than_a_sheet_holds_are_refused(client, monkeypatch, extension):
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 2)
    page = get(client, f"{PAGE}?view=pivot&format={extension}", status=400).content.decode()
    assert "A sheet holds 2 " in page


@pytest.mark.parametrize("extension", [name for name in EVERY_EXPORT if name != "csv"])
def test_more_rows_than_are_made_for_one_request_are_refused_with_their_number(client, monkeypatch, extension):
    total = client.get(f"/api/v1{PAGE.rstrip('/')}?pageSize=1").json()["count"]
    monkeypatch.setattr(exported_tables, "MOST_READ", 1)
    for name, export in OF_RECORDS.items():
        monkeypatch.setitem(EVERY_EXPORT, name, replace(export, most=1))
    page = get(client, f"{PAGE}?format={extension}", status=400).content.decode()
    assert f"This question has {total} rows, and one answer as “" in page
    assert "” has at most 1. Ask for CSV, which has no such limit, or add a filter." in page


def test_what_the_database_writes_has_no_bound(client, monkeypatch):
    monkeypatch.setattr(exported_tables, "MOST_READ", 1)
    assert len(csv_rows(client, PAGE, "")) > 2


@pytest.mark.parametrize("path", ["/timeline/?", f"{PAGE}?{CAME}&"])
def test_csv_that_is_made_of_records_has_one(client, monkeypatch, path):
    monkeypatch.setattr(exported_tables, "MOST_READ", 1)
    page = get(client, f"{path}format=csv", status=400).content.decode()
    assert "one answer as “CSV” has at most 1. Add a filter, or read it page by page in the API." in page


@pytest.mark.parametrize(("extension", "row"), [*((name, 1) for name in EXPORTS), ("xlsx", 9), ("ods", 9), ("txt", 9)])
def test_what_fails_before_the_first_byte_is_an_error(client, breaking, extension, row):
    breaking(row)
    client.raise_request_exception = False
    assert client.get(f"{PAGE}?format={extension}&columns=key,bad").status_code == 500


@pytest.mark.slow
def test_a_client_of_the_web_server_sees_that_it_broke_off():
    """The last piece of the answer never comes, so that no client takes it for the whole."""
    with web_server("tests.register.breaking") as port:
        for extension in ("csv", "json", "geojson"):
            client = HTTPConnection("127.0.0.1", port, timeout=60)
            client.request("GET", f"{PAGE}?format={extension}&columns=key,bad&lang=en")
            answer = client.getresponse()
            assert (answer.status, answer.getheader("Transfer-Encoding")) == (200, "chunked")
            with pytest.raises(IncompleteRead) as broken:
                answer.read()
            client.close()
            assert BROKEN_OFF in broken.value.partial.decode()


# --- the citation -----------------------------------------------------------------------------------------------------

CLOCK = "validOn=2021-12-02&knownOn=2021-12-02"


def test_the_citation(client):
    asked = "country=AL,BA&q=liaison"
    with translation.override("en"):
        question = PLACEMENTS.list_page.ask(QueryDict(f"{asked}&{CLOCK}&page=1&format=txt"), AnonymousUser())
        line = citation(question, 1, f"https://example.org{PAGE}?{asked}&page=1&format=txt&{CLOCK}")
        today = format_date(timezone.localdate(), "j F Y")
    assert line == (
        "1 placement (Words: liaison; Country: Albania, Bosnia and Herzegovina), state on 2 December 2021 as known on"
        " 2 December 2021. Register of International Police Cooperation, retrieved on"
        f" {today}, https://example.org{PAGE}?{asked}&{CLOCK}"
    )


def test_the_link_of_the_citation_names_both_days(client):
    answer = json.loads(get(client, f"{PAGE}?country=AL&format=json").getvalue())
    link = answer["citation"].rpartition(", ")[2]
    today = timezone.localdate().isoformat()
    assert link == f"http://testserver{PAGE}?country=AL&validOn={today}&knownOn={today}"
    again = json.loads(get(client, f"{link.removeprefix('http://testserver')}&format=json").getvalue())
    assert (again["rows"], again["count"]) == (answer["rows"], answer["count"])


# --- sheets -----------------------------------------------------------------------------------------------------------


def test_the_head_of_a_sheet_stays_in_sight_and_filters(client):
    content = get(client, f"{PAGE}?columns=key&format=xlsx&{CLOCK}").getvalue()
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:A{sheet.max_row}"
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold


def test_no_text_of_a_sheet_is_a_formula_or_a_link(client, hostile):
    content = get(client, f"{PAGE}?{hostile}&format=xlsx").getvalue()
    for row in load_workbook(io.BytesIO(content)).worksheets[0]:
        assert {(cell.data_type, cell.hyperlink) for cell in row} == {("s", None)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\tc", "a\nb\tc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1bc", f"a{OFF}b{OFF}c"),
        ("a\ud800b\uffff", f"a{OFF}b{OFF}"),
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
    ],
)
def test_a_text_in_a_cell(text, expected):
    assert in_a_cell(text) == expected


@pytest.mark.parametrize("letter", ["x", "é", "\N{POLICE CAR}"])  # the last one counts twice in a cell
def test_a_text_that_is_too_long_is_cut_with_a_mark(letter):
    cell = in_a_cell(letter * 40_000)
    assert cell.endswith(f"{letter} […]")
    assert LONGEST_TEXT - 1 <= len(cell.encode("utf-16-le")) // 2 <= LONGEST_TEXT
