"""Kept counts are the counts: after every write, by whatever way, for every reader."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import connection
from django.http import QueryDict

from cooperation.register import actions
from cooperation.register.features.saved_views.lists import list_pages
from cooperation.register.lists import kept
from cooperation.register.lists.aggregates import statistics
from cooperation.register.lists.facets import facets
from cooperation.register.models import CountryRole, Instrument, KeptCount, KeptDay, Milestone, RegisterVersion
from cooperation.register.views import InstrumentListPage
from placements.models import Placement
from placements.views import PlacementList
from tests.factories import CountryRoleFactory, MilestoneFactory, PlacementFactory

pytestmark = pytest.mark.django_db

DAYS = ("validOn=2021-12-02&knownOn=2021-12-02", "validOn=2022-06-01", "validOn=2015-09-08&knownOn=2024-05-01")


@pytest.fixture(autouse=True)
def everything_is_worth_keeping(nothing_is_kept, monkeypatch):
    monkeypatch.setattr(kept, "WORTH_KEEPING", 0)


def ask(query: str, user=None):
    return PlacementList.ask(QueryDict(query), user or AnonymousUser())


def reader(*permissions: str) -> User:
    user = User.objects.create_user("reader")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def counted(query: str, user=None, *, keeping: bool):
    """The answer by country, from what is kept or by counting anew."""
    if keeping:
        return statistics(ask(query, user), "country")
    KeptDay.objects.all().delete()
    return statistics(ask(query, user), "country")


def settle():
    """What a transaction does as its last thing: tests never end theirs."""
    connection.check_constraints()


def agree(query: str, user=None):
    settle()
    keeping = counted(query, user, keeping=True)
    assert keeping == counted(query, user, keeping=False)


@pytest.mark.parametrize("query", DAYS)
def test_what_is_kept_is_what_is_counted(query):
    counted(query, keeping=True)
    assert KeptDay.objects.count() == 1
    agree(query)


@pytest.mark.parametrize(
    "list_page", [found for found in list_pages().values() if issubclass(found, InstrumentListPage)]
)
def test_it_is_so_of_every_kind(list_page):
    queries = [QueryDict(query) for query in (DAYS[0], f"{DAYS[0]}&country=BE")]
    before = [list_page.ask(query, AnonymousUser()).by_stage for query in queries]
    assert KeptDay.objects.get().resource == list_page.resource
    assert [kept.by_stage(list_page.ask(query, AnonymousUser())) for query in queries] == before


def test_a_day_is_asked_twice_and_counted_once(django_assert_max_num_queries):
    counted(DAYS[0], keeping=True)
    again = ask(DAYS[0])
    with django_assert_max_num_queries(2):
        assert kept.by_country(again)
        assert kept.by_stage(again)


def written(change):
    """Days are kept, then something is written as people write it."""
    for query in DAYS:
        counted(query, keeping=True)
    change()
    settle()


def assert_followed():
    assert set(KeptDay.objects.values_list("version", flat=True)) == {RegisterVersion.now()}, "no day missed the write"
    kept_answers = [statistics(ask(query), "country") for query in DAYS]
    for query, answer in zip(DAYS, kept_answers, strict=True):
        assert answer == counted(query, keeping=False)


class TestWriting:
    """Whatever a person changes, the kept days move along in the same transaction."""

    @pytest.fixture
    def post(self):
        post = PlacementFactory(milestones=[("started", "2020-01-01")], posts=2, hosts=["AL"])
        settle()
        return post

    def test_a_new_record(self):
        def change():
            record = Placement(key="new-post", kind="liaison_officer", title_nl="Nieuw", classification="public")
            with actions.writing(record):
                record.save()
                MilestoneFactory(instrument=record, kind="started", date="2020-05-01", key="started")
                CountryRoleFactory(instrument=record, country_id="BR")

        written(change)
        assert_followed()

    def test_a_country_more_and_one_less(self, post):
        def change():
            part = CountryRole(instrument=post, country_id="XK", role="covered")
            with actions.writing(part):
                part.save()
            gone = post.countries.get(country="AL")
            with actions.writing(gone):
                gone.delete()

        written(change)
        assert_followed()

    def test_a_milestone_that_ends_it(self, post):
        def change():
            end = Milestone(
                instrument=post, key="ended", kind="ended", date="2021-01-01", state="occurred",
                source=post.milestones.first().source, known_from=date(2021, 1, 2),
            )  # fmt: skip
            with actions.writing(end):
                end.save()

        written(change)
        assert_followed()

    def test_a_record_that_fewer_may_see(self, post):
        def change():
            with actions.writing(post):
                post.classification = "confidential"
                post.save()

        written(change)
        assert_followed()

    def test_a_record_that_goes(self, post):
        def change():
            with actions.writing(post):
                post.delete()

        written(change)
        assert_followed()


def test_a_write_past_the_actions_makes_a_kept_day_worthless():
    query = DAYS[0]
    before = counted(query, keeping=True)
    host = CountryRole.objects.filter(role="host", instrument__in=ask(query).selection.values("pk")).first()
    Instrument.objects.filter(pk=host.instrument_id).update(classification="internal")
    settle()
    after = statistics(ask(query), "country")
    assert after != before
    assert after == counted(query, keeping=False)


def test_each_reader_is_given_what_he_may_see(db):
    for level in ("internal", "confidential"):
        PlacementFactory(classification=level, hosts=["XK"], milestones=[("started", "2021-01-01")])
    settle()
    query = "validOn=2021-12-02"
    cleared = reader("see_internal", "see_confidential")
    all_of_it, public = counted(query, cleared, keeping=True), counted(query, keeping=True)
    assert all_of_it["total"] == public["total"] + 2
    agree(query, cleared)
    agree(query)


def test_a_question_with_more_in_it_is_never_answered_from_what_is_kept():
    counted(DAYS[0], keeping=True)
    for more in ("theme=drugs", "countryRole=host", "stage=active", "country=AL,BR", "q=police", "certain=true"):
        assert not kept.by_country(ask(f"{DAYS[0]}&{more}"))
        assert not kept.by_stage(ask(f"{DAYS[0]}&{more}"))


def test_the_first_look_at_a_day_counts_it_once(client, django_assert_max_num_queries):
    for view in ("chart", "pivot", "map"):
        KeptDay.objects.all().delete()
        with django_assert_max_num_queries(40):
            assert client.get(f"/placements/?{DAYS[0]}&view={view}").status_code == 200
        assert KeptDay.objects.count() == 1


def test_one_country_is_answered_from_what_is_kept():
    answer = counted(DAYS[0], keeping=True)
    for group in answer["groups"]:
        if group["value"]:
            question = ask(f"{DAYS[0]}&country={group['value']}")
            assert kept.by_stage(question) == group["byStage"]
            assert question.selection.count() == group["count"]


def numbers(query: str) -> dict[str, int]:
    """Those behind the countries in the form of the filter."""
    return facets(PlacementList.ask(QueryDict(query), AnonymousUser(), has_form=True))["country"]


def test_the_numbers_behind_countries_are_those_that_are_kept():
    for query in (DAYS[0], f"{DAYS[0]}&country=AL"):
        before = numbers(query)
        assert KeptDay.objects.count() == 1, "what took long is kept by whatever counted it"
        kept_ones = kept.elsewhere(ask(query))
        assert before == {code: count for code, count in kept_ones.items() if code}
        assert numbers(query) == before
    assert not kept.elsewhere(ask(f"{DAYS[0]}&theme=drugs"))


def test_no_more_days_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(kept, "MOST_DAYS", 2)
    for day in range(1, 6):
        counted(f"validOn=2021-12-0{day}", keeping=True)
    assert KeptDay.objects.count() == 2
    assert set(KeptCount.objects.values_list("day", flat=True)) <= set(KeptDay.objects.values_list("pk", flat=True))
