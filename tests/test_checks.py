"""`manage.py check --deploy` tells of a connection to PostgreSQL or Redis that leaves the machine without TLS."""

import ssl
from types import SimpleNamespace

import environ
import pytest
from kombu import Connection

from config.operations import checks
from config.settings.broker import broker_url


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("PGHOST", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql:///register", False),
        ("postgresql://register@/register?host=/run/postgresql", False),
        ("postgresql://register:secret@localhost/register", False),
        ("postgresql://register:secret@127.0.0.1:5432/register", False),
        ("postgresql://register:secret@[::1]/register", False),
        ("postgresql://register:secret@db.example.org/register?sslmode=verify-full", False),
        ("postgresql://register:secret@db.example.org/register", True),
        ("postgresql://register:secret@db.example.org/register?sslmode=require", True),
        ("postgresql://register:secret@db.example.org/register?sslmode=verify-ca", True),
        ("postgresql://register:secret@10.0.0.4/register", True),
        ("postgresql:///register?host=localhost,10.0.0.4", True),
    ],
)
def test_a_database(url, told, monkeypatch):
    _databases(url, monkeypatch)
    found = checks.databases(None)
    assert [one.id for one in found] == ["config.W001"] * told
    assert "secret" not in str(found)


def test_a_database_that_the_environment_names(monkeypatch):
    _databases("postgresql:///register", monkeypatch)
    monkeypatch.setenv("PGHOST", "db.example.org")
    assert checks.databases(None)
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert not checks.databases(None)


def _databases(url: str, monkeypatch) -> None:
    made = {"default": environ.Env().db_url_config(url)}
    monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES=made))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("unix:///run/valkey.sock", False),
        ("redis://localhost:6379/0", False),
        ("redis://:secret@127.0.0.1:6379/0", False),
        ("rediss://:secret@cache.example.org:6379/0", False),
        ("redis://:secret@cache.example.org:6379/0", True),
        ("rediss://cache.example.org/0?ssl_cert_reqs=none", True),
    ],
)
def test_redis(url, told, settings):
    settings.REDIS_URL = url
    assert [found.id for found in checks.redis(None)] == ["config.W002"] * told


@pytest.mark.parametrize("url", ["rediss://cache.example.org/0", "rediss://cache.example.org/0?ssl_ca_certs=own.pem"])
def test_tasks_go_to_no_other_redis_either(url):
    """Celery takes any certificate where the address says nothing."""
    assert Connection(broker_url(url)).ssl["ssl_cert_reqs"] == ssl.CERT_REQUIRED
    assert broker_url("unix:///run/valkey.sock") == "redis+socket:///run/valkey.sock"
