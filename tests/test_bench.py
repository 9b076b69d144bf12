"""The benchmark: what it generates is what the register would write, and its faces tell the same."""

import json
from datetime import date
from functools import partial
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import override_settings

from config.api import EVERYTHING, REFERENCE, SAVED
from config.kinds import KINDS
from cooperation.register.models import Instrument, kinds
from placements.models import Placement
from script.benchmark import agreement, databases, generate, pages, raw, slowest
from script.benchmark.vocabulary import SEARCHED, vocabulary

pytestmark = pytest.mark.slow
ROWS = 200
KNOWN_ON = date.today().isoformat()
DAYS = ("2016-09-08", "2021-12-02")


@pytest.fixture
def generated(db):
    generate.generate(ROWS, say=lambda words: None)


def test_generated_records_are_what_the_register_would_write(generated):
    assert Placement.objects.filter(key__startswith="generated-post-").count() == ROWS
    assert generate.check(sample=ROWS) == []


def test_a_record_that_the_register_would_write_otherwise_is_noticed(generated):
    Instrument.objects.filter(key="generated-post-0000007").update(title_nl="something else")
    Instrument.objects.get(key="generated-post-0000008").milestones.update(state="cancelled")
    assert generate.check(sample=ROWS) == ["generated-post-0000007: words", "generated-post-0000008: spans"]


def test_generated_records_say_that_they_are(generated):
    titles = Instrument.objects.filter(key__startswith="generated-post-").values_list("title_nl", "title_en")
    assert all(nl.startswith("Gegenereerde post ") for nl, en in titles)
    assert all(not en or en.startswith("Generated post ") for nl, en in titles)


def test_the_next_records_are_added_to_those_before(generated):
    generate.Maker(5).tables(range(5))  # counts on from what is there
    last = Instrument.objects.order_by("-pk")[0]
    assert generate.Maker(5).first_instrument == last.pk + 1


def test_only_databases_of_the_benchmark_are_touched():
    for action in (databases.make, databases.drop):
        with pytest.raises(ValueError, match="register"):
            action("register")


def test_words_are_told_apart():
    words = vocabulary()
    assert len({*words}) == len(words)
    assert all(words[place] == word for place, word in SEARCHED.items())


ONE = "generated-post-0000007"
LIST, COUNTS, DETAIL = "/api/v1/placements", "/api/v1/statistics/placements", f"/api/v1/placements/{ONE}"
PLAIN_LIST, PLAIN_COUNTS, PLAIN_DETAIL = "/placements/", "/placements/by_country/", f"/placements/{ONE}/"
BY_TITLE, BY_COUNTRY, FIFTY = {"sort": "title"}, {"groupBy": "country"}, {"pageSize": 50}
QUESTIONS = [
    (agreement.of_lists, LIST, PLAIN_LIST, {"country": "AD", **FIFTY}, BY_TITLE),
    (agreement.of_lists, LIST, PLAIN_LIST, FIFTY, BY_TITLE),
    (agreement.of_searches, LIST, PLAIN_LIST, {"q": SEARCHED[10], "country": "AD", **FIFTY}, {}),
    (agreement.of_counts, COUNTS, PLAIN_COUNTS, {}, BY_COUNTRY),
    (agreement.of_counts, COUNTS, PLAIN_COUNTS, {"kind": "mission"}, BY_COUNTRY),
    (agreement.of_details, DETAIL, PLAIN_DETAIL, {}, {}),
]


def test_the_three_faces_tell_the_same(generated, client):
    for day in DAYS:
        for agree, path, plain_path, asked, of_register in QUESTIONS:
            keys = {"validOn": day, "knownOn": KNOWN_ON, **asked}
            told = {
                "register": _read(client, f"{path}?{urlencode({**keys, **of_register})}"),
                "raw": _raw(f"{path}?{urlencode(keys)}"),
            }
            with override_settings(ROOT_URLCONF="script.benchmark.plain"):
                told["plain"] = _read(client, f"{plain_path}?{urlencode(keys)}")
            assert agree(told) == [], f"{path} {keys}"


def test_a_face_that_tells_something_else_is_noticed(generated, client):
    address = f"/api/v1/placements?{urlencode({'validOn': DAYS[0], 'knownOn': KNOWN_ON, 'sort': 'title'})}"
    told = {"register": _read(client, address), "raw": _raw(address), "plain": {"results": [], "count": 0}}
    told["raw"]["results"][3]["city"] = "elsewhere"
    faults = agreement.of_lists(told)
    assert any("results[3].city" in fault for fault in faults)
    assert any("count, plain" in fault for fault in faults)


def test_the_raw_export_is_the_export_of_the_register(generated, client):
    clock = {"validOn": DAYS[1], "knownOn": KNOWN_ON}
    columns = {
        "columns": ",".join(raw.CSV_COLUMNS),
        "headers": "keys",
        "beside": "none",
        "sort": "title",
        "format": "csv",
    }
    answer = client.get(f"/placements/?{urlencode({**clock, **columns})}")
    ours = [line for line in b"".join(answer).decode().splitlines() if line.startswith('"generated-post-')]
    with connection.cursor() as cursor:
        selected = raw.csv_sql(clock).removeprefix("COPY (").rpartition(")\nTO STDOUT")[0]
        cursor.execute(selected, raw.values_of(clock, ""))
        rows = [row for row in cursor if row[0].startswith("generated-post-")]
    assert ours == [";".join(f'"{value}"' for value in row) for row in rows]
    assert len(ours) > ROWS / 2


def _read(client, address: str):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return agreement.compared(answer.content, "http://testserver")


def _raw(address: str):
    parts = urlsplit(address)
    with connection.cursor() as cursor:
        told = raw.answer(cursor, parts.path, dict(parse_qsl(parts.query)), "http://raw")
    assert json.loads(told)
    return agreement.compared(told.encode(), "http://raw")


def test_every_page_and_every_list_of_the_api_is_measured(db):
    found = dict(pages.answers())
    assert all(f"/{path}/?view=changes" in found for path in ("placements", "eu", "interpol", "mous", "initiatives"))
    assert {"/", "/countries/AL/", "/placements/gaps/", "/search/?q=police", "/api/v1/openapi.json"} <= found.keys()
    assert {
        f"/api/v1/{name}?pageSize=25" for name in (*(kind.resource for kind in KINDS), *EVERYTHING, *REFERENCE, *SAVED)
    } <= found.keys()
    assert sum(goals == pages.DETAIL for goals in found.values()) == len(kinds())


@pytest.mark.django_db
def test_what_an_answer_costs_is_held_against_its_goals(client):
    asked = []
    themes = partial(client.get, "/api/v1/themes")
    cost = pages.measure(lambda: themes().content, lambda: asked.append("bare"), before=lambda: asked.append("written"))
    assert cost.bytes == len(client.get("/api/v1/themes").content)
    assert cost.statements > 0
    assert asked == ["written", "bare"] * (pages.WARM_UPS + pages.TIMES) + ["written"]
    cheap = pages.Cost(0.001, 0.003, 1, 10_000)
    dear = pages.Cost(0.1, 0.003, 40, 300_000)
    assert pages.Measured("/a/", pages.LIST, cheap, cheap).missed() == []
    one = pages.Measured("/b/", pages.LIST, dear, dear)
    assert one.missed() == ["first", "first statements", "again", "again statements", "kB"]
    report = pages.table([one])
    assert "1 u = 3.00 ms" in report
    assert "| `/b/` | 100.0 | 33.3 | 40 | 100.0 | 33.3 | 40 | 300.0 |" in report


def test_only_an_answer_that_is_right_is_measured():
    def handler(environ, start_response):
        found = environ["PATH_INFO"] == "/here/"
        start_response("200 OK" if found else "404 Not Found", [])
        return BytesIO(b"here")

    ask = pages.asker(handler)
    assert ask("/here/") == b"here"
    with pytest.raises(ValueError, match="404"):
        ask("/not-here/")


def test_every_list_is_asked_in_each_view_and_format_for_the_slowest(db):
    found = [*slowest.addresses()]
    assert len(found) == len({*found})
    assert {
        "/placements/?view=changes&against=0001-01-01&format=xlsx",
        "/search/?view=table&format=ods",
        "/timeline/?view=months&format=ics",
        "/api/v1/changes/mous?against=0001-01-01",
        "/countries/BE/",
    } <= {*found}


@pytest.mark.django_db
def test_the_slowest_are_told_first_with_what_they_took():
    def handler(environ, start_response):
        start_response("200 OK", [])
        return BytesIO(b"here")

    one = slowest.ask(handler, "/here/")
    assert (one.status, one.bytes) == (200, 4)
    late = slowest.Asked("/late/", 200, 12, 11, 2_000_000, 3 * slowest.MIB)
    rows = slowest.table([one, late], unit=0.004).splitlines()
    assert rows[0].startswith("1 u = 4.00 ms. Of 2 answers 1 took at most 10 s;")
    assert rows[4] == "| `/late/` | 200 | 12.00 | 1.20 | 3000 | 11.00 | 2.00 | 3 | NOT met |"
