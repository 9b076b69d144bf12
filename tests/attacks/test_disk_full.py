"""A disk that is full: what needs no room goes on, what does is refused in words and leaves no half state."""

import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg2
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cooperation.register.exports import sheets, text
from cooperation.register.models import AuditEntry, Instrument, SavedView, Source
from placements.models import Placement
from script.embedded.postgres import Postgres
from script.embedded.state import State
from script.embedded.valkey import Valkey
from tests.factories import PlacementFactory
from tests.register.test_admin import change_page, form_on
from tests.web_server import ask, web_server

ROOT = Path(__file__).resolve().parents[2]
SAID = "There is no room left on"


@contextmanager
def no_room_for(*models) -> Iterator[None]:
    """PostgreSQL answers as when it finds no room for a row of these tables."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        for model in models:
            cursor.execute(
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {model._meta.db_table}"
                " FOR EACH ROW EXECUTE FUNCTION no_room()"
            )
        yield
        transaction.set_rollback(True)


@pytest.fixture
def editor(client, db):
    client.force_login(User.objects.create_superuser("disk"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.raise_request_exception = False
    return client


def test_what_was_typed_is_shown_again_and_nothing_is_saved(editor):
    record = PlacementFactory(title_nl="before")
    form = form_on(editor, change_page(record)) | {"title_nl": "typed"}
    with no_room_for(Instrument):
        answer = editor.post(change_page(record), form)
        assert (answer.status_code, SAID in answer.text, 'value="typed"' in answer.text) == (503, True, True)
        assert editor.get(record.get_absolute_url()).status_code == 200
        assert Placement.objects.get(pk=record.pk).title_nl == "before"
    assert editor.post(change_page(record), form).status_code == 302
    assert Placement.objects.get(pk=record.pk).title_nl == "typed"


def test_a_view_is_not_saved_and_keeps_its_name(editor):
    with no_room_for(SavedView):
        answer = editor.post("/views/save/placements/", {"name": "typed", "days": "today"})
    assert (answer.status_code, SAID in answer.text, 'value="typed"' in answer.text) == (503, True, True)


@pytest.mark.slow
def test_a_load_says_so_once_and_blames_no_record(db, capsys):
    Source.objects.update(title="another")
    with no_room_for(Source), pytest.raises(CommandError, match=SAID):
        call_command("load_data", verbosity=0)
    assert capsys.readouterr().err == ""


def test_what_cannot_be_logged_is_not_shown(editor):
    record = PlacementFactory(classification="internal")
    with no_room_for(AuditEntry):
        answer = editor.get(record.get_absolute_url())
    assert (answer.status_code, answer["Retry-After"], SAID in answer.text) == (503, "30", True)
    assert record.title_nl not in answer.text


@pytest.mark.parametrize("form", ["ods", "xlsx", "txt"])
def test_an_export_that_finds_no_room_is_no_fault_of_the_program(client, db, monkeypatch, form):
    def no_room(*_arguments, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for module in (sheets, text):
        monkeypatch.setattr(module, "TemporaryFile", no_room)
    answer = client.get(f"/placements/?format={form}&lang=en")
    assert (answer.status_code, answer["Retry-After"], SAID in answer.text) == (503, "30", True)
    assert client.get("/placements/").status_code == 200


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A place with little room (tmpfs)."""
    place = Path(mkdtemp(prefix="cooperation-", dir="/tmp"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", place], check=False)
    try:
        if mounted.returncode:
            pytest.skip("this account may mount nothing")
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=False, stderr=subprocess.DEVNULL)
        place.rmdir()


@contextmanager
def full(disk: Path) -> Iterator[None]:
    filling = disk / "filling"
    filling.write_bytes(bytes(shutil.disk_usage(disk).free))
    assert shutil.disk_usage(disk).free == 0
    yield
    filling.unlink()


def manage(*command: str, **environment: str) -> subprocess.CompletedProcess:
    known = os.environ | environment | {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    program = [sys.executable, "manage.py", *command]
    return subprocess.run(program, cwd=ROOT, env=known, capture_output=True, text=True, check=False)


@pytest.mark.attack
def test_everything_on_a_disk_that_fills_up(small_disk):
    """PostgreSQL, Valkey and the files of exports, with the web server that uses them."""
    with State(small_disk) as state, Postgres(state) as postgres, Valkey(state) as valkey:
        urls = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "TMPDIR": str(small_disk)}
        assert manage("migrate", "-v0", **urls).returncode == 0
        with web_server("tests.attacks.served", **urls) as port:
            assert ask(port, "/placements/", patience=20).status == 200
            assert ask(port, "/placements/?format=ods", patience=20).status == 200  # where files go is chosen now
            with full(small_disk):
                load = manage("load_data", "-v0", **urls)
                assert (load.returncode, load.stderr.count("\n"), SAID in load.stderr) == (1, 1, True), load.stderr
                for address in ("/placements/", "/search/", "/api/v1/placements"):
                    assert ask(port, address, patience=20).status == 200, address
                for form in ("ods", "xlsx", "txt"):
                    answer = ask(port, f"/placements/?format={form}&lang=en", patience=20)
                    assert (answer.status, SAID in answer.text) == (503, True), form
                with socket.create_connection(("127.0.0.1", port), timeout=20) as form:  # too large for memory
                    form.sendall(b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\n")
                    form.sendall(b"Connection: close\r\nContent-Length: 3000000\r\n\r\n" + bytes(3_000_000))
                    answer = b"".join(iter(lambda: form.recv(65536), b"")).decode()
                    assert (answer.split()[1], SAID in answer) == ("503", True)
                ready = ask(port, "/readyz")
                assert (ready.status, '"redis": "takes no writes"' in ready.text) == (200, True)
            with psycopg2.connect(postgres.url) as connected, connected.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM register_source")
                assert cursor.fetchone() == (0,)
            assert manage("load_data", "-v0", **urls).returncode == 0
            assert ask(port, "/placements/?format=ods", patience=20).status == 200
