"""Everything that `script/server` runs, in order: services, database, web, background work. Stopped in reverse."""

# ruff: noqa: T201  (it talks to the person at the terminal)

import http.client
import ipaddress
import os
import secrets
import shutil
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

from .addresses import check_database, check_redis
from .postgres import Postgres
from .process import Process
from .state import ServiceError, State, state_directory, write_secret
from .supervisor import keep_alive
from .valkey import Valkey


def serve(checkout: Path, host: str, port: int, with_data: bool) -> int:
    """Serves until it is interrupted. What cannot start is told, and fails; what ends later is started again."""
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    try:
        with ExitStack() as stack:
            state = stack.enter_context(State(state_directory(checkout), f"The register at {address}"))
            listener = _bind(stack, host, port)
            processes = _start_services(stack, state)
            _prepare_database(state, with_data)
            for service in processes:
                if isinstance(service, Postgres):  # who serves is not who migrates
                    os.environ["DATABASE_URL"] = service.application_url
            processes += _start_programs(stack, state, listener)
            print(f"→ The register answers at {address} (Ctrl-C stops it)")
            keep_alive(processes)
    except KeyboardInterrupt:  # how it is meant to end
        print("■ Stopped.")
        return 0
    except (ServiceError, OSError) as error:  # OSError: no room on the disk, say
        raise SystemExit(f"✗ {error}") from None


def _bind(stack: ExitStack, host: str, port: int) -> socket.socket:
    """The socket of the web server, bound before anything is started for it. It listens when that server does."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        remedy = "Choose another with --port or --host."
        raise ServiceError(f"Port {port} on {host} is not to be had: {reason}\n  {remedy}") from None
    return listener


def _start_services(stack: ExitStack, state: State) -> list[Process]:
    """Leaves the addresses of PostgreSQL and Redis in the environment, for all that follow. Gives what it started."""
    started = []
    for variable, check, built_in in (
        ("DATABASE_URL", check_database, Postgres),
        ("REDIS_URL", check_redis, Valkey),
    ):
        if url := os.environ.get(variable):
            print(f"✓ {check(url)}")
        else:
            service = stack.enter_context(built_in(state))
            os.environ[variable] = service.url
            started.append(service)
            print(f"✓ {service.name}, with its data in {service.data}")
    return started


def _prepare_database(state: State, with_data: bool) -> None:
    """Migrates and loads in this process: starting Django once more for each would take longer than the work."""
    os.environ.setdefault("SECRET_KEY", _kept_key(state.path / "secret-key"))

    import django
    from django.core.management import CommandError, call_command
    from django.db import connections
    from django.db.migrations.exceptions import InconsistentMigrationHistory

    django.setup()
    from cooperation.register.models import Instrument

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except InconsistentMigrationHistory:
        raise ServiceError(
            "The tables of this database were made before the first release, and cannot be brought up to date.\n"
            f"  Name an empty one in DATABASE_URL; where it is that of this machine, remove {state.path}."
        ) from None
    print("✓ Tables: up to date")
    try:
        if with_data and not Instrument.objects.exists():
            call_command("load_data", verbosity=0)
            print("✓ Data set: loaded")
    except CommandError as error:
        raise ServiceError(f"The data set was not loaded: {error}") from None
    connections.close_all()


def _kept_key(path: Path) -> str:
    """A key of this machine's own, so that a session outlives a restart."""
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(50))
    return path.read_text()


def _start_programs(stack: ExitStack, state: State, listener: socket.socket) -> list[Process]:
    def start(name: str, module: str, *arguments: object, **options) -> Process:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        return stack.enter_context(Process(name, state, command, **options))

    metrics = state.path / "metrics"  # what the processes count, together (config.operations.metrics)
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    number = listener.fileno()
    web = [start(f"Web-{n}", "config.operations.server", "--fd", number, sockets=(number,)) for n in (1, 2)]
    web[0].wait_until(lambda: _answers(listener))
    print("✓ Web server, in two processes")

    # Only now, so that they do not slow down the first page.
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    worker = start("Worker", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "INFO", *quiet)
    beat = start("Beat", "celery", "-A", "config", "beat", "--schedule", state.path / "beat", "--loglevel", "INFO")
    print(f"✓ Background work: a worker and the schedule. All logs are in {state.logs}")
    return [*web, worker, beat]


def _answers(listener: socket.socket) -> bool:
    host, port = listener.getsockname()[:2]
    everywhere = ipaddress.ip_address(host).is_unspecified
    connection = http.client.HTTPConnection("localhost" if everywhere else host, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
