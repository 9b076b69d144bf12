"""A worker or a schedule that does not run is no end of the site, and is told to whoever can do something about it."""

from contextlib import nullcontext
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from redis import RedisError

from config.operations import background, backups
from config.operations.background import SCHEDULE, WORKER
from script.backups import files


@pytest.fixture
def no_signs():
    cache.delete_many([f"sign-of-life:{part}" for part in (WORKER, SCHEDULE)])


@pytest.fixture
def boss(client, db):
    client.force_login(User.objects.create_superuser("boss"))


def ready(client) -> dict:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    return answer.json()


def test_what_gives_no_sign_is_told_and_nothing_ends(client, db, no_signs):
    assert ready(client).items() >= {("status", "ok"), (WORKER, "no sign of life"), (SCHEDULE, "no sign of life")}
    background.note(WORKER)
    assert ready(client).items() >= {(WORKER, "ok"), (SCHEDULE, "no sign of life")}


def test_the_administrator_reads_it(client, boss, no_signs):
    page = client.get("/admin/", headers={"accept-language": "en"}).content.decode()
    assert "The worker does not run" in page
    assert "The schedule does not run" in page
    background.note(WORKER)
    background.note(SCHEDULE)
    assert "does not run" not in client.get("/admin/", headers={"accept-language": "en"}).content.decode()


def test_without_redis_that_is_what_is_told(client, boss, monkeypatch):
    def gone():
        raise RedisError

    monkeypatch.setattr(background, "silent", gone)
    page = client.get("/admin/", headers={"accept-language": "en"}).content.decode()
    assert "Redis does not answer." in page


def test_nor_when_it_has_no_room(client, boss, monkeypatch):
    monkeypatch.setattr(background, "takes_writes", lambda: False)
    page = client.get("/admin/", headers={"accept-language": "en"}).content.decode()
    assert "Redis has no room left" in page


class TestBackups:
    @pytest.fixture
    def folder(self, tmp_path, settings):
        settings.BACKUP_FOLDER = str(tmp_path)
        return tmp_path

    def test_that_there_is_none_of_last_night_is_told(self, client, boss, folder):
        (folder / "register-20261101T023000.000000Z.dump.age").touch()
        assert ready(client)["backup"] == "too old"
        page = client.get("/admin/", headers={"accept-language": "en"}).content.decode()
        assert "There is no backup of the last 26 hours." in page

    def test_one_that_was_made_now_is_not_too_old(self, client, db, folder):
        """And is found, as the scripts name it; what is not whole yet is none."""
        (folder / ".register-20991101T023000.000000Z.dump.age.unfinished").touch()
        files.seal(nullcontext(BytesIO(b"rows")), folder, None)
        assert ready(client)["backup"] == "ok"
        assert timezone.now() - backups.newest() < timedelta(minutes=1)

    def test_where_none_are_set_up_nothing_is_said(self, client, boss):
        assert "backup" not in ready(client)
        assert "backup" not in client.get("/admin/", headers={"accept-language": "en"}).content.decode()


def test_others_do_not_get_there(client, db):
    assert client.get("/admin/").status_code == 302
