"""An answer that has not changed is not made again."""

import pytest
from django.apps import apps
from django.db import connection

from cooperation.register.history.triggers import NOT_WATCHED
from cooperation.register.models import Instrument, RegisterVersion, Theme

pytestmark = pytest.mark.sql

API = "/api/v1/placements"


def get(client, address: str, **headers):
    return client.get(address, secure=True, headers=headers)


@pytest.mark.django_db
class TestETag:
    def test_the_same_question_again_needs_no_answer(self, client, settings, django_assert_max_num_queries):
        settings.ANSWER_CACHE = True
        first = get(client, API)
        with django_assert_max_num_queries(1):
            again = get(client, API, if_none_match=first["ETag"])
        assert again.status_code == 304
        assert not again.content
        assert again["ETag"] == first["ETag"]

    @pytest.mark.parametrize(
        "other",
        [
            {"address": f"{API}?validOn=2021-12-02"},
            {"address": f"{API}/maocn-directeur-2021"},
            {"accept_language": "en"},
        ],
    )
    def test_another_question_has_another_answer(self, client, other):
        first = get(client, API)
        other = get(client, other.pop("address", API), **other)
        assert other["ETag"] != first["ETag"]

    def test_after_a_write_it_is_answered_anew(self, client):
        first = get(client, f"{API}/maocn-directeur-2021")
        Theme.objects.filter(key="drugs").update(name_nl="Drugs en meer")
        connection.check_constraints()  # as at the end of a transaction
        unchanged = get(client, f"{API}/maocn-directeur-2021", if_none_match=first["ETag"])
        assert unchanged.status_code == 304, "the ETag is of what is said, and a write elsewhere says nothing else"
        Instrument.objects.filter(key="maocn-directeur-2021").update(title_nl="Directeur en meer")
        assert get(client, f"{API}/maocn-directeur-2021", if_none_match=first["ETag"]).status_code == 200

    def test_on_another_day_today_is_another_question(self, client, monkeypatch):
        from datetime import date

        from cooperation.register.domain import clock

        first = get(client, API)
        monkeypatch.setattr(clock.timezone, "localdate", lambda: date(2030, 1, 1))
        assert get(client, API, if_none_match=first["ETag"]).status_code == 200


@pytest.mark.django_db
def test_the_number_changes_once_with_a_transaction_that_writes():
    before = RegisterVersion.now()
    Theme.objects.create(key="one-more", name_nl="Nog een", name_en="One more")
    connection.check_constraints()  # as at the end of a transaction
    after = RegisterVersion.now()
    Theme.objects.filter(key="one-more").update(name_en="Another")
    Theme.objects.count()
    connection.check_constraints()
    assert before < after == RegisterVersion.now()


@pytest.mark.django_db
def test_every_table_that_holds_something_is_watched():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_note_writing_%'")
        watched = [name.strip('"') for (name,) in cursor]
    of_accounts = ("account", "accounts", "auth", "mfa", "sessions", "socialaccount", "usersessions")
    others = ("admin", "contenttypes", *of_accounts)
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in others and model._meta.managed and model not in NOT_WATCHED
    }
    assert sorted(watched) == sorted(tables), "each table has the trigger, once"


STATEMENTS = {
    "insert": "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "update": "UPDATE {table} SET instrument_id = instrument_id",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table}",
}


@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("table", ["register_instrument_themes", "register_relation"])
def test_every_way_to_write_is_counted(table, statement):
    before = RegisterVersion.now()
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[statement].format(table=table))
    connection.check_constraints()  # as at the end of a transaction
    assert RegisterVersion.now() > before
