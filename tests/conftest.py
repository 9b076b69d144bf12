"""What every test can use: the real data set, loaded once for all processes, and a browser on a served site."""

import fcntl
import gc
import os
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from pytest_django import fixtures

from cooperation.register.actions import load as loading
from cooperation.register.domain.clock import Clock

# pytest-django makes a database only for tests that roll back. Those of the browser do not: alone, they would be given
# the database of the settings.
fixtures._get_databases_for_setup = lambda items: ({"default"}, set())


def pytest_collection_modifyitems(config, items):
    """The kernel is tried on two kinds: on one of them with every commit, on the other where there is more time."""
    from tests.contracts import DeclaredKind

    for item in items:
        is_second = getattr(item.cls, "is_second", False)
        if is_second and not hasattr(DeclaredKind, item.function.__name__):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish(session):
    """What is loaded now stays, as where the site is served (`config.wsgi`): garbage is looked for in the rest only."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def template(django_test_environment, django_db_blocker, worker_id, tmp_path_factory) -> str:
    """A database with the data set, which the processes of one run copy; empty where there is one process.

    The first that needs it makes it. It is left behind, and made anew by the next run.
    """
    if worker_id == "master":
        return ""
    here = tmp_path_factory.getbasetemp().parent  # of all processes of this run
    with open(here / "template.lock", "w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        names = connection.settings_dict
        name, own, there = names["NAME"], names["TEST"]["NAME"], here / "template"
        template = f"test_{name}_template"
        if not there.exists():
            names["TEST"]["NAME"] = template
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
            loading.load()
            connection.close()
            names["TEST"]["NAME"], names["NAME"] = own, name
            there.touch()
    return template


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, template):
    """The databases of the processes are copies of the template."""
    if template:
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, template):
    """The database of the tests holds the data set; each test rolls back what it adds."""
    if not template:
        with django_db_blocker.unblock():
            loading.load()


@pytest.fixture
def letter_day() -> Clock:
    """The day of the letter that is the yardstick, on both clocks."""
    return Clock(date(2021, 12, 2), date(2021, 12, 2))


@pytest.fixture
def anyone() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker):
    """The address of the site, served in a thread. Tests only read through it, so nothing needs to be rolled back."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    with django_db_blocker.unblock():
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}"
        server.terminate()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's Chromium, without its background traffic; as root it has no sandbox."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": quiet + sandbox}
