"""What `script/test` does: every check, then every test, against a PostgreSQL and a Valkey of its own."""

# ruff: noqa: S603, T201  (programs of our own, without a shell; it talks to the person at the terminal)

import argparse
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import environment
from environment import PYTHON, ROOT

DESCRIPTION = """\
Runs every check and every test, against a database and a Redis of its own that are gone afterwards.

--quick leaves out the browser, the second server and what is slow: for every commit.
--attacks adds the long attacks (the mark `attack`), about half an hour.
Arguments that are not named here go to pytest, for instance: script/test tests/register -k ladder
The tests run side by side, in one process more than there are cores; -n 0 runs them in one, where a debugger can stop.
Browser tests need Chromium; as root on Debian it is installed, elsewhere they are left out, which the last line tells.
Where there is LibreOffice, it opens the exports; where there is none, those tests are left out, which is told as well.
Where a PostgreSQL server is installed as well (15 to 18, in /usr/lib/postgresql), the tests whose subject is SQL run
on that one too.
"""
TOOLS = PYTHON.parent
# The headless shell has no windows to draw, and needs two thirds of the processor time of the whole browser.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SLOWEST = ("--durations", "10", "--durations-min", "1")
# Each test goes to the next process that is free, in the order of the collection; only those of one `xdist_group` stay
# together. By file or class there would be two or three long pieces, and cores with nothing to do.
# One process more than there are cores, as some tests wait for a service or a browser.
SIDE_BY_SIDE = ("-n", str(min((os.cpu_count() or 1) + 1, 8)), "--dist", "loadgroup")
SYSTEM_POSTGRES = ("15", "16", "17", "18")


def main() -> int:
    parser = argparse.ArgumentParser(
        "script/test",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--quick", action="store_true", help="for every commit")
    parser.add_argument("--attacks", action="store_true", help="the long attacks too")
    arguments, pytest_arguments = parser.parse_known_args()
    environment.enter(environment.DEVELOPMENT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

    from script.embedded.state import ServiceError

    try:
        return check_and_test(pytest_arguments, arguments.quick, arguments.attacks)
    except ServiceError as error:
        raise SystemExit(f"✗ {error}") from None


def check_and_test(pytest_arguments: list[str], quick: bool, attacks: bool) -> int:
    """Goes through everything, whatever fails on the way; the closing lines tell what did."""
    from script.embedded.postgres import Postgres
    from script.embedded.state import temporary_state
    from script.embedded.valkey import Valkey

    begun = time.monotonic()
    browser = None if quick else find_browser()
    if browser:
        os.environ["CHROMIUM"] = browser  # where the browser tests look for it
    failed = [name for name, command in checks() if not passes(name, command)]
    left_out = [*([] if browser else ["browser"]), *(["slow"] if quick else []), *([] if attacks else ["attack"])]

    with temporary_state() as state, Valkey(state) as valkey:
        os.environ["REDIS_URL"] = valkey.url
        if (programs := system_postgres()) and not quick:
            name = f"SQL on the system's PostgreSQL {programs.parent.name}"
            with temporary_state() as other, Postgres(other, programs, durable=False) as postgres:
                os.environ["DATABASE_URL"] = postgres.superuser_url  # tests make databases and roles
                print(f"\n→ The tests of {name}")
                if not pytest_passes(
                    ["-m", "sql and not slow and not attack", *pytest_arguments], may_be_none=bool(pytest_arguments)
                ):
                    failed.append(name)

        with Postgres(state, durable=False) as postgres:
            os.environ["DATABASE_URL"] = postgres.superuser_url  # tests make databases and roles
            print("\n→ The tests on the built-in PostgreSQL")
            choice = ["-m", " and ".join(f"not {mark}" for mark in left_out)]
            if not pytest_passes([*SLOWEST, *choice, *pytest_arguments]):
                failed.append("tests")

    if failed:
        print(f"✗ Failed: {', '.join(failed)}")
    if not browser and not quick:
        print("✗ Left out: the browser tests, as there is no Chromium (apt-get install chromium)")
    if not shutil.which("soffice"):
        remedy = "apt-get install --no-install-recommends libreoffice-calc-nogui"
        print(f"… Left out: exports opened by LibreOffice, as there is none ({remedy})")
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    print(f"In all: {minutes} min {seconds} s")
    return 1 if failed or (not browser and not quick and os.environ.get("CI")) else 0


def checks() -> list[tuple[str, list]]:
    templates = [path for path in ROOT.glob("[!.]*/**/*.html") if "templates" in path.parts]
    own_programs = ["--skip", "B404,B603,B606"]  # started without a shell, as the rules of ruff know by file
    return [
        ("ruff check", [TOOLS / "ruff", "check", "--quiet"]),
        ("ruff format", [TOOLS / "ruff", "format", "--check", "--quiet"]),
        ("djade", [TOOLS / "djade", "--check", "--target-version", "5.2", *templates]),
        ("import-linter", [PYTHON, TOOLS / "lint-imports"]),
        ("bandit", [PYTHON, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", ".", *own_programs]),
    ]


def passes(name: str, command: list) -> bool:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout.rstrip())
    print(f"{'✗' if done.returncode else '✓'} {name}")
    return done.returncode == 0


def pytest_passes(arguments: list[str], may_be_none: bool = False) -> bool:
    """Runs pytest in the foreground. Interrupted, it gets time to clean up, and has ended before this goes on."""
    from script.embedded.process import end_with

    parent = os.getpid()
    process = subprocess.Popen(
        [PYTHON, "-m", "pytest", *SIDE_BY_SIDE, *arguments],
        preexec_fn=lambda: end_with(parent, signal.SIGTERM),
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
    if (browser := installed_browser()) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return browser
    print("… No Chromium: installing Debian's")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    apt = ["apt-get", "-qq"]
    install = [*apt, "install", "-y", "--no-install-recommends", "fonts-liberation"]
    subprocess.run([*apt, "update"], check=False, **quiet)
    for package in ("chromium-headless-shell", "chromium"):  # not every release has the first
        if not installed_browser():
            subprocess.run([*install, package], check=False, **quiet)
    return installed_browser()


def installed_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def system_postgres() -> Path | None:
    """The programs of the oldest server of the system that is supported: the farthest from the built-in one."""
    for version in SYSTEM_POSTGRES:
        programs = Path("/usr/lib/postgresql", version, "bin")
        if (programs / "initdb").exists() and (programs / "postgres").exists():
            return programs
    return None


if __name__ == "__main__":
    environment.run(main)
