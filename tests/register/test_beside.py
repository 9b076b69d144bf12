"""What an export puts beside a column: the words and days of a date, where a fact stands, and what its sources are."""

from datetime import datetime

import pytest

from cooperation.register import actions
from cooperation.register.exports import Records
from tests.contracts.kind import LETTER_DAY, WORD
from tests.contracts.outlets import csv_rows, read, sheet_rows, sheets_in
from tests.contracts.outlets import get as answer_of
from tests.factories import MemorandumFactory, MilestoneFactory, PlacementFactory, SourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGE = "/placements/"


def row(client, query: str, path: str = PAGE, language: str = "en") -> dict[str, str]:
    """The only row of an export, by the keys of its columns."""
    header, only = csv_rows(client, path, f"{query}&headers=keys", language)
    return dict(zip(header, only, strict=True))


@pytest.fixture
def post():
    """A post whose start stands in two sources, each of which is cited with a place."""
    own, also, of_all = (SourceFactory(key=f"test-{name}", title=f"Title of {name}") for name in ("own", "also", "all"))
    post = PlacementFactory(title_nl=WORD, title_en="", hosts=["AL"], milestones=[])
    start = MilestoneFactory(instrument=post, key="began", kind="started", date="2019-03", source=own)
    start.also_sources.add(also)
    post.citations.create(field="milestones.began", source=also, locator="p. 3")
    post.citations.create(field="general", source=own, locator="chapter 2")
    post.citations.create(field="general", source=of_all, locator="annex; b")
    post.citations.create(field="general", source=of_all)
    actions.rewrite_spans([post])
    return post


@pytest.fixture(params=["database", "python"])
def either_way(request, monkeypatch):
    """As the database writes a CSV, and as Python does."""
    if request.param == "python":
        monkeypatch.setattr(Records, "ready_lines", lambda table, delimiter: None)


@pytest.mark.sql
@pytest.mark.usefixtures("either_way")
def test_a_date_has_its_words_days_source_and_place(client, post):
    found = row(client, f"q={WORD}&columns=start")
    assert found == {
        "start": "2019-03",
        "start.words": "March 2019",
        "start.earliest": "2019-03-01",
        "start.latest": "2019-03-31",
        "start.source": "test-own; test-also",
        "start.locator": "test-also: p. 3; test-own: chapter 2",
    }
    assert row(client, f"q={WORD}&columns=start", language="nl")["start.words"] == "maart 2019"
    header, only = sheet_rows(client, PAGE, f"q={WORD}&columns=start&headers=keys")
    assert dict(zip(header, only, strict=True)) == found | {
        "start.earliest": datetime(2019, 3, 1),
        "start.latest": datetime(2019, 3, 31),
    }


@pytest.mark.parametrize(
    ("written", "words", "earliest", "latest"),
    [
        ("2021-12-02", "2 December 2021", "2021-12-02", "2021-12-02"),
        ("../2021-12-02", "on or before 2 December 2021", "", "2021-12-02"),
        ("2021-12-02/..", "on or after 2 December 2021", "2021-12-02", ""),
        ("2020-12/2021-02", "between December 2020 and February 2021", "2020-12-01", "2021-02-28"),
        ("2021~", "about 2021", "2021-01-01", "2021-12-31"),
    ],
)
@pytest.mark.sql
@pytest.mark.usefixtures("either_way")
def test_every_form_of_a_date(client, written, words, earliest, latest):
    PlacementFactory(title_nl=WORD, milestones=[("started", written)])
    found = row(client, f"q={WORD}&columns=start")
    assert [found[f"start{name}"] for name in ("", ".words", ".earliest", ".latest")] == [
        written,
        words,
        earliest,
        latest,
    ]


@pytest.mark.sql
@pytest.mark.usefixtures("either_way")
def test_the_record_and_a_field_have_their_sources(client, post):
    found = row(client, f"q={WORD}&columns=title")
    assert found["title.source"] == "test-all; test-own"
    assert found["title.locator"] == "test-own: chapter 2; test-all: annex; b"
    memorandum = MemorandumFactory(title_nl=WORD, exchange_basis=False)
    memorandum.citations.create(field="exchange_basis", source=SourceFactory(key="test-basis"), locator="art. 4")
    found = row(client, f"q={WORD}&columns=exchangeBasis,binding", "/mous/")
    assert (found["exchangeBasis.source"], found["exchangeBasis.locator"]) == ("test-basis", "test-basis: art. 4")
    assert found["binding.source"] == found["binding.locator"] == ""


@pytest.mark.sql
def test_what_a_post_covers_is_in_the_export_unasked(client):
    header, *_rows = csv_rows(client, PAGE, "headers=keys")
    assert {"country", "covered"} <= set(header)
    on_screen, *_rows = csv_rows(client, PAGE, "headers=keys&beside=none")
    assert "covered" not in on_screen
    assert not [key for key in on_screen if "." in key]
    assert '<th scope="col">Covers' not in read(client, PAGE)


@pytest.mark.sql
@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_a_sheet_says_what_the_sources_are(client, post, extension):
    sheets = sheets_in(answer_of(client, f"{PAGE}?q={WORD}&columns=title,start&format={extension}").getvalue())
    _rows, _asked, (head, *sources) = sheets
    assert head == ["Key", "Title", "Publisher", "Published", "Address", "Reliability"]
    assert [source[:4] for source in sources] == [
        [f"test-{name}", f"Title of {name}", "Tests", datetime(2020, 1, 1)] for name in ("all", "also", "own")
    ]
    assert {source[5] for source in sources} == {"official"}


@pytest.mark.parametrize("path", ["/timeline/", "/commitments/", "/sources/", "/placements/", "/eu/"])
def test_every_source_in_the_rows_is_in_the_sheet(client, path):
    keys = f"headers=keys&{LETTER_DAY}"
    sheets = sheets_in(answer_of(client, f"{path}?{keys}&format=xlsx").getvalue())
    header, *rows = sheets[0]
    places = [place for place, key in enumerate(header) if key.endswith(".source")]
    named = {key for row in rows for place in places if row[place] for key in row[place].split("; ")}
    assert named == ({source[0] for source in sheets[2][1:]} if named else set())
    assert bool(named) == (path != "/sources/")


def test_a_text_to_be_read_has_dates_in_words_and_the_columns_of_the_screen(client, post):
    head, _line, only = read(client, f"{PAGE}?q={WORD}&columns=title,start&format=txt").splitlines()[:3]
    assert head.split() == ["Post", "Started"]
    assert only.split() == [WORD, "Mar", "2019"]
