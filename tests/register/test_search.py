"""Search over everything: whatever the spelling the record is found, best first, with the passage marked."""

import html
import json
import re
from datetime import date, timedelta
from itertools import permutations
from random import Random
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from cooperation.register import actions
from cooperation.register.domain import references
from cooperation.register.domain.clock import Clock
from cooperation.register.exports import EXPORTS
from cooperation.register.features.search import SearchPage
from cooperation.register.lists.aggregates import GROUP_BY
from cooperation.register.models import Instrument, Organisation, kinds
from cooperation.register.search.highlight import marked, passage
from cooperation.register.search.query import Words
from tests.contracts.kind import WORD, milestone
from tests.contracts.outlets import api_keys, csv_keys, get, page_keys, read, read_on
from tests.factories import EUProposalFactory, PlacementFactory, SourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

PRUM, BENELUX = "prum-ii-verordening", "benelux-2018"
API = "/api/v1/instruments"

FOUND_FIRST = [
    ("COM(2021) 784", PRUM),
    ("COM(2021)784", PRUM),
    ("COM (2021) 784", PRUM),
    ("com/2021/784 final", PRUM),
    ("52021PC0784", PRUM),
    ("52021pc0784", PRUM),
    ("2021/0410(COD)", PRUM),
    ("2021/0410 (COD)", PRUM),
    ("kst-22112-3292", PRUM),
    ("22 112, nr. 3292", PRUM),
    ("Kamerstuk 22112 nr. 3292", PRUM),
    ("Kamerstukken II 2021/22, 22 112, nr. 3292", PRUM),
    ("Verordening (EU) 2024/982", PRUM),
    ("prüm", PRUM),
    ("prum", PRUM),
    ("PRÜM II", PRUM),
    ("Trb. 2018, 160", BENELUX),
    ("Trb 2018 160", BENELUX),
    ("trb. 2018 nr. 160", BENELUX),
    ("trb-2018-160", BENELUX),
]


@pytest.mark.parametrize(("words", "key"), FOUND_FIRST)
def test_the_record_is_found_first_in_whatever_spelling(client, words, key):
    assert api_keys(client, API, urlencode({"q": words}))[0] == key


@pytest.mark.parametrize("words", ["29 628, nr. 1053", "29628 nr 1053", "kst-29628-1053", "Kamerstuk 29 628, nr. 1053"])
def test_a_letter_finds_every_record_that_it_speaks_of(client, words):
    cited = set(api_keys(client, API, "source=brief-2021-12-02&pageSize=200"))
    assert set(api_keys(client, API, urlencode({"q": words, "pageSize": 200}))) >= cited != set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("verdragen", "verdrag"),
        ("agreements", "agreement"),
        ("proposals", "proposal"),
        ("voorstellen", "voorstel"),
        ("brieven", "brief"),
    ],
)
def test_another_form_of_the_word_finds_it_too(one, other):
    record = PlacementFactory(title_nl=f"{WORD} {other}", title_en="")
    assert Instrument.objects.matching(Words(f"{WORD} {one}"), Clock.on()).filter(key=record.key).exists()


def test_the_words_in_the_title_come_before_those_elsewhere(client):
    for key, values in {
        "test-summary": {"title_nl": "a", "title_en": "a", "summary_en": f"about {WORD} and so on"},
        "test-both": {"title_nl": f"{WORD} b", "title_en": f"{WORD} b", "summary_en": f"{WORD} {WORD}"},
        "test-other": {"title_nl": "zzqwxpruef", "title_en": ""},  # something else than a word that is there
    }.items():
        PlacementFactory(key=key, **values)
    keys = api_keys(client, API, f"q={WORD}")
    assert keys == ["test-both", "test-summary"]
    assert api_keys(client, API, f"q={WORD}&sort=key") == sorted(keys)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "'\"%\\_/0a1ĳ🙂-−„",
            "!!!",
            "&|!():*<->",
            "a:*",
            "(a",
            "[a",
            "( )",
            "-- ;drop",
            "x" * 200,
            "de",
            "the",
            '""',
            '-""',
        ),
        *(
            '"',
            '"a',
            '-"a',
            "-",
            "--a",
            "-a",
            "-a -b",
            "a & !b | c",
            r"\'a\\'",
            '"a <-> b"',
            "'",
            "a-" * 100,
            "-(a)",
            "-de",
        ),
        *(
            "-29628-1053",
            '"29 628, nr. 1053"',
            "“a” „b” «c»",
            "İstanbul",
            "ﷺ" * 11,
            "\u0301",
            "a\u00a0b",
            "x" * 101 + " -" + "x" * 90,
        ),
    ],
)
def test_no_word_is_an_error(client, words):
    get(client, f"{API}?{urlencode({'q': words})}")
    get(client, f"/search/?{urlencode({'q': words})}")


def test_a_word_that_says_nothing_hinders_nothing():
    record = PlacementFactory(title_nl=WORD, title_en=WORD)
    assert Instrument.objects.matching(Words(f"the {WORD} van het"), Clock.on()).get().pk == record.pk


# --- phrases and exclusions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted", "excluded"),
    [
        ("politie Albanië", ["politie", "albanie"], []),
        ('"liaison officer" politie', ['"liaison officer"', "politie"], []),
        ('-"liaison officer" -politie', [], ['"liaison officer"', "politie"]),
        ("“liaison officer” „de politie” «in Tirana»", ['"liaison officer"', '"de politie"', '"in tirana"'], []),
        ('politie "liaison off', ['"liaison off"', "politie"], []),
        ('"" politie -"" -', ["politie"], []),
        ('"!" -? ...', [], []),
        ("e-evidence", ["e evidence"], []),
        ("-e-evidence", [], ["e evidence"]),
        ("politie−samenwerking −post", ["politie samenwerking"], ["post"]),
        ("Benelux - verdrag", ["benelux", "verdrag"], []),
        ("(-verdrag)", ["verdrag"], []),
        ("-29628-1053", [], ["/29628-1053"]),
        ("-kst-29628-1053 politie", ["politie"], ["/29628-1053"]),
        ("Kamerstukken 29 628, nr. 1053 -COM(2021)784", ["/29628-1053"], ["/com-2021-784"]),
        ('"29 628, nr. 1053"', ["/29628-1053"], []),
        ("de politie van het", ["politie"], []),
        ("de van", ["de", "van"], []),
        ("the -verdrag", [], ["verdrag"]),
        ("politie politie POLITIE", ["politie"], []),
        ("een_woord", ["een woord"], []),
    ],
)
def test_what_a_question_asks(text, wanted, excluded):
    def shown(term):
        words = " ".join(term.words)
        return f"/{term.reference}" if term.reference else f'"{words}"' if term.exact else words

    words = Words(text)
    assert [shown(term) for term in words.wanted] == wanted
    assert [shown(term) for term in words.excluded] == excluded


def found(words: str, known_on: str = "") -> set[str]:
    clock = Clock.on(None, date.fromisoformat(known_on) if known_on else None)
    records = Instrument.objects.on(clock).matching(Words(words), clock)
    return set(records.filter(key__startswith="test-").values_list("key", flat=True))


@pytest.fixture
def three():
    PlacementFactory(key="test-a", title_nl=f"{WORD} een rode vuurtoren", title_en="", summary_nl="Een licht op zee")
    PlacementFactory(key="test-b", title_nl=f"{WORD} een vuurtoren, rode", title_en="", summary_nl="Zeelicht")
    PlacementFactory(key="test-c", title_nl=f"{WORD} Vuurtoren", title_en="Red", summary_nl="rode")


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ('"rode vuurtoren"', "a"),
        ('"Rode  VUURTOREN"', "a"),
        ("rode vuurtoren", "abc"),
        ("“vuurtoren rode”", "b"),  # with a comma between: a sign is no word
        ('"vuurtoren red"', ""),  # of two texts
        ('"een rode" licht', "a"),
        ('"rode vuurtorens"', ""),  # as it is written
        ("rode-vuurtorens", "a"),  # another form
        (f"{WORD} -licht", "bc"),  # and not what holds it as a part
        (f"{WORD} -vuurtorens", ""),  # another form
        (f'{WORD} -"rode vuurtoren"', "bc"),
        (f'{WORD} -"rode vuurtoren" -zeelicht', "c"),
        (f"{WORD} licht", "ab"),
        ("vurtooren", "abc"),
    ],
)
def test_phrases_and_exclusions(three, words, keys):
    assert found(words) == {f"test-{key}" for key in keys}


def test_only_exclusions_leave_everything_else(client, three):
    everything = set(api_keys(client, API, "pageSize=200&sort=key&resource=placements"))
    without = api_keys(client, API, urlencode({"q": f"-{WORD}", "pageSize": 200, "resource": "placements"}))
    assert everything - set(without) == {"test-a", "test-b", "test-c"}
    assert api_keys(client, API, urlencode({"q": "-29628-1053 -zzqwx", "pageSize": 200, "fields": "key"}))


@pytest.mark.parametrize("words", [f'{WORD} "rode vuurtoren"', f"{WORD} -licht", f'-"rode vuurtoren" {WORD}'])
def test_page_api_export_and_statistics_agree_about_them(client, three, words):
    query = urlencode({"q": words, "sort": "key"})
    keys = api_keys(client, API, query)
    assert keys
    assert page_keys(client, "/search/", query) == csv_keys(client, "/search/", query) == keys
    assert get(client, f"/api/v1/statistics/instruments?groupBy=resource&{query}").json()["total"] == len(keys)
    assert api_keys(client, "/api/v1/placements", query) == keys


def test_a_small_error_in_a_word_that_nobody_uses_is_forgiven():
    record = PlacementFactory(title_nl="liaison officer", title_en="")
    for words in ("liason officer", "liaison ofiicer", "liaisson offiser", "officer laison"):
        assert Instrument.objects.matching(Words(words), Clock.on()).filter(pk=record.pk).exists(), words


def test_the_longest_texts_are_found():
    record = PlacementFactory(key="test-long", title_nl="Lang", title_en="")
    several = {
        "nl": " ".join(f"zz{number}q" for number in range(120_000)),
        "en": f"{'x' * 5000} {WORD} {'z ' * 40_000} zzlast",
    }
    record.notes = [several["en"], several]
    record.save()
    actions.rewrite_words([record])
    assert found(f"lang {WORD}") == found("zzlast") == found("zz5q lang") == found(f'"{WORD} z z"') == {"test-long"}


# --- two clocks ------------------------------------------------------------------------------------------------------


@pytest.fixture
def growing():
    """A record of which more became known: a note, a source, a promise, and a correction."""
    record = PlacementFactory(key="test-grows", title_nl="Groeit", title_en="", summary_nl="zzqalways")
    later = {"known_from": date(2022, 1, 1), "note_en": "zzqlater word", "reference": "COM(2022) 77"}
    source = SourceFactory(reference="kst-98765-1", published="2022-03-04")
    milestone(record, "observed", "2021-05-05", source, key="late", **later).save()
    wrong = milestone(record, "observed", "2021-06-05", SourceFactory(), key="wrong", note_en="zzqwrong")
    wrong.save()
    right = milestone(record, "observed", "2021-07-05", SourceFactory(), key="right", known_from=date(2022, 2, 1))
    right.replaces = wrong
    right.save()
    record.commitments.create(what_nl="zzqpromise", made_in=source)
    actions.rewrite_spans([record])
    actions.rewrite_words([record])
    return record


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("zzqalways", "2020-01-01", ""),
        ("zzqlater", "2022-01-01", ""),
        ('"zzqlater word"', "2022-01-01", ""),
        ("zzqlater groeit", "2022-01-01", ""),
        ("zzqlatre", "2022-01-01", ""),
        ("COM(2022) 77", "2022-01-01", ""),
        ("98765-1", "2022-01-01", ""),
        ("zzqpromise", "2022-03-04", ""),
        ("zzqwrong", "2020-01-01", "2022-01-31"),
        ("groeit -zzqlater", "2020-01-01", "2021-12-31"),
        ("groeit -zzqwrong", "2022-02-01", ""),
        ('groeit -"zzqlater word" -zzqpromise', "2020-01-01", "2021-12-31"),
    ],
)
def test_words_are_found_on_the_days_on_which_they_could_be_read(client, growing, words, first, last):
    day_before = date.fromisoformat(first) - timedelta(days=1)
    assert found(words, str(day_before)) == set()
    assert found(words, first) == found(words, last) == {"test-grows"}
    if last:
        assert found(words, str(date.fromisoformat(last) + timedelta(days=1))) == found(words) == set()
    for day, keys in ((first, {"test-grows"}), (str(day_before), set())):
        query = urlencode({"q": words, "validOn": first, "knownOn": day, "sort": "key"})
        for keys_of, outlet in (
            (api_keys, API),
            (page_keys, "/search/"),
            (csv_keys, "/search/"),
            (api_keys, "/api/v1/placements"),
        ):
            assert {key for key in keys_of(client, outlet, query) if key.startswith("test-")} == keys, outlet


def test_the_number_of_an_act_finds_it_from_the_milestone_that_brought_it():
    milestones = [("proposed", "2021-01-05"), ("published", "2023-05-05")]
    EUProposalFactory(key="test-act", milestones=milestones, com_number="COM(2021) 9876", act_number="(EU) 2023/9876")
    assert found("COM(2021) 9876", "2021-02-01") == {"test-act"}
    assert found("2023/9876", "2023-05-04") == set()
    assert found("2023/9876", "2023-05-05") == found("2023/9876") == {"test-act"}


def test_hits_on_any_day_are_what_could_be_read_that_day():
    """Against a plain reading of random records: each word is found exactly where a milestone of that day has it."""
    chance = Random(5)
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(0, 700, 140)]
    words = [f"zzq{letter * 5}" for letter in "abcd"]
    source = SourceFactory()
    for number in range(12):
        record = PlacementFactory(key=f"test-any-{number}", title_nl="x", title_en="", milestones=[])
        said = []
        for place in range(chance.randint(1, 5)):
            values = {"note_en": " ".join(chance.sample(words, 2)), "known_from": chance.choice(days)}
            one = milestone(record, "observed", str(chance.choice(days)), source, key=f"m-{place}", **values)
            one.replaces = chance.choice([None, *said])
            one.save()
            said.append(one)
        actions.rewrite_spans([record])
        actions.rewrite_words([record])
    for day in [*days, days[0] - timedelta(days=1), days[3] + timedelta(days=5)]:
        there = Instrument.objects.on(Clock(days[-1], day)).filter(key__startswith="test-any-")
        texts = {
            record.key: ", ".join(record.milestones.known_on(day).values_list("note_en", flat=True)) for record in there
        }
        for one, two in permutations(words, 2):
            fits = {
                one: [key for key, text in texts.items() if one in text],
                f"{one} {two}": [key for key, text in texts.items() if one in text and two in text],
                f"{one} -{two}": [key for key, text in texts.items() if one in text and two not in text],
                f'"{one} {two}"': [key for key, text in texts.items() if f"{one} {two}" in text],
            }
            for question, keys in fits.items():
                asked = there.matching(Words(question), Clock(days[-1], day)).values_list("key", flat=True)
                assert sorted(asked) == sorted(keys), (day, question)


def test_every_list_searches_alike(client):
    everything = set(api_keys(client, API, "q=officers&pageSize=200"))
    assert everything
    in_kinds = [
        api_keys(client, f"/api/v1/{name}", "q=officers&pageSize=200") for name in kinds() if name != "lighthouses"
    ]
    assert {key for keys in in_kinds for key in keys} == everything


@pytest.mark.parametrize(
    "question", ["q=politie", "q=verdragen&sort=-key", "stage=in_force", "resource=placements&q=tirana"]
)
def test_page_api_and_export_agree(client, question):
    exported = csv_keys(client, "/search/", question)
    assert exported
    assert page_keys(client, "/search/", question) == exported
    assert api_keys(client, API, f"{question}&pageSize=30") == exported
    assert api_keys(client, API, f"{question}&pageSize=30&cursor=") == read_on(exported, question)


def test_counts_of_everything_add_up(client):
    total = get(client, API).json()["count"]
    for group_by in (*GROUP_BY, "resource"):
        counts = get(client, f"/api/v1/statistics/instruments?groupBy={group_by}").json()
        assert counts["total"] == total
        assert all(sum(group["byStage"].values()) == group["count"] for group in counts["groups"])
    by_resource = {group["value"]: group["count"] for group in counts["groups"]}
    for name, count in by_resource.items():
        assert get(client, f"/api/v1/{name}").json()["count"] == count


def test_stages_sort_from_early_to_far_and_ends_come_last(client):
    keys = api_keys(client, API, "sort=stage&pageSize=200")
    ends = [kind.ladder.end_stages for kind in kinds().values()]
    stages = [row["stage"] for row in get(client, f"{API}?sort=-stage&pageSize=20").json()["results"]]
    assert len(keys) == get(client, API).json()["count"]
    assert all(any(stage in end for end in ends) for stage in stages)


# --- the passage -----------------------------------------------------------------------------------------------------


def test_the_passage_is_shown_with_the_words_marked_and_nothing_else_is_markup(client):
    PlacementFactory(title_nl="Iets", title_en="Thing", summary_en=f"Words <b>before</b> {WORD.upper()} & after")
    page = read(client, f"/search/?q={WORD}")
    assert f"Words &lt;b&gt;before&lt;/b&gt; <mark>{WORD.upper()}</mark> &amp; after" in page


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("Het Verdrag van Prüm", "verdragen prum", ["Verdrag", "Prüm"]),
        ("Curaçao’s “politie”", "curacao POLITIE", ["Curaçao", "politie"]),
        ("Voorstel COM(2021) 784 van 2021", "com(2021)784", ["COM(2021) 784"]),
        ("Kamerstuk 29 628, nr. 1053, blz. 3", "kst-29628-1053", ["Kamerstuk 29 628, nr. 1053"]),
        ("Straße und Æsop", "strasse aesop", ["Straße", "Æsop"]),
        ("the agreement of the police", "the agreements", ["agreement"]),
        ("the police, the police force of the police", '"the police force"', ["the police force"]),
        ("een politie-eenheid van de politie", "politie-eenheid", ["politie-eenheid"]),
        ("verdrag en politie", "politie -verdrag", ["politie"]),
        ("verdrag en politie", '-"verdrag en politie"', []),
    ],
)
def test_what_is_marked(text, words, marks):
    shown = marked(text, Words(words))
    assert re.findall("<mark>(.*?)</mark>", shown) == marks
    assert html.unescape(re.sub("</?mark>", "", shown)) == text


def test_the_passage_tells_only_what_was_known_on_the_clock(client):
    record = PlacementFactory(title_nl="Iets", title_en="Thing")
    later = {"note_en": f"later {WORD}", "known_from": "2022-06-01"}
    milestone(record, "observed", "2022-05-05", SourceFactory(), key="late", **later).save()
    actions.rewrite_words([record])
    assert "<mark>" in read(client, f"/search/?q={WORD}")
    assert "<mark>" not in read(client, f"/search/?q={WORD}&validOn=2021-12-02&knownOn=2021-12-02")


# --- what else has that name, and what is hidden ---------------------------------------------------------------------


def test_countries_organisations_and_sources_of_that_name_are_offered(client):
    page = read(client, "/search/?q=albania")
    assert 'href="/countries/AL/"' in page.split("list__main")[0].rsplit("<h1", 1)[1]
    assert 'href="/organisations/maoc-n/"' in read(client, "/search/?q=maoc")
    assert 'href="/sources/brief-2021-12-02/"' in read(client, "/search/?q=29+628,+nr.+1053")
    past = read(client, "/search/?q=albania&validOn=2021-12-02&knownOn=2021-12-02")
    assert "/countries/AL/?validOn=2021-12-02&amp;knownOn=2021-12-02" in past


@pytest.mark.slow
def test_what_is_hidden_is_in_no_row_no_passage_no_number_and_no_offer(client):
    outlets = [
        "/search/",
        f"/search/?q={WORD}",
        *(f"/search/?format={name}" for name in EXPORTS),
        *(f"/search/?view={view}&against=0001-01-01&format=csv" for view in ("map", "chart", "pivot", "changes")),
        API,
        f"{API}?q={WORD}",
        *(f"/api/v1/statistics/instruments?groupBy={group_by}" for group_by in (*GROUP_BY, "resource")),
        "/organisations/",
        *(f"/organisations/?format={name}" for name in EXPORTS),
    ]
    before = [read(client, path) for path in outlets]
    seen = {"milestones": [("observed", str(date.today()))]}  # it stands, so that charts count it
    record = PlacementFactory(
        key="test-hidden", title_nl=WORD, title_en=WORD, summary_en=WORD, internal=True, hosts=["NZ"], **seen
    )
    record.citations.create(source=SourceFactory(title=f"{WORD} source", key="test-own"))
    record.organisations.create(organisation=Organisation.objects.all()[0], role="sender")
    assert [read(client, path) for path in outlets] == before
    get(client, f"{API}/test-hidden", status=404)
    Instrument.objects.filter(pk=record.pk).update(classification="public")
    after = [read(client, path) for path in outlets]
    assert [path for path, old, new in zip(outlets, before, after, strict=True) if old == new] == []
    assert get(client, f"{API}/test-hidden").json()["resource"] == "placements"


@pytest.mark.parametrize("name", [*GROUP_BY, "resource"])
def test_the_export_of_a_crossed_table_counts_every_kind(client, name):
    other = "resource" if name != "resource" else "kind"
    stands = "" if name == "year" else "standing=true&"  # a cross table by year has every record
    answer = get(client, f"/api/v1/statistics/instruments?{stands}groupBy={name},{other}").json()
    address = f"/search/?view=pivot&groupBy={name},{other}&headers=keys&lang=en&format=json"
    exported = json.loads(get(client, address).getvalue())
    assert len({column["key"] for column in exported["columns"]}) == len(exported["columns"])
    numbers = ["total", "total.possible"] if name == "year" else ["total"]
    counted = {row[name]: sum(row[number] or 0 for number in numbers) for row in exported["rows"]}
    assert counted == {group["value"]: group["count"] for group in answer["groups"]}
    assert exported["total"]["total"] == answer["total"]


def test_as_many_queries_for_many_as_for_one(client):
    paths = [f"/search/?q={WORD}&pageSize=200", f"{API}?q={WORD}&pageSize=200", f"/search/?q={WORD}&format=csv"]

    def count() -> list[int]:
        counted = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                read(client, path)
            counted.append(len(queries))
        return counted

    PlacementFactory(title_nl=f"{WORD} 0", hosts=["NZ"])
    EUProposalFactory(title_nl=f"{WORD} 0", key="test-file")
    few = count()
    for number in range(20):
        PlacementFactory(title_nl=f"{WORD} {number}", hosts=["NZ"])
        EUProposalFactory(title_nl=f"{WORD} {number}", key=f"test-file-{number}")
    assert count() == few


def test_a_box_to_search_stands_on_every_page_and_keeps_the_clock(client):
    for path in ("/", "/placements/", "/countries/AL/", "/timeline/", "/no-such-page/"):
        page = client.get(path, headers={"accept-language": "en"}).content.decode()
        assert re.search(r'<form[^>]*role="search"[^>]*action="/search/"', page), path
    box = read(client, "/?validOn=2021-12-02&knownOn=2021-12-02").split('role="search"')[1].split("</form>")[0]
    assert 'name="validOn" value="2021-12-02"' in box


def test_brings_related_records_along(client):
    answer = get(client, f"{API}?q=prüm&expand=instruments,sources&pageSize=5").json()
    named = {relation["to"] for row in answer["results"] for relation in row["relations"]} - {None}
    assert answer["expanded"]["instruments"].keys() >= named != set()
    assert all(key == row["key"] for key, row in answer["expanded"]["instruments"].items())


def test_a_cursor_goes_with_its_words(client):
    first = get(client, f"{API}?q=politie&cursor=&pageSize=5").json()
    assert first["next"]
    cursor = QueryDict(first["next"].partition("?")[2])["cursor"]
    get(client, f"{API}?{urlencode({'q': 'verdrag', 'cursor': cursor})}", status=400)


@pytest.mark.parametrize(
    ("text", "name"),
    [("kst-29628-1053", "29628-1053"), ("A10-0109/2025", "a-10-109-2025"), ("BWBR0028079", "bwbr-28079"), ("Prüm", "")],
)
def test_one_spelling(text, name):
    assert references.spelling(text) == name


def test_a_text_without_the_words_has_no_passage(letter_day, anyone):
    question = SearchPage.ask(QueryDict("q=zzqqxx"), anyone)
    assert question.selection.count() == 0
    record = Instrument.objects.on(letter_day)[:1].fetch(letter_day, None)[0]
    assert passage(record, Words("zzqqxxnothing")) == ""
