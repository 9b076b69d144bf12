"""Contracts of what is answered: one record, the shapes of the API, the export, and how many queries it takes."""

import html
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from cooperation.register import exports
from cooperation.register.domain.edtf import EDTF
from cooperation.register.exports import tables
from cooperation.register.lists.aggregates import GROUP_BY
from cooperation.register.lists.columns import Column
from tests.factories import SourceFactory

from .kind import COUNTED_VIEWS, LETTER_DAY, WORD, Kind, dress, milestone
from .outlets import at, csv_keys, csv_rows, get, read, sheet_rows, text_of


class DetailPageContract(Kind):
    """The page of one record."""

    def test_records_of_the_data_set_have_a_page(self, client):
        keys = csv_keys(client, self.api, "sort=key")
        for key in keys[:: len(keys) // 8 + 1]:
            page = read(client, self.page_of(key))
            assert key in page

    def test_every_number_of_a_source_leads_to_its_place_on_the_page(self, client):
        page = read(client, at(self.page_of(self.key), LETTER_DAY))
        marks = set(re.findall(r'class="source-mark" href="#([^"]+)"', page))
        assert marks
        assert marks <= set(re.findall(r'id="([^"]+)"', page))

    def test_every_field_of_the_kind_is_shown_in_page_and_api(self, client):
        """The one place to name a field that was forgotten: `filled` must have it, and it must come out."""
        forgotten = {field.name for field in self.own_fields} ^ {*self.filled, *self.filled_instead}
        assert not forgotten
        for values in filter(None, (self.filled, self.filled_instead)):
            record = self.factory(**self.made(values))
            self.show(record)
            facts = read(client, self.page_of(record.key)).split("<main", 1)[1]
            words = html.unescape(re.sub(r"<[^>]*>", " ", facts))
            answer = get(client, self.api_of(record.key)).json()
            for name, value in values.items():
                if callable(value):  # a related record: its key in the API, its name on the page
                    related = getattr(record, name)
                    assert answer[_camel(name)] == related.key
                    with translation.override("en"):
                        assert related.name in words
                    continue
                assert answer[_camel(name)] == value, f"{name} is not in the API"
                for word in value if isinstance(value, list) else [value]:
                    shown = self.shown.get(name, str(word))
                    assert re.search(rf"(?<!\w){re.escape(shown)}(?!\w)", words), f"{name} is not on the page"

    def show(self, record) -> None:
        """What must have happened before every field of the kind shows."""

    def test_relations_show_from_both_sides(self, client):
        record, other = self.factory(), self.factory(title_en=f"Other {WORD}")
        dress([record], [SourceFactory() for _ in range(3)], other)
        assert f"Other {WORD}" in read(client, self.page_of(record.key))
        page = read(client, self.page_of(other.key))
        assert page.count(f'href="{self.page_of(record.key)}"') == 2

    def test_gives_its_address_in_the_api(self, client):
        page = read(client, at(self.page_of(self.key), LETTER_DAY))
        assert f"http://testserver{self.api_of(self.key)}?validOn=2021-12-02&amp;knownOn=2021-12-02" in page

    def test_what_is_not_there(self, client):
        get(client, self.page_of("no-such-record"), status=404)
        get(client, self.api_of("no-such-record"), status=404)
        before = "validOn=1850-01-01&knownOn=1850-01-01"
        assert "It is there today." in read(client, at(self.page_of(self.key), before), status=404)
        get(client, at(self.api_of(self.key), before), status=404)

    @pytest.mark.parametrize("query", ["contry=BR", "validOn=2021-02-30", "validOn=2021-12-02T00:00"])
    def test_a_wrong_key_or_day_is_a_bad_request(self, client, query):
        name = query.split("=")[0]
        assert name in read(client, at(self.page_of(self.key), query), status=400)
        (fault,) = get(client, at(self.api_of(self.key), query), status=400).json()["invalidParams"]
        assert fault["name"] == name


class ApiContract(Kind):
    """The shapes of `api.md`."""

    LIST = ("count", "countExact", "next", "previous", "validOn", "knownOn", "results")
    RECORD = (
        *("url", "key", "resource", "kind", "titleNl", "titleEn", "summaryNl", "summaryEn", "validOn", "knownOn"),
        *("stage", "stageCertain", "stalled", "disputed", "classification", "themes", "countries", "organisations"),
        *("milestones", "citations", "disputes", "relations", "commitments", "figures", "notes"),
        *("createdAt", "updatedAt"),
    )

    def test_a_list(self, client):
        answer = get(client, at(self.api, f"{LETTER_DAY}&pageSize=200")).json()
        assert tuple(answer) == self.LIST
        assert (answer["validOn"], answer["knownOn"], answer["countExact"]) == ("2021-12-02", "2021-12-02", True)
        assert answer["count"] == len(answer["results"])
        for row in answer["results"]:
            assert set(self.RECORD) <= set(row)
            assert row["resource"] == self.model.RESOURCE
            assert row["stage"] in self.model.ladder.every_stage
        _check_values(answer["results"])

    def test_a_record_is_the_same_alone_and_in_the_list(self, client):
        rows = get(client, at(self.api, f"{LETTER_DAY}&pageSize=200")).json()["results"]
        row = next(row for row in rows if row["key"] == self.key)
        alone = get(client, at(self.api_of(self.key), LETTER_DAY)).json()
        assert alone == {**row, "matchCertain": None}
        assert alone["url"] == f"http://testserver{self.api_of(self.key)}"

    def test_some_fields(self, client):
        for path in (self.api, self.api_of(self.key)):
            answer = get(client, at(path, f"fields=key,stage&fields=milestones&{LETTER_DAY}")).json()
            row = answer.get("results", [answer])[0]
            assert set(row) == {"key", "stage", "milestones"}
            get(client, at(path, "fields=key,nosuchfield"), status=400)

    @pytest.mark.parametrize("group_by", GROUP_BY)
    def test_statistics_count_the_rows_of_the_list(self, client, group_by):
        rows = get(client, at(self.api, f"{LETTER_DAY}&pageSize=200&fields=key,kind,stage")).json()
        answer = get(client, at(self.statistics, f"groupBy={group_by}&{LETTER_DAY}")).json()
        assert answer["total"] == rows["count"]
        assert (answer["groupBy"], answer["validOn"], answer["knownOn"]) == (group_by, "2021-12-02", "2021-12-02")
        for group in answer["groups"]:
            assert sum(group["byStage"].values()) == group["count"] > 0
            assert (group["value"] is None) == (group["labelNl"] is None) == (group["labelEn"] is None)
        counted = {group["value"]: group["count"] for group in answer["groups"]}
        assert len(counted) == len(answer["groups"])
        assert sum(counted.values()) >= answer["total"]
        if group_by in ("kind", "stage"):
            values = [row[group_by] for row in rows["results"]]
            assert counted == {value: values.count(value) for value in values}

    def test_statistics_need_a_property(self, client):
        for query, code in (("", "required"), ("groupBy=colour", "invalid_choice")):
            (fault,) = get(client, at(self.statistics, query), status=400).json()["invalidParams"]
            assert (fault["name"], fault["code"]) == ("groupBy", code)


def _check_values(value, name: str = "") -> None:
    """Names in camelCase, dates as objects, nothing as an empty text."""
    if isinstance(value, dict):
        if "edtf" in value:
            assert set(value) == {"edtf", "earliest", "latest"}, name
        for key, part in value.items():
            assert re.fullmatch(r"[a-z][a-zA-Z]*", key), key
            _check_values(part, key)
    elif isinstance(value, list):
        for part in value:
            _check_values(part, name)
    else:
        assert value != "", f"{name} is an empty text"
        if name in ("date", "start", "end", "plannedEnd", "due", "outcomeDate", "from", "until", "period"):
            assert value is None, f"{name} is no date object"
        if name.endswith("At"):
            assert value.endswith("Z"), f"{name} has no offset of UTC"


class ExportDeclaration(Kind):
    """The columns of an export."""

    def test_the_columns_of_the_page_in_the_language_of_the_reader(self, client):
        query = f"{LETTER_DAY}&beside=none"
        english, *rows = csv_rows(client, self.page, query)
        dutch, *same = csv_rows(client, self.page, query, language="nl")
        keys, *_rows = csv_rows(client, self.page, f"{query}&headers=keys")
        assert keys == [column.key for column in self.list_page.columns if column.shown]
        assert english == [str(column.label) for column in self.list_page.columns if column.shown] or english != keys
        assert len(english) == len(dutch) == len(keys)
        assert len(rows) == len(same) == get(client, at(self.api, LETTER_DAY)).json()["count"]

    def test_every_column_can_be_asked_for_in_any_order(self, client):
        keys = [column.key for column in self.list_page.columns][::-1]
        header, *rows = csv_rows(client, self.api, f"columns={','.join(keys)}&headers=keys&beside=none")
        assert header == keys
        assert {len(row) for row in rows} == {len(keys)}

    def test_what_belongs_to_a_column_stands_beside_it(self, client):
        for asked, columns in (
            ("", [column for column in self.list_page.columns if column.shown or column.exported]),
            ("columns=stage,title", [column for key in ("stage", "title") for column in self.columns_of(key)]),
        ):
            header, *rows = csv_rows(client, self.page, f"{asked}&headers=keys&{LETTER_DAY}")
            assert header == [one.key for column in columns for one in (column, *column.beside)]
            assert {len(row) for row in rows} == {len(header)}

    def columns_of(self, key: str) -> list[Column]:
        return [column for column in self.list_page.columns if column.key == key]

    @pytest.mark.parametrize("extension", ["xlsx", "ods"])
    def test_a_number_is_a_number(self, client, extension):
        columns = [column.key for column in self.list_page.columns if column.numeric]
        if columns:
            query = f"columns={','.join(columns)}&beside=none&{LETTER_DAY}"
            _header, *rows = sheet_rows(client, self.api, query, extension=extension)
            assert {type(value) for row in rows for value in row} <= {int, float, type(None)}


class ExportContract(ExportDeclaration):
    """CSV: exactly the rows, the order and the columns on the screen, with what belongs to a column beside it."""

    def test_what_a_spreadsheet_needs(self, client):
        answer = get(client, at(self.page, f"format=csv&{LETTER_DAY}"), language="nl")
        assert answer.streaming
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f"{self.model.RESOURCE}-2021-12-02.csv" in answer["Content-Disposition"]
        text = text_of(answer)
        assert text.startswith("\ufeff")
        assert ";" in text.splitlines()[0]
        assert text_of(get(client, at(self.api, f"format=csv&{LETTER_DAY}"), language="nl")) == text

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
    def test_a_formula_is_defused(self, client, start):
        self.factory(title_nl=f"{start}HYPERLINK({WORD})", title_en="")
        _header, (title,) = csv_rows(client, self.page, f"q={WORD}&columns=title&beside=none")
        assert title.startswith("'")

    def test_a_cell_may_hold_quotes_separators_and_lines(self, client):
        title = f'{WORD} "a"; b,\nc'
        self.factory(title_nl=title, title_en="")
        _header, row = csv_rows(client, self.page, f"q={WORD}&columns=title,key&beside=none")
        assert row[0].split() == title.split()
        assert len(row) == 2


in_each_sheet = pytest.mark.parametrize("extension", ["xlsx", "ods"])


class SheetContract(Kind):
    """Spreadsheets: the same as CSV, with real dates and numbers, and a sheet that says what was asked."""

    @pytest.mark.slow
    @in_each_sheet
    @pytest.mark.parametrize("language", ["nl", "en"])
    def test_holds_the_rows_and_columns_of_the_csv(self, client, language, extension):
        keys = ",".join(column.key for column in self.list_page.columns)
        for query in (f"columns={keys}&headers=keys&{LETTER_DAY}", LETTER_DAY):
            for path in (self.page, self.api):
                in_csv = csv_rows(client, path, query, language)
                in_sheet = sheet_rows(client, path, query, language, extension)
                # A sheet needs no sign before what looks like a formula, and a line in a cell ends in one way.
                assert [[_in_words(value) for value in row] for row in in_sheet] == [
                    [cell.removeprefix("'") for cell in row] for row in in_csv
                ]

    @in_each_sheet
    def test_a_date_is_a_date_where_it_is_exact(self, client, extension):
        days = {"2019-03-04": datetime(2019, 3, 4), "2019-03": "2019-03", "1899-03-04": "1899-03-04"}
        days |= {"2019-03-04~": "2019-03-04~", "../2019-03-04": "../2019-03-04"}
        for day in days:
            self.factory(title_nl=f"{WORD} {day}", title_en="")
        column = Column("day", "Day", lambda record, clock: EDTF(record.title_nl.removeprefix(f"{WORD} ")))
        with patch.object(self.list_page, "columns", [*self.list_page.columns, column]):
            _header, *rows = sheet_rows(
                client, self.page, f"q={WORD}&columns=title,day&beside=none", extension=extension
            )
        assert dict(rows) == {f"{WORD} {day}": value for day, value in days.items()}

    @in_each_sheet
    def test_says_what_was_asked(self, client, extension):
        query = f"columns=key&sort=-key&{LETTER_DAY}"
        rows, asked = (sheet_rows(client, self.page, query, extension=extension, sheet=number) for number in range(2))
        facts = dict(asked[1:])
        assert (facts["validOn"], facts["knownOn"]) == (datetime(2021, 12, 2), datetime(2021, 12, 2))
        assert (facts["columns"], facts["sort"], facts["format"]) == ("key", "-key", extension)
        assert facts["Rows"] == len(rows) - 1
        assert facts["Address"].endswith(f"{self.page}?{query}&format={extension}")
        assert facts["To cite"].endswith(f"{self.page}?{query}")
        assert abs(facts["Made at"] - timezone.localtime().replace(tzinfo=None)) < timedelta(minutes=1)

    @in_each_sheet
    @pytest.mark.parametrize("title", ["=1+1", "+1", "@SUM(A1)", "https://example.org/", "{=1}", "  two  spaces "])
    def test_a_text_stays_a_text(self, client, title, extension):
        self.factory(title_nl=title, title_en="", key="test-text")
        rows = sheet_rows(client, self.page, "columns=key,title&sort=key&beside=none", extension=extension)
        assert dict(rows)["test-text"] == title

    def test_more_rows_than_are_made_for_one_request_are_refused(self, client, monkeypatch):
        monkeypatch.setattr(tables, "MOST_READ", 1)
        page = read(client, at(self.page, "format=xlsx"), status=400)
        problem = get(client, at(self.api, "format=xlsx"), status=400).json()
        ((name, code, reason),) = [fault.values() for fault in problem["invalidParams"]]
        assert (name, code) == ("format", "too_many")
        assert reason in page
        assert " has at most 1. " in reason


class MapContract(Kind):
    """GeoJSON: a point for every country and role of a record, and every record."""

    def test_a_feature_for_each_country_and_role(self, client):
        answer = get(client, at(self.page, f"columns=title,key&{LETTER_DAY}&format=geojson&beside=none")).getvalue()
        collection = json.loads(answer)
        assert (collection["type"], collection["validOn"]) == ("FeatureCollection", "2021-12-02")
        placed: dict[str, list] = {}
        for feature in collection["features"]:
            assert set(feature) == {"type", "id", "geometry", "properties"}
            properties = feature["properties"]
            assert set(properties) == {"title", "key", "role", "countryCode", "validOn", "knownOn"}
            code, role = properties["countryCode"], properties["role"]
            if feature["geometry"] is None:
                assert (code, role) == (None, None)
            else:
                longitude, latitude = feature["geometry"]["coordinates"]
                assert -180 <= longitude <= 180
                assert -90 <= latitude <= 90
            placed.setdefault(properties["key"], []).extend([(code, role)] if code else [])
        assert len({feature["id"] for feature in collection["features"]}) == len(collection["features"])
        rows = get(client, at(self.api, f"{LETTER_DAY}&pageSize=200&fields=key,countries")).json()["results"]
        told = {row["key"]: [(part["country"], part["role"]) for part in row["countries"]] for row in rows}
        assert placed == told


def _in_words(value) -> str:
    """A value of a cell as CSV has it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


class QueryCountContract(Kind):
    """The same number of queries for one row and for many, in every outlet."""

    MANY = 12

    def counts(self, client, paths: Sequence[str]) -> dict[str, int]:
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                read(client, path)
            found[path] = len(queries)
        return found

    @pytest.mark.slow
    def test_asks_as_much_for_many_records_as_for_few(self, client):
        question, since = f"q={WORD}&pageSize=200", "against=1990-01-01"
        every_column = ",".join(column.key for column in self.list_page.columns)
        paths = [
            at(self.page, f"{question}&columns={every_column}"),
            at(self.api, question),
            at(self.api, f"{question}&cursor="),
            *(at(self.page, f"{question}&columns={every_column}&format={name}") for name in exports.EXPORTS),
            *(at(self.statistics, f"q={WORD}&groupBy={group_by}") for group_by in (*GROUP_BY, "country,year")),
            *(at(self.page, f"view={view}&q={WORD}&{since}") for view in COUNTED_VIEWS),
            *(at(self.page, f"view={view}&q={WORD}&{since}&format=csv") for view in COUNTED_VIEWS),
            at(self.page, f"view=chart&groupBy=year&q={WORD}"),
            at(self.changes, f"{question}&{since}"),
        ]
        self.many(1)
        one = self.counts(client, paths)
        self.many(self.MANY - 1)
        assert get(client, at(self.api, question)).json()["count"] == self.MANY
        assert self.counts(client, paths) == one

    def test_of_a_record(self, client):
        (record,) = self.many(1)
        paths = (self.page_of(record.key), self.api_of(record.key))
        one = self.counts(client, paths)
        for number in range(4):
            sources = [SourceFactory() for _ in range(3)]
            made = milestone(record, self.milestone, "2020-01-01", sources[0], key=f"more-{number}")
            made.save()
            made.also_sources.set(sources)
            record.citations.create(field=f"milestones.more-{number}", source=sources[1])
            record.relations.create(type="related_to", to=self.factory())
            self.factory().relations.create(type="related_to", to=record)
            record.disputes.create(field=made.key).claims.create(value="2020", source=sources[2])
            record.commitments.create(what_nl=WORD, made_in=sources[0], fulfilled_by=sources[1])
        assert self.counts(client, paths) == one


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
