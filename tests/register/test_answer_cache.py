"""The answer cache: an answer that is kept is the one that would be made now for this reader, or it is not used."""

import gzip
import re
from datetime import date
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cooperation.register import actions
from cooperation.register.domain import clock
from cooperation.register.models import Instrument, RegisterVersion, SavedView
from tests.contracts.kind import WORD
from tests.factories import CountryRoleFactory, PlacementFactory

pytestmark = pytest.mark.django_db

KEY, COUNTRY = "test-kept", "NZ"
PAGES = (
    "/",
    "/placements/",
    f"/placements/?q={WORD}",
    "/placements/?view=map",
    f"/placements/{KEY}/",
    "/placements/gaps/",
    f"/countries/{COUNTRY}/",
    f"/search/?q={WORD}",
    "/timeline/",
    "/benelux/",
)
API = (
    "/api/v1/placements",
    f"/api/v1/placements?q={WORD}",
    f"/api/v1/placements/{KEY}",
    f"/api/v1/instruments?q={WORD}",
    "/api/v1/statistics/placements?groupBy=country",
    "/api/v1/countries",
)
SOME = ("/", f"/placements/?q={WORD}", f"/placements/{KEY}/", f"/countries/{COUNTRY}/", f"/search/?q={WORD}", API[1])
MOST_STATEMENTS = 3  # to answer again
OF_WHO_ASKS = 4  # the session, who it is, and what that reader may see


@pytest.fixture(autouse=True)
def empty_cache(settings):
    """Switched on, in a corner of Redis of its own."""
    settings.ANSWER_CACHE = True
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid4().hex}"}}


@pytest.fixture
def record() -> Instrument:
    record = PlacementFactory(key=KEY, title_nl=WORD, title_en=WORD)
    CountryRoleFactory(instrument=record, country_id=COUNTRY)
    written()
    return record


def written() -> None:
    """As at the end of a transaction, and the beginning of another: what was written is counted."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('register.noted', '', true)")


def change(record: Instrument, **values) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.save()
    actions.rewrite_words([record])
    written()


def browser(*permissions: str, name: str = "") -> Client:
    """Of somebody with these permissions; without a name, of somebody who has not signed in."""
    client = Client(headers={"accept-language": "en"})
    if name:
        user = User.objects.create_user(name)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(user)
    return client


def text(answer) -> str:
    """What an answer says, without what protects the form for signing out: that is another each time."""
    content = gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", content.decode())


def ask(client: Client, path: str, **headers) -> tuple[int, str]:
    """The status and the text of an answer."""
    answer = client.get(path, headers=headers)
    return answer.status_code, text(answer)


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200, path
    return len(queries)


@pytest.mark.slow
def test_what_was_asked_before_takes_few_statements(record):
    anyone, reader = browser(), browser(name="reader")
    for path in PAGES + API:
        anyone.get(path)
        assert statements(anyone, path) <= MOST_STATEMENTS, path
    for path in PAGES[:2]:
        reader.get(path)
        assert statements(reader, path) <= MOST_STATEMENTS + OF_WHO_ASKS, path


@pytest.mark.slow
def test_another_clearance_gets_another_answer(record, settings):
    change(record, classification="internal")
    readers = {  # who sees most first: nobody may be given what is kept for another
        "confidential": browser("see_confidential", name="confidential"),
        "internal": browser("see_internal", name="internal"),
        "reader": browser(name="reader"),
        "anyone": browser(),
    }
    for path in SOME:
        first = {name: ask(client, path) for name, client in readers.items()}
        again = {name: ask(client, path) for name, client in readers.items()}
        settings.ANSWER_CACHE = False
        made = {name: ask(client, path) for name, client in readers.items()}
        settings.ANSWER_CACHE = True
        assert first == again == made, path
    page = f"/placements/{KEY}/"
    assert [ask(client, page)[0] for client in readers.values()] == [200, 200, 404, 404]


def test_what_was_put_there_by_others_is_not_believed(client, record):
    """An answer of another reader, one that was changed, one of before, sealed by another key: all are made anew."""
    path = f"/placements/{KEY}/"
    made = text(client.get(path))
    redis, (key,) = cache._cache.get_client(write=True), kept_answers()
    right = redis.get(key)
    client.get("/timeline/")
    (other,) = {*kept_answers()} - {key}
    for wrong in (redis.get(other), right[:-1], right[:20], b"\x00", b'\x00{"headers": {}, "etag": ""}\nwrong', b"1"):
        redis.set(key, wrong)
        assert text(client.get(path)) == made
        assert redis.get(key) not in (wrong, right)


def kept_answers() -> list[bytes]:
    redis = cache._cache.get_client(write=True)
    return list(redis.scan_iter(f"{cache.key_prefix}:*:answer:*"))


def test_a_page_bears_the_name_of_who_asks_and_of_nobody_else():
    one, other, anyone = browser(name="test-one"), browser(name="test-other"), browser()
    for path in ("/", "/placements/", f"/countries/{COUNTRY}/"):
        for client, name in ((one, "test-one"), (anyone, ""), (other, "test-other"), (one, "test-one"), (anyone, "")):
            page = ask(client, path)[1]
            assert re.findall(r"Signed in as (\S+?)<", page) == [name] * bool(name), path
            assert ("test-one" in page, "test-other" in page) == (name == "test-one", name == "test-other"), path
            assert ("Sign out" in page) == bool(name), path


@pytest.mark.slow
def test_a_write_makes_every_answer_stale_at_once(client, record):
    for path in PAGES + API:
        client.get(path)
    change(record, title_nl=f"{WORD} anders", title_en=f"{WORD} otherwise")
    found = {path: ask(client, path, accept_language="en") for path in PAGES + API}
    assert {status for status, _text in found.values()} == {200}
    for path, (_status, said) in found.items():
        if WORD in path or KEY in path or COUNTRY in path:
            assert re.search(f"{WORD}(</mark>)? otherwise", said), path
    for path in PAGES + API:  # and each was made anew, whether it shows the record or not
        Instrument.objects.filter(pk=record.pk).update(classification="public")
        written()
        made, kept = statements(client, path), statements(client, path)
        assert made > kept, path


def test_the_same_version_after_an_older_database_was_put_back_is_another_one(client, record):
    change(record, title_en="first")
    number, _at = RegisterVersion.now()
    assert "first" in ask(client, API[2])[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('register_version', %s)", [number - 1])
    change(record, title_en="second")
    assert RegisterVersion.now()[0] == number
    assert "second" in ask(client, API[2])[1]


@pytest.mark.slow
def test_a_hidden_write_changes_nothing_for_who_may_not_see_it(client):
    paths = [path for path in PAGES + API if KEY not in path]
    before = {path: client.get(path) for path in paths}
    hidden = PlacementFactory(key=KEY, title_nl=WORD, title_en=WORD, internal=True)
    CountryRoleFactory(instrument=hidden, country_id=COUNTRY)
    written()
    change(hidden, title_en=f"{WORD} again")
    for path, first in before.items():
        again = client.get(path)
        assert text(again) == text(first), path
        assert again.get("ETag") == first.get("ETag"), path
    for path in API[:2]:
        assert client.get(path, headers={"if-none-match": before[path]["ETag"]}).status_code == 304


def test_another_day_has_another_answer(client, monkeypatch):
    before = {path: ask(client, path) for path in ("/placements/", "/", "/api/v1/placements")}
    monkeypatch.setattr(clock.timezone, "localdate", lambda: date(2030, 1, 2))
    for path, answer in before.items():
        assert ask(client, path) != answer, path
    assert "2030-01-02" in ask(client, "/api/v1/placements")[1]


@pytest.mark.slow
def test_another_language_has_another_answer(record):
    for path in ("/placements/", f"/placements/{KEY}/", "/"):
        for _again in range(2):
            for language in ("nl", "en"):
                assert f'<html lang="{language}"' in ask(Client(), path, accept_language=language)[1]
                assert f'<html lang="{language}"' in ask(Client(), f"{path}?lang={language}")[1]
    remembered = Client()
    for language in ("nl", "en"):
        remembered.get(f"/?lang={language}")
        assert f'<html lang="{language}"' in ask(remembered, "/")[1]
    wrong = {language: ask(Client(), "/api/v1/placements?contry=BR", accept_language=language) for language in "ne"}
    assert {status for status, _text in wrong.values()} == {400}


def test_part_of_a_page_is_not_taken_for_the_page(client):
    """One address gives htmx the rows, and a browser all that is around them."""
    path, part = "/placements/?kind=liaison_officer", {"hx_request": "true", "hx_trigger": "field-stage"}
    for _again in range(2):
        assert "<html" not in ask(client, path, **part)[1]
        assert "<html" in ask(client, path)[1]
        assert "<html" in ask(client, path, hx_request="true", hx_history_restore_request="true")[1]


@pytest.mark.slow
def test_without_redis_the_answers_are_the_same(client, record, settings):
    settings.ANSWER_CACHE = False
    made = {path: ask(client, path) for path in SOME}
    settings.ANSWER_CACHE = True
    nobody = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}  # a port where nobody listens
    settings.CACHES = {"default": nobody}
    assert {path: ask(client, path) for path in SOME} == made
    assert client.get("/api/v1/openapi.json").status_code == 200


def test_what_belongs_to_one_reader_is_never_kept():
    """Two readers with the same clearance: what one of them saved is that one's."""
    one, other = browser(name="test-one"), browser(name="test-other")
    owner = User.objects.get(username="test-one")
    view = SavedView.objects.create(
        key="test-view-00000000", name="Test of one", resource="placements", query="kind=director", owner=owner
    )
    written()
    for _again in range(2):
        for path in (f"/views/{view.key}/", f"/placements/?view={view.key}"):
            assert ask(one, path)[0] == 200, path
            for client in (other, browser()):
                assert ask(client, path)[0] in (400, 404), path
        assert view.name in ask(one, "/views/")[1]
        assert view.name not in ask(other, "/views/")[1]
        assert view.name not in ask(browser(), "/views/")[1]


def test_only_what_was_found_is_kept(client, record):
    for path, status in (("/placements/?contry=BR", 400), ("/placements/test-later/", 404)):
        assert ask(client, path)[0] == ask(client, path)[0] == status
    Instrument.objects.filter(pk=record.pk).update(key="test-later")  # before the end of its transaction
    assert ask(client, "/placements/test-later/")[0] == 200


def test_head_has_the_headers_of_get_and_leaves_its_answer_whole(client):
    for path in ("/placements/", "/api/v1/placements"):
        heads = [client.head(path), client.head(path)]
        body = client.get(path)
        again = client.head(path)
        for head in (*heads, again):
            assert (head.status_code, head.content) == (200, b"")
            assert head.get("ETag") == body.get("ETag")
            assert head["Content-Type"] == body["Content-Type"]
        assert len(body.content) > 1000


@pytest.mark.parametrize("path", ["/placements/", "/api/v1/placements"])
def test_compressed_or_not_it_says_the_same(client, path):
    plain, compressed = (client.get(path, headers={"accept-encoding": how}) for how in ("identity", "gzip"))
    again = client.get(path, headers={"accept-encoding": "identity"})
    assert (plain.has_header("Content-Encoding"), compressed["Content-Encoding"]) == (False, "gzip")
    assert text(plain) == text(compressed) == text(again)
    assert len(compressed.content) < len(plain.content) / 2
    for answer in (plain, compressed):
        assert "Accept-Encoding" in answer["Vary"]


def test_either_has_a_version_that_is_recognised(client):
    """The compressed body is another representation, so its mark is weak: the same digest, for both."""
    path = "/api/v1/placements"
    plain, compressed = (client.get(path, headers={"accept-encoding": how}) for how in ("identity", "gzip"))
    assert compressed["ETag"] == f"W/{plain['ETag']}"
    for mark in (plain["ETag"], compressed["ETag"], "*"):
        for how in ("identity", "gzip"):
            answer = client.get(path, headers={"accept-encoding": how, "if-none-match": mark})
            assert (answer.status_code, answer.content) == (304, b""), (mark, how)
            assert answer["ETag"]
    assert client.get(path, headers={"if-none-match": '"another"'}).status_code == 200
