"""Saved views: kept under a name, answered everywhere, and private everywhere when they are private."""

import html
import re
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.api import SAVED
from cooperation.register.features.saved_views.lists import list_pages, lists
from cooperation.register.lists.params import VIEWS
from cooperation.register.models import SavedView, Theme
from cooperation.register.models.saved_view import LONGEST_QUERY, make_key
from placements.kind import PLACEMENTS
from tests.contracts.outlets import api_keys, at, csv_keys, get, page_keys, read, text_of
from tests.factories import PlacementFactory, SourceFactory

pytestmark = pytest.mark.django_db

LETTER_DAYS = "validOn=2021-12-02&knownOn=2021-12-02"
BALKANS = f"group=western-balkans&countryRole=host&sort=-start&columns=key,title&{LETTER_DAYS}"
LIST, API, COUNTS = "/placements/", "/api/v1/placements", "/api/v1/statistics/placements"
WORD = "quokka"
HOSTILE = '<script>alert(1)</script> & "q" \'; DROP TABLE'


def account(name: str, *permissions: str) -> User:
    user = User.objects.create_user(name)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def browser(user: User | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def owner() -> User:
    return account("owner")


@pytest.fixture
def other() -> User:
    return account("other")


def saved(query: str, owner: User | None = None, shared: bool = True, **more) -> SavedView:
    values = {"name": "Western Balkans", "resource": "placements", **more}
    return SavedView.objects.create(query=query, owner=owner, shared=shared, **values)


def save(client: Client, question: str, name: str = "Mine", status: int = 302, resource: str = "placements", **fields):
    answer = client.post(at(f"/views/save/{resource}/", question), {"name": name, "days": "today", **fields})
    assert answer.status_code == status, text_of(answer)[:3000]
    return SavedView.objects.order_by("-pk").first() if status == 302 else html.unescape(text_of(answer))


# --- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", ["placements", "mous", "instruments", "milestones", "commitments", "sources"])
def test_a_question_of_every_list_can_be_saved(owner, resource):
    view = save(browser(owner), "q=police&pageSize=10&page=1", resource=resource)
    assert (view.resource, view.query) == (resource, "q=police&pageSize=10")
    get(browser(owner), f"/views/{view.key}/")


def test_every_list_page_is_known_but_that_of_the_views():
    assert {"placements", "eu-proposals", "treaties", "commitments", "organisations"} <= set(list_pages())
    assert "views" not in list_pages()
    assert dict(lists())["placements"] in ("Placements", "Plaatsingen")


def test_what_is_kept_is_the_question_and_how_it_is_shown(owner):
    asked = f"{BALKANS}&view=strip&page=1&lang=en&headers=keys&count=exact&fields=key&theme=&stage="
    today = save(browser(owner), asked)
    assert today.query == "group=western-balkans&countryRole=host&sort=-start&columns=key,title&view=strip"
    assert (today.owner, today.shared, today.days) == (owner, False, [])
    fixed = save(browser(owner), asked, days="kept", shared="on")
    assert fixed.query == f"{today.query}&{LETTER_DAYS}"
    assert fixed.shared
    assert fixed.days == [date(2021, 12, 2), date(2021, 12, 2)]


def test_keeping_the_days_of_today_writes_them_down(owner):
    assert save(browser(owner), "", days="kept").days == [timezone.localdate()] * 2


@pytest.mark.parametrize("question", ["theme=nonesuch", "contry=AL", "view=nonesuch", "validOn=2021-02-30", "q=a%00b"])
def test_a_faulty_question_cannot_be_saved(owner, question):
    page = save(browser(owner), question, status=400)
    assert "not right" in page
    assert not SavedView.objects.exists()


def test_the_key_is_made_from_the_name_and_cannot_be_guessed(owner):
    first, second = (save(browser(owner), asked, name="Één  vraag\nover Tiranë") for asked in ("", "country=AL"))
    assert re.fullmatch(r"een-vraag-over-tirane-[a-z0-9]{8}", first.key)
    assert first.name == "Één vraag over Tiranë"
    assert first.key != second.key
    assert re.fullmatch(r"view-[a-z0-9]{8}", make_key("日本"))
    assert not {make_key(view) for view in VIEWS} & set(VIEWS)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\x00b", "a\x07b", "a\u202eb", "Stg. Geheim overzicht"])
def test_a_name_that_is_none_is_refused(owner, name):
    save(browser(owner), "", name=name, status=400)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", [HOSTILE, "مشهد محفوظ", "'=cmd|x", "x" * 200, "{{ name }}{% now %}"])
def test_a_strange_name_is_only_a_name(owner, name):
    client = browser(owner)
    view = save(client, BALKANS, name=name, shared="on")
    for page in (f"/views/{view.key}/", f"/views/{view.key}/delete/", "/views/", f"{LIST}?view={view.key}"):
        text = read(client, page)
        assert html.escape(name) in text
        assert "<script>alert" not in text
    assert get(client, "/api/v1/views").json()["results"][0]["name"] == name
    read(client, "/views/?format=csv")
    read(client, "/views/?format=xlsx")


def test_a_long_question_is_kept_and_one_too_long_is_refused(owner):
    keys = [SourceFactory(key=f"test-{number:03}-{'x' * 40}", shown=True).key for number in range(80)]
    client = browser(owner)
    view = save(client, f"source={','.join(keys[:40])}")
    assert len(view.query) > 1900
    assert get(client, f"{LIST}?view={view.key}").context["form"]["source"].value() == keys[:40]
    assert "too long" in save(client, f"source={','.join(keys)}", status=400)
    assert all(len(view.query) <= LONGEST_QUERY for view in SavedView.objects.all())


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"owner": None, "shared": False}, {"key": "map"}, {"key": "western-balkans"}]
)
def test_the_database_refuses_what_cannot_be(owner, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        saved("", **{"owner": owner, **wrong})


# --- answered everywhere ---------------------------------------------------------------------------------------------


@pytest.fixture
def view(owner) -> SavedView:
    return saved(BALKANS, owner)


def test_every_outlet_answers_the_question_of_the_view(client, view):
    expected = page_keys(client, LIST, BALKANS)
    assert 3 < len(expected) < 40
    named = f"view={view.key}"
    assert page_keys(client, LIST, named) == expected
    assert api_keys(client, API, named) == api_keys(client, API, BALKANS) == expected
    assert csv_keys(client, LIST, named) == csv_keys(client, API, named) == expected
    header, *rows = read(client, f"{LIST}?{named}&format=csv").removeprefix("\ufeff").splitlines()
    assert header.replace('"', "").startswith("Key,")
    assert len(rows) == len(expected)
    read(client, f"{LIST}?{named}&format=xlsx")
    by_name = get(client, f"{COUNTS}?{named}&groupBy=country").json()
    assert by_name == get(client, f"{COUNTS}?{BALKANS}&groupBy=country").json()
    assert by_name["total"] == len(expected)
    assert by_name["validOn"] == "2021-12-02"


def test_a_view_with_a_table_offers_the_exports_of_it(client, owner):
    view = saved(f"view=pivot&groupBy=region,stage&{LETTER_DAYS}", owner)
    exports = get(client, view.get_absolute_url()).context["exports"]
    assert [export["url"].rpartition("=")[2] for export in exports] == ["csv", "xlsx", "ods", "json", "txt"]
    in_full = read(client, f"{LIST}?view=pivot&groupBy=region,stage&{LETTER_DAYS}&format=csv")
    assert read(client, exports[0]["url"]) == in_full
    assert read(client, f"{API}?view={view.key}&format=csv") == read(client, f"{API}?{LETTER_DAYS}&format=csv")


def test_keys_beside_it_replace_those_of_the_view(client, view):
    def keys(more: str) -> list[str]:
        return page_keys(client, LIST, f"view={view.key}&{more}")

    assert keys("sort=key") == sorted(keys("sort=start"))
    assert keys("sort=key") == api_keys(client, API, f"view={view.key}&sort=key")
    assert keys("group=benelux") == page_keys(client, LIST, BALKANS.replace("western-balkans", "benelux"))
    assert set(keys("group=")) > set(keys("sort=key"))
    today = get(client, f"{API}?view={view.key}&validOn=&knownOn=").json()
    assert today["validOn"] == timezone.localdate().isoformat()
    wrong = get(client, f"{API}?view={view.key}&theme=nonesuch", status=400).json()
    assert [fault["name"] for fault in wrong["invalidParams"]] == ["theme"]


def test_the_page_shows_the_view_and_its_links_go_on_from_it(client, owner):
    view = saved(f"{BALKANS}&view=strip&pageSize=5", owner)
    answer = get(client, f"{LIST}?view={view.key}")
    assert [tab["name"] for tab in answer.context["tabs"] if tab["current"]] == ["strip"]
    assert answer.context["saved_view"] == view
    shown = html.unescape(text_of(answer)).split("<main", 1)
    assert "as known on <strong>" in shown[0]
    assert "2 December 2021" in shown[0]  # the clock of the frame is that of the view
    links = re.findall(r'href="(\?[^"]*)"', shown[1])
    assert len(links) > 5
    for link in links:  # none comes back to the view, so that what is taken off stays off
        assert view.key not in link
    (chip,) = [chip for chip in answer.context["chips"] if chip["value"] == "Western Balkans"]
    without = QueryDict(chip["remove_url"].removeprefix("?"))
    assert "group" not in without
    assert without["countryRole"] == "host"
    today = QueryDict(answer.context["today_url"].removeprefix("?"))
    assert "validOn" not in today
    assert today["group"] == "western-balkans"
    kept = dict(answer.context["kept_fields"])
    assert (kept["view"], kept["validOn"], kept["columns"]) == ("strip", "2021-12-02", "key,title")
    assert dict(answer.context["clock_fields"])["group"] == "western-balkans"
    assert "view=" not in answer.context["api_url"]


def test_reading_on_and_citing_do_not_hang_on_the_view(client, view):
    whole = api_keys(client, API, f"view={view.key}&pageSize=2")
    first = get(client, f"{API}?view={view.key}&pageSize=2&cursor=").json()
    view.delete()
    second = get(client, first["next"]).json()
    assert [row["key"] for row in second["results"]] == whole[2:4]
    assert get(client, f"{API}?view={view.key}", status=400)


def test_a_citation_names_the_question_and_not_the_view(client, view):
    for address in (LIST, API):
        text = read(client, f"{address}?view={view.key}&format=xlsx")
        assert "group=western-balkans" in text
        assert view.key not in text.partition("To cite")[2]


def test_without_days_it_follows_today(client, owner):
    view = saved("group=western-balkans", owner)
    assert get(client, f"{API}?view={view.key}").json()["validOn"] == timezone.localdate().isoformat()
    past = get(client, f"{API}?view={view.key}&{LETTER_DAYS}").json()
    assert past["count"] == get(client, f"{API}?group=western-balkans&{LETTER_DAYS}").json()["count"]


@pytest.mark.parametrize("path", ["/mous/", "/api/v1/mous", "/api/v1/countries", "/api/v1/views"])
def test_a_view_of_another_list_is_a_fault_that_says_so(client, view, path):
    text = html.unescape(read(client, f"{path}?view={view.key}", status=400))
    assert "saved view of another list: placements" in text


def test_a_record_is_not_asked_by_a_view(client, view):
    key = api_keys(client, API, "country=AL")[0]
    problem = get(client, f"{API}/{key}?view={view.key}", status=400).json()
    assert [fault["name"] for fault in problem["invalidParams"]] == ["view"]
    get(client, f"{API}/{key}?view=map")


@pytest.mark.parametrize("value", ["nonesuch", "Map", "../x", "a%00b", "x" * 500, "western-balkans-00000000"])
def test_an_unknown_value_is_a_fault_everywhere(client, value):
    for path in (LIST, API, f"{COUNTS}?groupBy=kind"):
        text = html.unescape(read(client, f"{path}{'&' if '?' in path else '?'}view={value}", status=400))
        assert "is not one of: table" in text


def test_two_views_at_once_are_a_fault(client, view):
    for more in ("map", saved("", shared=True).key):
        problem = get(client, f"{API}?view={view.key}&view={more}", status=400).json()
        assert "repeated" in {fault["code"] for fault in problem["invalidParams"]}


@pytest.mark.parametrize("built_in", VIEWS)
def test_the_names_of_the_page_are_without_effect_in_the_api(client, built_in):
    assert get(client, f"{API}?view={built_in}").json()["count"] == get(client, API).json()["count"]


def test_an_old_view_with_what_is_no_longer_there_shows_its_faults(client, owner):
    theme = Theme.objects.create(key="test-renamed", name_nl="x", name_en="x", shown=True)
    view = saved("theme=test-renamed&view=strip&sort=title", owner)
    get(client, f"{LIST}?view={view.key}")
    theme.delete()
    SavedView.objects.filter(pk=view.pk).update(query="theme=test-renamed&view=gone&sort=colour&columns=none&zzz=1")
    for path in (f"{LIST}?view={view.key}", f"{API}?view={view.key}", f"{COUNTS}?view={view.key}&groupBy=kind"):
        text = html.unescape(read(client, path, status=400))
        assert "test-renamed is not one of the available choices" in text
        assert "“colour” is not one of" in text
    page = html.unescape(read(client, f"/views/{view.key}/"))
    assert "test-renamed is not one of the available choices" in page
    read(client, "/views/")
    assert get(client, f"/api/v1/views/{view.key}").json()["query"]["zzz"] == ["1"]
    read(browser(owner), f"/views/{view.key}/")


def test_a_view_of_a_list_that_is_gone_says_so(client, owner):
    view = saved("", owner, resource="airships")
    assert "no longer there" in read(client, f"/views/{view.key}/")
    assert "airships" in read(client, "/views/")
    assert get(client, f"/api/v1/views/{view.key}").json()["answer"] is None
    get(browser(owner), f"/views/{view.key}/")


# --- private means private -------------------------------------------------------------------------------------------


def outlets(key: str) -> list[str]:
    return [
        "/views/",
        f"/views/?q={WORD}",
        "/views/?own=false",
        "/views/?format=csv",
        "/views/?format=xlsx",
        f"/views/{key}/",
        "/api/v1/views",
        f"/api/v1/views?q={WORD}",
        "/api/v1/views?format=csv",
        f"/api/v1/views/{key}",
        f"/api/v1/views/{key}?expand=countries",
        f"{LIST}?view={key}",
        f"{LIST}?view={key}&format=csv",
        f"{LIST}?view={key}&sort=key",
        f"/mous/?view={key}",
        f"{API}?view={key}",
        f"{API}?view={key}&format=csv",
        f"/api/v1/mous?view={key}",
        f"{COUNTS}?view={key}&groupBy=country",
        "/views/save/placements/?country=AL",
        f"/views/save/placements/?view={key}",
        f"/views/{key}/delete/",
        "/",
    ]


def read_all(client: Client, paths: list[str]) -> list[str]:
    answers = [client.get(path) for path in paths]
    texts = [f"{answer.status_code} {answer.headers.get('Location', '')} {text_of(answer)}" for answer in answers]
    return [re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"madeAt".*', "", text) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, "other", "chief"])
def test_a_private_view_of_someone_else_is_as_one_that_never_was(owner, name):
    user = None if name is None else account(name, "see_internal", "see_confidential")
    client, key = browser(user), "quokka-in-the-dark-abcd1234"
    before = read_all(client, outlets(key))
    view = saved(BALKANS, owner, shared=False, name=f"{WORD} in the dark", key=key)
    assert read_all(client, outlets(key)) == before
    for path in (f"/views/{key}/", f"/views/{key}/delete/"):
        assert client.post(path, {"name": "x", "version": view.updated_at.isoformat()}).status_code in (302, 404)
    view.refresh_from_db()
    assert view.name == f"{WORD} in the dark"

    SavedView.objects.filter(pk=view.pk).update(shared=True)
    shared = read_all(client, outlets(key))
    unmoved = [path for path, old, new in zip(outlets(key), before, shared, strict=True) if old == new]
    still = {"/", "/views/save/placements/?country=AL"}
    if user is None:  # where one must sign in first
        still |= {path for path in outlets(key) if "save" in path or "delete" in path}
    assert set(unmoved) == still


def test_whose_it_is_sees_a_private_view_on_pages_and_not_in_the_api(owner):
    view, client = saved(BALKANS, owner, shared=False, name=WORD), browser(owner)
    for path in ("/views/", "/views/?own=true", f"/views/?q={WORD}", f"/views/{view.key}/", "/views/?format=csv"):
        assert WORD in read(client, path)
    assert page_keys(client, LIST, f"view={view.key}") == page_keys(client, LIST, BALKANS)
    get(client, f"/api/v1/views/{view.key}", status=404)
    get(client, f"{API}?view={view.key}", status=400)
    # The page of the view gives an address in the API that answers all the same.
    address = get(client, f"/views/{view.key}/").context["answer_url"]
    assert view.key not in address
    assert api_keys(client, API, address.partition("?")[2]) == page_keys(client, LIST, BALKANS)


def test_an_account_that_is_no_longer_active_has_nothing_of_its_own(owner):
    view = saved("", owner, shared=False)
    assert view in SavedView.objects.visible_to(owner)
    owner.is_active = False
    assert view not in SavedView.objects.visible_to(owner)
    assert view not in SavedView.objects.visible_to(AnonymousUser())
    assert view not in SavedView.objects.visible_to(None)


def test_nobody_learns_whose_a_shared_view_is(client, other):
    view = saved(BALKANS, account("wombat"))
    for reader in (client, browser(other)):
        for path in ("/views/", f"/views/{view.key}/", "/api/v1/views", f"/api/v1/views/{view.key}"):
            assert "wombat" not in read(reader, path)
    get(client, "/api/v1/views?owner=1", status=400)


# --- each reader sees with their own eyes ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("classification", ["internal", "confidential"])
def test_a_view_shows_each_reader_what_that_reader_may_see(classification):
    boss = account("boss", "see_internal", "see_confidential")
    record = PlacementFactory(classification=classification, title_nl=WORD, title_en=WORD, key="test-hidden")
    view = saved(f"columns=key,title&source={record.milestones.get().source.key}", boss)
    paths = [
        f"{LIST}?view={view.key}",
        f"{LIST}?view={view.key}&format=csv",
        f"{LIST}?view={view.key}&format=xlsx",
        f"{LIST}?view={view.key}&sort=title",
        f"{API}?view={view.key}",
        f"{API}?view={view.key}&format=csv",
        f"{COUNTS}?view={view.key}&groupBy=kind",
        f"/views/{view.key}/",
        "/views/",
    ]
    for reader in (browser(None), browser(account("reader"))):
        assert [path for path in paths if WORD in text_of(reader.get(path))] == []
    SavedView.objects.filter(pk=view.pk).update(query="columns=key,title&country=&sort=key&pageSize=200")
    before = read_all(browser(None), paths)
    record.delete()
    assert read_all(browser(None), paths) == before
    record = PlacementFactory(classification=classification, title_nl=WORD, title_en=WORD, key="test-hidden")
    assert all(WORD in text_of(browser(boss).get(path)) for path in paths[:3])
    assert read_all(browser(None), paths) == before


def test_what_not_everybody_may_see_is_named_in_no_shared_view():
    boss = account("boss", "see_internal", "see_confidential")
    record = PlacementFactory(classification="internal", key="test-hidden")
    source, client = record.milestones.get().source, browser(boss)
    assert "Not everybody may see" in save(client, f"source={source.key}", shared="on", status=400)
    private = save(client, f"source={source.key}")
    change = {"name": "Mine", "shared": "on", "version": private.updated_at.isoformat()}
    assert client.post(f"/views/{private.key}/", change).status_code == 400
    public = save(client, "country=AL", shared="on")
    assert "Not everybody" in save(client, f"source={source.key}", name="", replaces=public.key, status=400)
    assert not SavedView.objects.filter(shared=True, query__contains="source").exists()


# --- changed and taken away ------------------------------------------------------------------------------------------


def change(client: Client, view: SavedView, version: str = "", **fields) -> int:
    version = version or SavedView.objects.get(pk=view.pk).updated_at.isoformat()
    return client.post(f"/views/{view.key}/", {"name": view.name, "version": version, **fields}).status_code


def test_name_and_sharing_are_changed_and_the_address_stays(owner, view):
    assert change(browser(owner), view, name="Other name") == 302
    key = view.key
    view.refresh_from_db()
    assert (view.name, view.key, view.shared, view.query) == ("Other name", key, False, BALKANS)
    assert change(browser(owner), view, name="") == 400


def test_a_question_takes_the_place_of_another(owner, view):
    client = browser(owner)
    save(client, "country=AL", name="", replaces=view.key)
    view.refresh_from_db()
    assert (view.name, view.query, SavedView.objects.count()) == ("Western Balkans", "country=AL", 1)
    elsewhere, others = saved("", owner, resource="mous"), saved("", account("third"))
    for key in (elsewhere.key, others.key, "nonesuch"):
        save(client, "country=AL", replaces=key, status=400)


def test_two_who_change_a_view_at_once(owner, view):
    first, second = browser(owner), browser(owner)
    version = view.updated_at.isoformat()
    assert change(first, view, version, name="First") == 302
    assert change(second, view, version, name="Second") == 400
    view.refresh_from_db()
    assert view.name == "First"
    assert change(second, view, name="Second") == 302
    for client, status in ((first, 302), (second, 404)):
        assert client.post(f"/views/{view.key}/delete/").status_code == status
    assert change_of_gone(second, view, version) == 404


def change_of_gone(client: Client, view: SavedView, version: str) -> int:
    return client.post(f"/views/{view.key}/", {"name": "x", "version": version}).status_code


def test_only_whose_it_is_changes_or_deletes_a_view(client, other, view):
    assert change(browser(other), view, name="x") == 403
    assert browser(other).get(f"/views/{view.key}/delete/").status_code == 403
    assert browser(other).post(f"/views/{view.key}/delete/").status_code == 403
    for answer in (client.post(f"/views/{view.key}/", {}), client.post(f"/views/{view.key}/delete/")):
        assert answer["Location"].startswith("/login/?next=/views/")
    orphan = saved("", None)
    assert change(browser(other), orphan, name="x") == 403
    assert client.get(f"/views/{orphan.key}/").context["form"] is None


def test_deleting_is_confirmed_and_is_not_done_by_a_link(owner, view):
    client = browser(owner)
    assert "Western Balkans" in read(client, f"/views/{view.key}/delete/")
    assert SavedView.objects.exists()
    assert client.post(f"/views/{view.key}/delete/")["Location"] == "/views/"
    assert not SavedView.objects.exists()


def test_a_form_of_elsewhere_changes_nothing(owner, view):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    for path in (f"/views/{view.key}/", f"/views/{view.key}/delete/", "/views/save/placements/", "/logout/"):
        assert client.post(path, {"name": "x"}).status_code == 403
    assert SavedView.objects.count() == 1


def test_with_the_account_its_private_views_go_and_its_shared_ones_stay(owner, other):
    saved("", owner, shared=False)
    shared, of_other = saved("", owner), saved("", other, shared=False)
    owner.delete()
    assert set(SavedView.objects.all()) == {shared, of_other}
    shared.refresh_from_db()
    assert shared.owner is None


# --- the administration ----------------------------------------------------------------------------------------------


@pytest.fixture
def boss() -> Client:
    return browser(User.objects.create_superuser("boss"))


def test_staff_see_and_delete_shared_views_and_private_ones_are_not_there(boss, owner):
    shared = saved("country=AL", owner, name="Shared one")
    private = saved("", owner, shared=False, name=WORD)
    listed = read(boss, reverse("admin:register_savedview_changelist"))
    assert "Shared one" in listed
    assert WORD not in listed
    for page in ("change", "delete", "history"):
        get(boss, reverse(f"admin:register_savedview_{page}", args=[shared.pk]))
        assert boss.get(reverse(f"admin:register_savedview_{page}", args=[private.pk])).status_code == 302
    assert boss.get(reverse("admin:register_savedview_changelist") + "?owner__username=owner").status_code == 400
    assert boss.get(reverse("admin:register_savedview_add")).status_code == 403
    boss.post(reverse("admin:register_savedview_delete", args=[private.pk]), {"post": "yes"})
    boss.post(reverse("admin:register_savedview_delete", args=[shared.pk]), {"post": "yes"})
    assert list(SavedView.objects.all()) == [private]


def test_deleting_an_account_tells_nothing_of_its_private_views(boss, owner):
    private = saved("", owner, shared=False, name=WORD)
    page = read(boss, reverse("admin:auth_user_delete", args=[owner.pk]))
    assert WORD not in page
    assert private.key not in page
    boss.post(reverse("admin:auth_user_delete", args=[owner.pk]), {"post": "yes"})
    assert not SavedView.objects.exists()


# --- signing in ------------------------------------------------------------------------------------------------------


def test_reading_leaves_no_cookie_and_the_form_to_save_is_for_who_signed_in(client, owner, view):
    for path in ("/", LIST, "/views/", f"/views/{view.key}/", f"{LIST}?view={view.key}", "/marks/"):
        answer = get(client, path)
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in text_of(answer)
        assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
    text = html.unescape(read(client, f"{LIST}?country=AL"))
    assert "a link is enough" in text
    assert "/views/save/placements/?country=AL" in text
    answer = client.get("/views/save/placements/?country=AL")
    assert answer["Location"] == "/login/?next=/views/save/placements/%3Fcountry%3DAL"
    assert "a link is enough" not in read(browser(owner), LIST)
    get(client, "/views/save/nonesuch/", status=404)
    get(browser(owner), "/views/save/views/", status=404)


def test_signing_in_leads_back_and_nowhere_else(client):
    User.objects.create_user("reader", password="correct-horse-battery")
    page = read(client, "/login/?next=/views/save/placements/%3Fcountry%3DAL")
    assert 'value="/views/save/placements/?country=AL"' in page
    who = {"login": "reader", "password": "correct-horse-battery"}
    wrong = client.post("/login/", {**who, "password": "wrong"})
    assert "csrfmiddlewaretoken" in text_of(wrong)
    elsewhere = client.post("/login/", {**who, "next": "https://example.org/"})
    assert elsewhere["Location"] == "/views/"
    client.post("/logout/")
    back = client.post("/login/", {**who, "next": "/views/save/placements/?country=AL"})
    assert back["Location"] == "/views/save/placements/?country=AL"
    assert "Signed in as reader" in read(client, LIST)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/"
    assert "Signed in as" not in read(client, LIST)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_both_languages(owner, view, language):
    client = browser(owner)
    for path in ("/views/", f"/views/{view.key}/", f"/views/{view.key}/delete/", f"/views/save/placements/?{BALKANS}"):
        answer = get(client, path, language=language)
        assert answer["Content-Language"] == language
    assert {"nl": "Westelijke Balkan", "en": "Western Balkans"}[language] in read(
        browser(None), f"/views/{view.key}/", language=language
    )


# --- as fast for a hundred as for one --------------------------------------------------------------------------------


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        get(client, path)
    return len(captured)


def test_the_number_of_queries_does_not_grow(owner, view):
    client = browser(owner)
    paths = ["/views/", "/api/v1/views", f"/views/save/placements/?{BALKANS}", f"/views/{view.key}/"]
    before = [queries(client, path) for path in paths]
    for number in range(40):
        saved("country=AL", owner, shared=number % 2)
    assert [queries(client, path) for path in paths] == before
    assert queries(client, f"{API}?view={view.key}") == queries(client, f"{API}?{BALKANS}") + 1
    anyone = browser(None)
    assert queries(anyone, f"{LIST}?view={view.key}") == queries(anyone, f"{LIST}?{BALKANS}") + 1


# --- the API ---------------------------------------------------------------------------------------------------------


def test_a_view_in_the_api(client, view):
    assert set(SAVED) == {"views"}
    listed = get(client, "/api/v1/views?resource=placements&sort=-updatedAt&fields=key,name").json()
    assert (listed["count"], listed["results"]) == (1, [{"key": view.key, "name": "Western Balkans"}])
    shape = get(client, f"/api/v1/views/{view.key}").json()
    assert shape.pop("createdAt").endswith("Z")
    assert shape.pop("updatedAt").endswith("Z")
    assert shape == {
        "url": f"http://testserver/api/v1/views/{view.key}",
        "key": view.key,
        "name": "Western Balkans",
        "resource": "placements",
        "query": {
            "group": ["western-balkans"],
            "countryRole": ["host"],
            "sort": ["-start"],
            "columns": ["key,title"],
            "validOn": ["2021-12-02"],
            "knownOn": ["2021-12-02"],
        },
        "shared": True,
        "answer": f"http://testserver/api/v1/placements?view={view.key}",
        "page": f"http://testserver/views/{view.key}/",
    }
    assert get(client, shape["answer"]).json()["count"] == get(client, f"{API}?{BALKANS}").json()["count"]
    get(client, "/api/v1/views/western-balkans-00000000", status=404)
    get(client, "/api/v1/views?resourceNot=placements&q=balkans&own=false&page=1&pageSize=5")


def test_the_same_question_is_asked_in_code(view, owner):
    question = PLACEMENTS.list_page.ask(QueryDict(f"view={view.key}&sort=key"), owner)
    assert question.saved_view == view
    assert question.params["sort"] == "key"
    assert question.params["group"] == "western-balkans"
    assert question.faults == []
