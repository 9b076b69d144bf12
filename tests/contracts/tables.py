"""The export of a view that shows a table: exactly that table, in every format, of all that was found."""

import html
import json
import re
from html.parser import HTMLParser

import pytest
from django.utils.translation import gettext as _t
from django.utils.translation import override

from cooperation.register.charts import MOST_BARS
from cooperation.register.exports import EXPORTS
from cooperation.register.views.layouts import pivot

from .agreement import CLOCKS, every_row
from .kind import COUNTED_VIEWS, LETTER_DAY
from .outlets import at, csv_rows, get, read, sheet_rows, text_of
from .seeing import COMPARED, SeeingContract

COUNTS = (
    "view=map",
    "view=chart",
    "view=chart&groupBy=stage",
    "view=chart&groupBy=year",
    "view=pivot",
    "view=pivot&groupBy=organisation,kind",
    "view=pivot&groupBy=region,year",
    "view=pivot&groupBy=year,stage",
)
DOUBT = re.compile(r" \(uncertain\)| \(onzeker\)| , not certain| , niet zeker")
FORMATS_OF = {view: [name for name in EXPORTS if name != "geojson" or view == "map"] for view in COUNTED_VIEWS}


class Tables(HTMLParser):
    """The tables of a page, as rows of texts: without drawings and numbers of sources, parts of a cell on lines."""

    def __init__(self, page: str):
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.is_in_cell = self.is_in_mark = False
        self.drawings = 0  # that are open
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.is_in_mark = ("class", "source-mark") in attributes
        if tag == "svg":
            self.drawings += 1
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.is_in_cell = True
        elif tag in ("li", "span") and self.is_in_cell:
            self.tables[-1][-1][-1] += "\n"

    def handle_endtag(self, tag):
        self.is_in_mark = False
        if tag == "svg":
            self.drawings -= 1
        elif tag in ("td", "th"):
            self.is_in_cell = False
            lines = (" ".join(line.split()) for line in self.tables[-1][-1][-1].split("\n"))
            self.tables[-1][-1][-1] = "\n".join(filter(None, lines))

    def handle_data(self, data):
        if self.is_in_cell and not self.is_in_mark and not self.drawings:
            self.tables[-1][-1][-1] += " ".join(f"|{data}|".split())[1:-1]


class TableContract(SeeingContract):
    """Views that show a table are exported as that table."""

    # --- counts ------------------------------------------------------------------------------------------------------

    def table_on_page(self, client, query: str, language: str) -> list[list[str]]:
        """The table of numbers on a page, its head first."""
        answer = read(client, at(self.page, query), language=language).partition('id="below"')[0]
        tables = Tables(answer).tables
        return tables[-1] if tables else []

    @pytest.mark.parametrize("view", COUNTS)
    @pytest.mark.slow
    def test_the_export_of_counts_is_the_table_on_the_page(self, client, monkeypatch, view):
        monkeypatch.setattr(pivot, "MOST_COLUMNS", 10_000)
        seen = 0
        for (valid_on, known_on), language in zip(CLOCKS, ("en", "nl", "en"), strict=True):
            query = f"{view}&validOn={valid_on}&knownOn={known_on}"
            shown, exported = self.table_on_page(client, query, language), csv_rows(client, self.page, query, language)
            if shown:
                is_bars = "view=chart" in view and "=year" not in view
                expected = of_bars(exported, language)[: MOST_BARS + 1] if is_bars else of_counts(exported, language)
                assert expected == shown, query
                seen += len(shown)
        assert seen or not get(client, at(self.api, LETTER_DAY)).json()["count"]

    @pytest.mark.parametrize("view", COUNTS)
    def test_every_format_has_the_table(self, client, view):
        query = f"{view}&{LETTER_DAY}"
        head, *rows = csv_rows(client, self.page, query)
        numbers = [[cell, *(int(n) if n else None for n in more)] for cell, *more in rows]
        for extension in ("xlsx", "ods"):
            assert sheet_rows(client, self.page, query, extension=extension) == [head, *numbers]
        answer = json.loads(get(client, at(self.page, f"{query}&format=json")).getvalue())
        assert [column["label"] for column in answer["columns"]] == head
        keys = [column["key"] for column in answer["columns"]]
        assert len(set(keys)) == len(keys)
        total = [answer["total"]] if "total" in answer else []
        assert [[row[key] for key in keys] for row in [*answer["rows"], *total]] == numbers
        assert ("total" in answer) == ("pivot" in view)
        table, _empty, cited = read(client, at(self.page, f"{query}&format=txt")).rpartition("\n\n")
        words = re.sub("^[- ]+$", "", table, count=1, flags=re.MULTILINE).split()
        assert sorted(words) == sorted(" ".join(map(" ".join, [head, *rows])).split())
        assert cited.strip() == answer["citation"]

    def test_keys_are_those_of_the_api(self, client):
        for names in (("country", "stage"), ("organisation", "kind"), ("region", "year"), ("year", "theme")):
            down, across = names
            clock = f"headers=keys&{LETTER_DAY}"
            head, *rows, total = csv_rows(client, self.page, f"view=pivot&groupBy={down},{across}&{clock}")
            standing = "" if "year" in names else "&standing=true"
            answer = get(client, at(self.statistics, f"groupBy={down},{across}&{LETTER_DAY}{standing}")).json()
            assert (head[0], head[-1].removesuffix(".possible"), total[0]) == (down, "total", "total")
            counted = {
                (row[0] or None, key): number
                for row in rows
                for key, number in zip(head[1:], row[1:], strict=True)
                if int(number or 0) and not key.startswith("total")
            }
            expected = {}
            for group in answer["groups"]:
                for inner in group["groups"]:
                    key = f"{across}.{inner['value'] or 'none'}"
                    year = {down: group["value"], across: inner["value"]}.get("year")
                    for name, field in (("", "certain"), (".possible", "possible")) if year else (("", "count"),):
                        if inner[field]:
                            expected[group["value"], key + name] = str(inner[field])
            assert counted == expected, names
            by_key = dict(zip(head, total, strict=True))
            assert int(by_key["total"]) == answer["total"]
            for group in answer["totals"]:
                of_column = [by_key.get(f"{across}.{group['value'] or 'none'}{name}") for name in ("", ".possible")]
                assert sum(int(number or 0) for number in of_column) == group["count"]

    def test_what_is_left_out_on_the_page_is_in_the_export(self, client, monkeypatch):
        query = f"view=pivot&groupBy=organisation,country&{LETTER_DAY}"
        whole = csv_rows(client, self.page, query)
        monkeypatch.setattr(pivot, "MOST_COLUMNS", 1)
        monkeypatch.setattr(pivot, "MOST_ROWS", 1)
        assert csv_rows(client, self.page, query) == whole
        assert len(self.table_on_page(client, query, "en")) <= 3
        assert {len(row) for row in self.table_on_page(client, query, "en")} <= {3}

    def test_the_map_is_one_of_points(self, client):
        query = f"view=map&{LETTER_DAY}"
        collection = json.loads(get(client, at(self.page, f"{query}&format=geojson")).getvalue())
        head, *rows = csv_rows(client, self.page, f"{query}&headers=keys")
        assert [
            [feature["id"], *(str(feature["properties"][key]) for key in head[1:])]
            for feature in collection["features"]
        ] == rows
        names = [name for name, *_numbers in csv_rows(client, self.page, query)[1:]]
        assert [feature["properties"]["country"] for feature in collection["features"]] == names
        for feature in collection["features"]:
            assert feature["geometry"]["type"] == "Point"
            assert (feature["id"], "2021-12-02") == (
                feature["properties"]["countryCode"],
                feature["properties"]["validOn"],
            )

    # --- what changed ------------------------------------------------------------------------------------------------

    def shown_changes(self, client, query: str, language: str) -> list[list[str]]:
        """What came, went and changed on all pages: change, title, kind, then, now and what happened, each as text."""
        found, number = [], 1
        while True:
            page = read(client, at(self.page, f"{query}&pageSize=40&page={number}"), language=language)
            for part in re.findall(r'<section class="changes__part".*?</section>', page, re.DOTALL):
                title = html.unescape(re.search(r"<h3[^>]*>(.*?) <span", part)[1])
                for _head, *rows in Tables(part).tables:
                    for record, then, now, happened in rows:
                        record, kind = record.rsplit("\n", 1)
                        stages = [" ".join(stage.split("\n")) for stage in (then, now)]
                        is_none = happened.startswith("·\n")  # which stands for nothing
                        found.append([title, record, kind, *stages, "" if is_none else happened])
            if 'rel="next"' not in page:
                return found
            number += 1

    @pytest.mark.parametrize(("days", "language"), [*zip(COMPARED, ("en", "nl") * 3, strict=True)])
    @pytest.mark.slow
    def test_the_export_of_changes_is_what_all_pages_show(self, client, days, language):
        valid_on, known_on, against, against_known_on = days
        query = (
            f"view=changes&validOn={valid_on}&knownOn={known_on}&against={against}&againstKnownOn={against_known_on}"
        )
        shown = self.shown_changes(client, query, language)
        _head, *rows = json_rows(client, at(self.page, query), language)
        assert [
            [change, " ".join(title.split()), kind, "\n".join(" ".join(line.split()) for line in happened)]
            for change, _key, title, kind, _then, _now, _differs, happened in rows
        ] == [[change, title, kind, happened] for change, title, kind, _then, _now, happened in shown]
        for row, of_page in zip(rows, shown, strict=True):
            for stage, badge in ((row[4], of_page[3]), (row[5], of_page[4])):
                assert DOUBT.sub("", stage) == DOUBT.sub("", badge)
                # A stage on no rung has no doubt in its badge.
                assert bool(DOUBT.search(stage)) >= bool(DOUBT.search(badge))
        _head, *in_keys = json_rows(client, at(self.page, f"{query}&headers=keys"), language)
        answered = every_row(client, at(self.changes, query.replace("view=changes", f"lang={language}")))
        assert [row[:2] for row in in_keys] == [[row["change"], row["key"]] for row in answered]
        for row, result in zip(in_keys, answered, strict=True):
            _change, _key, _title, kind, *standing, differs, happened = row
            assert (kind, differs) == (result["kind"], result["differs"])
            assert standing == [
                (result[side] or {}).get(name) for side in ("then", "now") for name in ("stage", "stageCertain")
            ]
            events = [line for line in happened if not line.startswith(("came: ", "left: "))]
            assert [line.removesuffix(" (expected)") for line in events] == [
                f"{event['date']['edtf']} {event['kind']}" for event in result["events"]
            ]

    def test_every_format_has_the_changes(self, client):
        query = f"view=changes&{LETTER_DAY}&against=2015-09-08"
        in_json, in_csv = json_rows(client, at(self.page, query), "en"), csv_rows(client, self.page, query)
        cells = [["; ".join(cell) if isinstance(cell, list) else cell for cell in row] for row in in_json]
        assert [[" ".join(cell.removeprefix("'").split()) for cell in row] for row in in_csv] == [
            [" ".join(cell.split()) for cell in row] for row in cells
        ]
        assert len(in_csv) == 1 + get(client, at(self.changes, query.replace("view=changes&", ""))).json()["count"]
        for extension in ("xlsx", "ods"):
            rows = sheet_rows(client, self.page, query, extension=extension)
            assert [[cell or "" for cell in row] for row in rows] == cells
        text = read(client, at(self.page, f"{query}&format=txt"))
        assert {key for _change, key, *_more in in_csv[1:]} <= set(text.split())

    # --- all of them -------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("view", COUNTED_VIEWS)
    def test_a_view_offers_what_it_can_be_exported_in(self, client, view):
        page = read(client, at(self.page, f"view={view}&{LETTER_DAY}"))
        offered = re.findall(r'<a href="([^"]*&amp;format=([^"&]+)[^"]*)">', page)
        assert [name for _address, name in offered] == FORMATS_OF[view]
        for address, name in offered:
            answer = get(client, self.page + html.unescape(address))
            assert f'filename="{self.model.RESOURCE}-{view}-2021-12-02.{name}"' in answer["Content-Disposition"]
            text_of(answer)
        if "geojson" not in FORMATS_OF[view]:
            assert "geojson" in read(client, at(self.page, f"view={view}&format=geojson"), status=400)
        # The API has statistics and changes for that: there `format` gives the rows.
        for extension in ("csv", "geojson"):
            rows = read(client, at(self.api, f"{LETTER_DAY}&columns=key&format={extension}"))
            asked = read(client, at(self.api, f"{LETTER_DAY}&columns=key&format={extension}&view={view}"))
            assert (
                asked.replace(f'"view": ["{view}"], ', "")
                .replace(f', "view": ["{view}"]', "")
                .replace(f"&view={view}", "")
                == rows
            )

    def test_a_view_of_rows_is_exported_as_the_rows(self, client):
        rows = csv_rows(client, self.page, LETTER_DAY)
        for view in set(self.list_page.views) - {*COUNTED_VIEWS}:
            assert csv_rows(client, self.page, f"view={view}&{LETTER_DAY}") == rows

    @pytest.mark.parametrize("view", ["map", "chart", "pivot&groupBy=stage,year", "changes&against=2015-09-08"])
    def test_says_what_was_asked_and_is_cited_with_what_it_is_about(self, client, view):
        query = f"view={view}&{LETTER_DAY}"
        count = get(client, at(self.api, LETTER_DAY)).json()["count"]
        rows, asked = (sheet_rows(client, self.page, query, sheet=number) for number in range(2))
        facts = dict(asked[1:])
        assert (facts["view"], facts["Rows"]) == (view.partition("&")[0], len(rows) - 1)
        assert [str(facts[name].date()) for name in ("validOn", "knownOn")] == ["2021-12-02", "2021-12-02"]
        if "changes" in view:
            assert [str(facts[name].date()) for name in ("against", "againstKnownOn")] == ["2015-09-08", "2021-12-02"]
        answer = json.loads(get(client, at(self.page, f"{query}&format=json")).getvalue())
        assert answer["count"] == count
        for cited in (facts["To cite"], answer["citation"]):
            assert cited.startswith(f"{count} ")
            address = cited.rpartition(", ")[2]
            again = json.loads(get(client, f"{address.removeprefix('http://testserver')}&format=json").getvalue())
            assert (again["rows"], again["columns"]) == (answer["rows"], answer["columns"])
        assert html.escape(answer["citation"]) in read(client, at(self.page, query))

    @pytest.mark.parametrize("language", ["nl", "en"])
    @pytest.mark.slow
    def test_of_nothing_there_is_a_table_without_rows(self, client, language):
        for query in ("q=zzzz", "validOn=0001-01-01&knownOn=0001-01-01&against=0001-01-01"):
            for view, extensions in FORMATS_OF.items():
                for extension in extensions:
                    answer = get(client, at(self.page, f"view={view}&{query}&format={extension}"), language=language)
                    content = text_of(answer)
                    if extension == "json":
                        found = json.loads(get(client, at(self.page, f"view={view}&{query}&format=json")).getvalue())
                        assert (found["rows"], found["count"]) == ([], 0)
                        assert content
                (head, *rows) = csv_rows(client, self.page, f"view={view}&{query}", language)
                assert head
                assert [row[1:] for row in rows] == ([["0"]] if view == "pivot" else [])


def json_rows(client, address: str, language: str) -> list[list]:
    """The rows of an export in JSON, its head first."""
    answer = json.loads(get(client, f"{address}&format=json", language=language).getvalue())
    keys = [column["key"] for column in answer["columns"]]
    return [[column["label"] for column in answer["columns"]], *([row[key] for key in keys] for row in answer["rows"])]


def of_counts(exported: list[list[str]], language: str) -> list[list[str]]:
    """How a page shows these counts: what is only possible behind what is certain."""
    head, *rows = exported
    columns, places = [head[0]], []
    with override(language):
        only_possible, possible = _t("%s, only possible"), _t("possible")
    for place, label in enumerate(head[1:], 1):
        if label == only_possible % columns[-1]:
            places[-1].append(place)
        else:
            columns.append(label)
            places.append([place])

    def cell(row: list[str], place: list[int]) -> str:
        certain, *more = (row[number] for number in place)
        if not any(int(number or 0) for number in (certain, *more)):
            return "0"
        return f"{certain}\n+{more[0]}\n{possible}" if more and int(more[0] or 0) else certain

    return [columns, *([row[0], *(cell(row, place) for place in places)] for row in rows)]


def of_bars(exported: list[list[str]], language: str) -> list[list[str]]:
    """How a page shows these counts as bars: how many there are by stage in words."""
    head, *rows = exported
    by_stage = [(place, label) for place, label in enumerate(head) if place > 1]
    with override(language):
        shown = [[head[0], head[1], _t("By stage")]]
    for row in rows:
        words = [f"{row[place]} {label}".lower() for place, label in by_stage if int(row[place])]
        words = words if by_stage else [f"{row[1]} {row[0]}".lower()]  # the groups are the stages themselves
        shown.append([row[0], row[1], ", ".join(words)])
    return shown
