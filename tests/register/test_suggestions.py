"""One box answers: what the words name stands above the results, on the day that they name; and parts as hits."""

import html
import re
from datetime import date
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.register import actions
from cooperation.register.domain.days import day_in
from cooperation.register.models import Instrument
from tests.contracts.kind import WORD, milestone
from tests.contracts.outlets import read
from tests.factories import PlacementFactory, SourceFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("albanië 2 dec 2021", date(2021, 12, 2), "albanië"),
        ("albanië op 2 december 2021", date(2021, 12, 2), "albanië"),
        ("Albania on December 2nd, 2021", date(2021, 12, 2), "Albania"),
        ("2-12-2021 albanië", date(2021, 12, 2), "albanië"),
        ("02/12/2021 albanië", date(2021, 12, 2), "albanië"),
        ("albanië 2021-12-02 mou", date(2021, 12, 2), "albanië mou"),
        ("prüm ii maart 2024", date(2024, 3, 31), "prüm ii"),
        ("prüm ii 2024-02", date(2024, 2, 29), "prüm ii"),
        ("mei 2020 mous", date(2020, 5, 31), "mous"),
        ("albania 2021", date(2021, 12, 31), "albania"),
        ("albania 2026", TODAY, "albania"),
        ("albania december 2026", date(2026, 12, 31), "albania"),
        ("2 dec 2021", date(2021, 12, 2), ""),
        ("31 februari 2021", None, "31 februari 2021"),
        ("EMPACT 2022-2025", None, "EMPACT 2022-2025"),
        ("COM(2021) 784", None, "COM(2021) 784"),
        ("29628 nr 1053", None, "29628 nr 1053"),
        ("2022/991", None, "2022/991"),
        ("maart", None, "maart"),
    ],
)
def test_a_day_within_words(text, day, rest):
    assert day_in(text, TODAY) == (day, rest)


def suggested(client, words: str, language: str = "nl", more: str = "") -> list[tuple[str, str]]:
    page = read(client, f"/search/?{urlencode({'q': words})}{more}", language=language)
    above = re.search(r'class="suggested">(.*?)</p>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]*)">(.*?)</a>', above[1]) if above else []
    return [(html.unescape(url), html.unescape(text)) for url, text in links]


@pytest.mark.parametrize(
    ("words", "path", "text"),
    [
        ("albanië 2 dec 2021", "/countries/AL/?validOn=2021-12-02&knownOn=", "Albanië op 2 december 2021"),
        ("prüm ii maart 2024", "/eu/prum-ii-verordening/?validOn=2024-03-31&knownOn=", "Prüm II op 31 maart 2024"),
        ("COM(2021) 784", "/eu/prum-ii-verordening/", "Prüm II"),
        ("29628 nr 1053", "/sources/brief-2021-12-02/", ""),
        ("prum 2", "/eu/prum-ii-verordening/", "Prüm II"),
        ("Trb. 2018, 160", "/benelux/benelux-2018/", ""),
        ("europol", "/organisations/europol/", "Europol"),
        ("2 dec 2021", "/?validOn=2021-12-02&knownOn=", "Het register op 2 december 2021"),
    ],
)
def test_what_is_meant_is_the_first_suggestion(client, words, path, text):
    links = suggested(client, words)
    assert 1 <= len(links) <= 3
    assert links[0][0].startswith(path)
    assert text in links[0][1]
    assert read(client, links[0][0])


def test_the_search_on_the_day_that_is_named_is_suggested_too(client):
    (_country, (url, text)) = suggested(client, "Albania 2 December 2021", "en")
    assert text == "Search for “Albania” on 2 December 2021"
    assert url.startswith("/search/?q=Albania&validOn=2021-12-02")


def test_the_clock_of_the_question_stays(client):
    links = suggested(client, "albanië maart 2021", more="&validOn=2021-12-02&knownOn=2021-12-02")
    assert links[0][0] == "/countries/AL/?validOn=2021-03-31&knownOn=2021-12-02"


def test_what_has_only_the_words_in_it_is_not_suggested(client):
    assert suggested(client, "politie") == suggested(client, "liaisonofficier") == []


# --- commitments and milestones --------------------------------------------------------------------------------------


def parts(client, words: str, more: str = "") -> str:
    page = read(client, f"/search/?{urlencode({'q': words})}{more}", language="nl")
    return " ".join(re.findall(r'<ul class="parts">(.*?)</ul>', page, re.DOTALL))


@pytest.fixture
def promising():
    record = PlacementFactory(key="test-promises", title_nl="Zzpost", title_en="", hosts=["NZ"])
    record.commitments.create(what_nl="Zzqnota volgt", what_en="", made_in=SourceFactory(published="2022-03-04"))
    later = {"known_from": date(2022, 1, 1), "note_nl": "Zzqnoot"}
    milestone(record, "observed", "2021-05-05", SourceFactory(), key="late", **later).save()
    actions.rewrite_words([record])
    return record


def test_commitments_and_milestones_are_hits_of_their_own(client, promising):
    path = promising.get_absolute_url()
    assert f'href="{path}#commitments"><mark>Zzqnota</mark> volgt' in parts(client, "zzqnota")
    assert f'href="{path}#commitments"' in parts(client, "toezegging zzpost")
    assert "/commitments/?q=toezegging+zzpost" in parts(client, "toezegging zzpost")
    assert f'href="{path}#milestone-late"' in parts(client, "zzpost zzqnoot")
    assert parts(client, "zzpost") == ""  # the name of the record is the record
    assert "Samenwerkingsteam (RST)" in parts(client, "toezegging RST").split("</li>")[0]


def test_they_are_hits_from_the_day_on_which_they_were_known(client, promising):
    for day, words in (("2022-03-03", "zzqnota"), ("2021-12-31", "zzqnoot")):
        assert parts(client, words)
        assert not parts(client, words, f"&validOn={day}&knownOn={day}")
        assert not parts(client, "zzpost", f"&validOn={day}&knownOn={day}")


@pytest.mark.slow
def test_what_is_hidden_is_no_hit_no_suggestion_and_decides_nothing(client):
    asked = ["zzqnota", "toezegging zzpost", "zzpost zzqnoot", "Zzpost 2021", "Zzpost", "zzpst", "COM(2031) 777"]
    paths = [f"/search/?{urlencode({'q': words})}" for words in asked]
    before = [read(client, path) for path in paths]
    record = PlacementFactory(key="test-promises", title_nl="Zzpost", title_en="", internal=True)
    record.commitments.create(what_nl="Zzqnota volgt", what_en="", made_in=SourceFactory())
    milestone(record, "observed", "2021-05-05", SourceFactory(), key="m", reference="COM(2031) 777").save()
    actions.rewrite_words([record])
    assert [read(client, path) for path in paths] == before
    Instrument.objects.filter(pk=record.pk).update(classification="public")
    assert all(new != old for new, old in zip([read(client, path) for path in paths], before, strict=True))


@pytest.mark.slow
def test_as_many_queries_for_many_as_for_one(client):
    paths = [f"/search/?q={words}" for words in (f"toezegging+{WORD}", f"{WORD}+2021", f"{WORD}+actief", "zzqwxprofe")]

    def made(number: int) -> None:
        record = PlacementFactory(title_nl=f"{WORD} {number}", title_en="", hosts=["NZ"])
        record.commitments.create(what_nl=f"{WORD} {number}", what_en="", made_in=source)
        actions.rewrite_words([record])

    def count() -> list[int]:
        counted = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                read(client, path)
            counted.append(len(queries))
        return counted

    source = SourceFactory()
    made(0)
    few = count()
    for number in range(1, 12):
        made(number)
    assert count() == few
