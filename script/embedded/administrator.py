"""The first account: made in the database that `script/server` uses, whether or not that runs."""

# ruff: noqa: T201  (it talks to the person at the terminal)

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from .addresses import built_in_urls, check_database
from .postgres import Postgres
from .state import ServiceError, State, state_directory


def make_administrator(checkout: Path) -> int:
    """Makes a superuser; gives the exit code."""
    try:
        with ExitStack() as stack:
            if not os.environ.get("DATABASE_URL"):
                os.environ["DATABASE_URL"] = built_in_database(stack, checkout)
            print(f"✓ {check_database(os.environ['DATABASE_URL'])}")
            _ask_for_administrator()
    except KeyboardInterrupt:
        print("\n■ Stopped; no account was made.")
        return 130
    except ServiceError as error:
        raise SystemExit(f"✗ {error}") from None
    return 0


def built_in_database(stack: ExitStack, checkout: Path) -> str:
    """The address of the database that `script/server` uses; where that does not run, it is started for a while."""
    return _running_database(checkout) or _started_database(stack, checkout)


def _running_database(checkout: Path) -> str:
    """The address of the built-in database while `script/server` runs, else nothing."""
    url = built_in_urls(checkout)["DATABASE_URL"]
    try:
        check_database(url)
    except ServiceError:
        return ""
    return url


def _started_database(stack: ExitStack, checkout: Path) -> str:
    state = stack.enter_context(State(state_directory(checkout), "script/administrator"))
    return stack.enter_context(Postgres(state)).url


def _ask_for_administrator() -> None:
    import django

    django.setup()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.management import CommandError, call_command
    from django.db import connections
    from django.utils import translation

    translation.activate("en")  # as everything that is said at a terminal
    name, password = (os.environ.get(f"DJANGO_SUPERUSER_{part}") for part in ("USERNAME", "PASSWORD"))
    if not (name and password) and not sys.stdin.isatty():
        raise ServiceError(
            "There is nobody here to ask. Start this in a terminal, or set DJANGO_SUPERUSER_USERNAME and"
            " DJANGO_SUPERUSER_PASSWORD."
        )
    call_command("migrate", verbosity=0, interactive=False)
    try:
        if name and password:
            validate_password(password)
            call_command("createsuperuser", interactive=False, username=name, email="", verbosity=0)
        else:
            call_command("createsuperuser", username=name, email="", verbosity=0)
    except (CommandError, ValidationError) as error:
        raise ServiceError(" ".join(getattr(error, "messages", [str(error)]))) from None
    finally:
        connections.close_all()
    print("✓ The account is made: sign in at /admin/, and set up a second factor there")
