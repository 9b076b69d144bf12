"""People and programs that write at the same moment: each change is kept, or comes back as typed; never a 500."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from cooperation.register.actions import load as loading
from cooperation.register.actions import lock
from cooperation.register.models import Citation, Instrument, SavedView, Source
from placements.models import Placement
from tests.factories import PlacementFactory, SourceFactory
from tests.register.test_admin import added, change_page, form_on

pytestmark = pytest.mark.xdist_group("two-at-once")

WRITERS = 8
SUPERUSER = "two-at-once"


class Writer:
    """One browser with the form of one record, sent again and again."""

    def __init__(self, record: Source | Placement, cited: Source | None = None):
        self.record, self.cited = record, cited
        self.client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        self.client.force_login(User.objects.get(username=SUPERUSER))
        self.title = "title" if isinstance(record, Source) else "title_nl"

    def type(self, title: str) -> None:
        """Into the form as it is opened now; in one thread, as all test clients hear each other's templates."""
        self.form = form_on(self.client, change_page(self.record)) | {self.title: title}
        if self.cited:  # a citation goes, and the same comes, so that the database looks whether its source is there
            self.form = added(self.form, "citations", field="general", source=self.cited.pk, locator=title)
            self.form["citations-0-DELETE"] = "on"

    def save(self, barrier: Barrier, pause: float) -> int:
        try:
            barrier.wait(60)
            time.sleep(pause)
            return self.client.post(change_page(self.record), self.form).status_code
        finally:
            connection.close()

    @property
    def stored(self) -> str:
        return type(self.record).objects.values_list(self.title, flat=True).get(pk=self.record.pk)


@pytest.fixture
def writers(django_db_setup, django_db_blocker, monkeypatch) -> Iterator[list[Writer]]:
    """Sources and placements that all cite them, written for every connection to see; gone afterwards."""

    def gone():
        SavedView.objects.filter(name__startswith="two-at-once").delete()
        Instrument.objects.filter(key__startswith="test-two").delete()
        Source.objects.filter(key__startswith="test-").delete()
        User.objects.filter(username=SUPERUSER).delete()

    monkeypatch.setattr(lock, "PATIENCE", 60)  # the machine may be busy with other tests
    with django_db_blocker.unblock():
        gone()
        User.objects.create_superuser(SUPERUSER)
        sources = [SourceFactory(key=f"test-two-{number}") for number in range(WRITERS // 2)]
        records = [PlacementFactory(key=f"test-two-{number}") for number in range(WRITERS // 2)]
        for record in records:
            Citation.objects.bulk_create(
                Citation(instrument=record, field="general", source=source) for source in sources
            )
        try:
            yield [*map(Writer, sources), *(map(Writer, records, sources))]
        finally:
            gone()
            connection.close()


def at_once(works: list[Callable[[Barrier], object]]) -> list:
    barrier = Barrier(len(works))
    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result(120) for one in [pool.submit(work, barrier) for work in works]]


def save_all(writers: list[Writer], title: str, chance: Random) -> None:
    """All of them at almost the same moment: each is told that it was saved, and it was.

    The form of a source is short, so that without a pause it would be through before the records come to it.
    """
    for one in writers:
        one.type(title)
    codes = at_once([partial(one.save, pause=0 if one.cited else chance.uniform(0.1, 0.5)) for one in writers])
    assert codes == [302] * len(writers)
    assert {one.stored for one in writers} == {title}


@pytest.mark.slow
def test_sources_and_the_records_that_cite_them_are_saved_at_once(writers):
    chance = Random(12)
    for number in range(3):
        save_all(writers, f"Round {number}", chance)


@pytest.mark.slow
def test_of_two_who_save_the_same_record_at_once_one_is_told_of_the_other(writers):
    for record in (writers[0].record, writers[-1].record):
        both = [Writer(record), Writer(record)]
        for number, one in enumerate(both):
            one.type(f"By {number}")
        codes = at_once([partial(one.save, pause=0) for one in both])
        assert sorted(codes) == [200, 302]
        assert both[0].stored == f"By {codes.index(302)}"


@pytest.mark.attack
def test_two_hundred_rounds(writers):
    chance = Random(1)
    for number in range(200):
        save_all(chance.sample(writers, chance.randint(2, WRITERS)), f"Round {number}", chance)


@pytest.mark.attack
def test_a_load_of_the_data_set_beside_saves(writers, monkeypatch):
    """It waits for whoever saves; whoever saves meanwhile is told so, with what was typed."""
    monkeypatch.setattr(lock, "PATIENCE", 1)
    for one in writers:
        one.type("Beside a load")

    def load(barrier: Barrier) -> int:
        try:
            barrier.wait(60)
            loading.load(dry_run=True)
            return 302
        finally:
            connection.close()

    codes = at_once([load, *(partial(one.save, pause=number / 5) for number, one in enumerate(writers))])
    assert set(codes) <= {302, 503}
    assert [one.stored == "Beside a load" for one in writers] == [code == 302 for code in codes[1:]]


# --- whoever waits too long ------------------------------------------------------------------------------------------


@pytest.fixture
def somebody_writes(db, monkeypatch) -> Iterator[None]:
    """Another connection has the lock, and keeps it."""
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    with connection.get_new_connection(connection.get_connection_params()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('register.writing'))")
        yield
    other.close()


BUSY = "Somebody else is changing the register at this moment"


@pytest.fixture
def boss(db) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("boss"))
    return client


def test_the_form_comes_back_as_it_was_filled_in(boss, somebody_writes):
    source = SourceFactory()
    response = boss.post(change_page(source), form_on(boss, change_page(source)) | {"title": "Typed with care"})
    assert response.status_code == 503
    assert BUSY in response.text
    assert "Typed with care" in response.text
    source.refresh_from_db()
    assert source.title != "Typed with care"


def test_what_was_to_be_deleted_stays_and_the_page_says_why(boss, somebody_writes):
    source = SourceFactory()
    pages = {
        reverse("admin:register_source_delete", args=[source.pk]): {"post": "yes"},
        reverse("admin:register_source_changelist"): {
            "action": "delete_selected",
            "_selected_action": [source.pk],
            "post": "yes",
        },
    }
    for address, form in pages.items():
        assert BUSY in boss.post(address, form, follow=True).text
    assert Source.objects.filter(pk=source.pk).exists()


def test_a_view_is_saved_changed_and_deleted_later(boss, somebody_writes):
    view = SavedView.objects.create(name="Mine", resource="placements", owner=User.objects.get(username="boss"))
    form = {"name": "Typed with care", "days": "today", "version": view.updated_at.isoformat()}
    for address in (
        reverse("save-view", args=["placements"]),
        reverse("saved-view", args=[view.key]),
        reverse("delete-view", args=[view.key]),
    ):
        response = boss.post(address, form)
        assert response.status_code == 503
        assert BUSY in response.text
        assert ("Typed with care" in response.text) == ("delete" not in address)
    assert [one.name for one in SavedView.objects.filter(owner=view.owner)] == ["Mine"]
