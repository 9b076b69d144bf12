"""What a list is taken away as, whole: a workbook with all the evidence, and a page to be printed."""

import re

import pytest

from tests.contracts.hidden import COUNTRY, Hidden, Public
from tests.contracts.kind import LETTER_DAY
from tests.contracts.outlets import api_keys, get, read, row_heads, sheets_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ALBANIA = f"country=AL&{LETTER_DAY}"


def sheets(client, path: str, query: str) -> list[list[dict]]:
    """The rows of each sheet, by the keys of its columns."""
    answer = get(client, f"{path}?{query}&format=pack&headers=keys")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    return [[dict(zip(head, row, strict=True)) for row in rows] for head, *rows in sheets_in(answer.getvalue())]


def test_a_pack_holds_records_milestones_sources_and_the_question(client):
    records, milestones, sources, asked = sheets(client, "/search/", ALBANIA)
    keys = [record["key"] for record in records]
    assert keys == api_keys(client, "/api/v1/instruments", ALBANIA)
    vienna = next(record for record in records if record["key"] == "kmar-filo-wenen")
    assert "Albania: covered" in vienna["countries"]
    told = get(client, f"/api/v1/instruments?{ALBANIA}&pageSize=200").json()["results"]
    assert {
        (made["record"], made["date"] if isinstance(made["date"], str) else str(made["date"].date()))
        for made in milestones
    } == {(row["key"], made["date"]["edtf"]) for row in told for made in row["milestones"]}
    named = {source for made in milestones for source in made["source"].split("; ")}
    named |= {citation["source"] for row in told for citation in row["citations"]}
    assert {source["key"] for source in sources} == named
    assert {fact["Key"]: fact["Value"] for fact in asked}["Rows"] == len(records)


@pytest.mark.parametrize("extension", ["pack", "briefing"])
def test_what_is_hidden_is_not_in_it(client, extension):
    public = Public.make()
    path = f"/search/?country={COUNTRY}&format={extension}"
    before = text_of(get(client, path))
    hidden = Hidden.make(public, "internal", "confidential")
    assert text_of(get(client, path)) == before
    hidden.publish()
    assert text_of(get(client, path)) != before


def test_a_country_and_a_list_lead_to_it(client):
    page = read(client, f"/countries/AL/?{LETTER_DAY}")
    for extension in ("pack", "briefing"):
        (address,) = re.findall(rf'href="(/search/[^"]*format={extension}[^"]*)"', page)
        assert "country=AL" in address
        assert "validOn=2021-12-02" in address
        assert text_of(get(client, address.replace("&amp;", "&")))
        assert f"format={extension}" in read(client, "/placements/")
    assert "format=pack" not in read(client, "/sources/")


def test_a_briefing_has_every_row_with_why_it_is_there(client):
    page = read(client, f"/placements/?{ALBANIA}&pageSize=1&format=briefing")
    assert len(row_heads(page)) == 4
    assert "Why it is here" in page
    assert re.search(r"Albania: covered[^<]*", page)
    assert "Country" in page
    assert 'id="source-1"' in page
    assert "state on 2 December 2021 as known on 2 December 2021" in page
    everything = read(client, "/placements/?format=briefing")
    assert len(row_heads(everything)) == get(client, "/api/v1/placements").json()["count"] > 25
    assert "Why it is here" not in everything
