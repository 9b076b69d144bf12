"""Servers of their own, for what would disturb that of the other tests."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection

from script.backups.files import Opened, seal
from script.backups.postgres import dump, replace
from script.embedded.state import temporary_state
from tests.clusters import Primary


@pytest.fixture(scope="session")
def primary(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Primary]:
    """A PostgreSQL with the data set."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
    of_tests = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    file = seal(dump(of_tests), tmp_path_factory.mktemp("dump"), None)
    with temporary_state() as state, Primary(state) as primary:
        with file.open("rb") as stream:
            replace(primary.url, Opened(stream, None), overwrite=False)
        yield primary
