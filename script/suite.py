"""What `script/test` does: every check, then every test, against a PostgreSQL and a Valkey of its own."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import environment
from environment import PYTHON, ROOT

DESCRIPTION = """\
Runs every check and every test, against a database and a Redis of its own that are gone afterwards.

Arguments that are not named here go to pytest, for instance: script/test tests/register -k ladder
Browser tests need Chromium; as root on Debian it is installed, elsewhere they are left out, which the last line tells.
Where a PostgreSQL server is installed as well (15 to 18, in /usr/lib/postgresql), the tests run on that one too.
"""
TOOLS = PYTHON.parent
BROWSERS = ("chromium", "chromium-browser", "chromium-headless-shell", "google-chrome")
SYSTEM_POSTGRES = ("15", "16", "17", "18")


def main() -> int:
    parser = argparse.ArgumentParser(
        "script/test", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _, pytest_arguments = parser.parse_known_args()
    environment.enter(environment.DEVELOPMENT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

    from config.services import ServiceError

    try:
        return check_and_test(pytest_arguments)
    except ServiceError as error:
        print(f"✗ {error}")
        return 1


def check_and_test(pytest_arguments: list[str]) -> int:
    """Goes through everything, whatever fails on the way; the closing lines tell what did."""
    from config.services import Postgres, State, Valkey

    browser = find_browser()
    os.environ["CHROMIUM"] = browser or ""
    choice = [] if browser else ["-m", "not browser"]
    failed = [name for name, command in checks() if not passes(name, command)]

    with ExitStack() as stack:
        # Not where TMPDIR says: the path of a socket has to be short.
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cooperation-", dir="/tmp")))  # nosec B108
        state = stack.enter_context(State(directory / "built-in"))
        os.environ["REDIS_URL"] = stack.enter_context(Valkey(state)).url
        with Postgres(state, durable=False) as server:
            os.environ["DATABASE_URL"] = server.url
            if not passes("migrations match the models", [PYTHON, "manage.py", "makemigrations", "--check"]):
                failed.append("migrations match the models")
            if not tests("Tests on the built-in PostgreSQL", choice + pytest_arguments):
                failed.append("tests")
        if system := system_postgres():
            heading = f"Tests on the system's PostgreSQL {system.parent.name}, without a browser"
            state = stack.enter_context(State(directory / "system"))
            with Postgres(state, programs=system, durable=False) as server:
                os.environ["DATABASE_URL"] = server.url
                # With a choice of tests, it is fine when none is left for this second run.
                if not tests(heading, ["-m", "not browser", *pytest_arguments], may_be_none=bool(pytest_arguments)):
                    failed.append(f"tests on the system's PostgreSQL {system.parent.name}")

    if failed:
        print(f"✗ Failed: {', '.join(failed)}")
    if not browser:
        print("✗ Left out: the browser tests, as there is no Chromium (apt-get install chromium)")
    return 1 if failed or (not browser and os.environ.get("CI")) else 0


def checks() -> list[tuple[str, list]]:
    templates = [path for path in ROOT.glob("[!.]*/**/*.html") if "templates" in path.parts]
    everything_of_ours = ["--recursive", ".", "--exclude", "./.venv,./tests,./script/map/node_modules"]
    programs_are_our_own = ["--skip", "B404,B603"]  # `subprocess` without a shell, with fixed commands
    return [
        ("ruff check", [TOOLS / "ruff", "check", "--quiet"]),
        ("ruff format", [TOOLS / "ruff", "format", "--check", "--quiet"]),
        ("djade", [TOOLS / "djade", "--check", "--target-version", "5.2", *templates]),
        ("import-linter", [PYTHON, TOOLS / "lint-imports"]),
        ("bandit", [PYTHON, "-m", "bandit", "--quiet", *everything_of_ours, *programs_are_our_own]),
    ]


def passes(name: str, command: list) -> bool:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout.rstrip())
    print(f"{'✗' if done.returncode else '✓'} {name}")
    return done.returncode == 0


def tests(heading: str, arguments: list[str], may_be_none: bool = False) -> bool:
    """Runs pytest in the foreground. Interrupted, it gets time to clean up, and has ended before this goes on."""
    from config.services import end_with

    print(f"\n{heading}")
    parent = os.getpid()
    process = subprocess.Popen(
        [PYTHON, "-m", "pytest", *arguments], preexec_fn=lambda: end_with(parent, signal.SIGTERM)
    )
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
    nothing_chosen = 5
    return code == 0 or (may_be_none and code == nothing_chosen)


def find_browser() -> str | None:
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    if installed or os.geteuid() != 0 or not shutil.which("apt-get"):
        return installed
    print("… No Chromium: installing Debian's")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "chromium"]):
        subprocess.run(command, **quiet)
    return shutil.which("chromium")


def system_postgres() -> Path | None:
    """The programs of the oldest server of the system that is supported: the farthest from the built-in one."""
    for version in SYSTEM_POSTGRES:
        programs = Path("/usr/lib/postgresql", version, "bin")
        if (programs / "initdb").exists() and (programs / "postgres").exists():
            return programs
    return None


if __name__ == "__main__":
    environment.run(main)
