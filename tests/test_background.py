"""A worker or a schedule that does not run is no end of the site, and is told to whoever can do something about it."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from redis import RedisError

from config import background
from config.background import SCHEDULE, WORKER


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


def test_others_do_not_get_there(client, db):
    assert client.get("/admin/").status_code == 302
