"""What `script/bench` does: a database for each size, four faces on it, and the table of what they take."""

# ruff: noqa: T201  (it talks to the person at the terminal)

import argparse
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import environment

DESCRIPTION = """\
Measures the register on generated placements, against hand-written SQL (raw) and a plain DRF viewset (plain).

  script/bench                          10k and 100k placements, every question
  script/bench --rows 1M --only search  one size, one question
  script/bench make --rows 100k         only makes the database, keeps it, and tells where it is
  script/bench pages                    what every page and API answer costs on the shipped data, as multiples of a bare
                                        ListView: processor time, statements and weight, first and again
  script/bench slowest --rows 20k       every kind of request without an account, asked first: the slowest of them

Databases are made on the server that DATABASE_URL names, else on a built-in PostgreSQL of the benchmark's own; their
names begin with `bench`, and they are dropped afterwards unless they are kept. First of all it is checked that they
give the same rows. The exit code says whether it could measure and the rows agreed; no time fails.
"""


def main() -> int:
    options = _options()
    environment.enter(environment.DEVELOPMENT)
    from script.embedded.state import ServiceError

    try:
        with ExitStack() as stack:
            _services(stack)
            return {"make": _make, "pages": _pages, "slowest": _slowest, "measure": _measure}[options.what](options)
    except ServiceError as error:
        raise SystemExit(f"✗ {error}") from None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "script/bench", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what", nargs="?", choices=("measure", "make", "pages", "slowest"), default="measure", help="(%(default)s)"
    )
    parser.add_argument("--rows", default="10k,100k", help="how many placements: 10k, 1M or any number (%(default)s)")
    parser.add_argument("--seconds", type=float, default=5, help="for each face, question and load (%(default)s)")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="only this question (or address: pages); may be repeated"
    )
    parser.add_argument("--plans", action="store_true", help="show how PostgreSQL answers: raw, and the register")
    parser.add_argument("--keep", action="store_true", help="keep the databases; one that is there is used again")
    parser.add_argument("--markdown", action="store_true", help="write the tables as in docs/performance.md")
    options = parser.parse_args()
    options.rows = [_number(text) for text in options.rows.split(",")]
    return options


def _number(text: str) -> int:
    times = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    number = text[:-1] if times > 1 else text
    if not number.isdigit() or not int(number):
        raise SystemExit(f"✗ --rows: {text or 'nothing'} is not a number of rows like 10k, 1M or 2500.")
    return int(number) * times


def _services(stack: ExitStack) -> None:
    """Leaves the addresses of PostgreSQL and Redis in the environment."""
    from script.embedded.addresses import check_database, check_redis
    from script.embedded.postgres import Postgres
    from script.embedded.state import State, state_directory
    from script.embedded.valkey import Valkey

    os.environ.setdefault("SECRET_KEY", "only-for-the-benchmark")
    os.environ["ALLOWED_HOSTS"] = "*"
    state = None
    for variable, check, built_in, more in (
        ("DATABASE_URL", check_database, Postgres, {"durable": False}),
        ("REDIS_URL", check_redis, Valkey, {}),
    ):
        if url := os.environ.get(variable):
            print(f"✓ {check(url)}")
            continue
        if state is None:
            path = state_directory(environment.ROOT)
            state = stack.enter_context(State(path.with_name(f"{path.name}-bench"), "script/bench"))
        service = stack.enter_context(built_in(state, **more))
        os.environ[variable] = service.url
        print(f"✓ {service.name}, with its data in {service.data}")


def _name(rows: int) -> str:
    return f"bench_{rows}"


def _make(options: argparse.Namespace) -> int:
    from script.benchmark import databases

    for rows in options.rows:
        databases.drop(_name(rows))
        _fill(rows)
        print(f"✓ DATABASE_URL={databases.database_url(_name(rows))}")
    return 0


def _fill(rows: int) -> None:
    """In a process of its own: Django has one database."""
    from script.benchmark import databases

    began = time.monotonic()
    print(f"→ Making {rows} placements in the database {_name(rows)}")
    databases.make(_name(rows))
    code = (
        "import os, django; django.setup(); from script.benchmark import databases;"
        f"databases.fill({_name(rows)!r}, {rows}, os.cpu_count(), print)"
    )
    surroundings = {
        **os.environ,
        "DATABASE_URL": databases.database_url(_name(rows)),
        "DJANGO_SETTINGS_MODULE": "script.benchmark.settings",
        "PYTHONPATH": str(environment.ROOT),
    }
    done = subprocess.run([environment.PYTHON, "-c", code], check=False, env=surroundings)  # noqa: S603
    if done.returncode:
        databases.drop(_name(rows))
        raise SystemExit("✗ The database could not be made.")
    print(f"✓ Made in {time.monotonic() - began:.0f} s")


def _measure(options: argparse.Namespace) -> int:
    from script.benchmark import databases, faces, measure, report
    from script.embedded.state import temporary_state

    if unknown := set(options.only or ()) - {*measure.NAMES}:
        raise SystemExit(f"✗ --only: {', '.join(sorted(unknown))} is not one of {', '.join(measure.NAMES)}.")
    sizes = []
    for rows in options.rows:
        name = _name(rows)
        if not databases.exists(name):
            _fill(rows)
        print(f"→ Measuring {rows} placements")
        url = databases.database_url(name)
        with temporary_state() as state, faces.serving(state, url) as served:
            bench = measure.Bench(rows, url, served, options.seconds, print)
            sizes.append(bench.run(options.only or []))
        print(f"\n{report.told(sizes[-1], options.markdown)}\n")
        if options.plans:
            _plans(url, options.only)
        if not options.keep:
            databases.drop(name)
    print(report.told_of_growth(sizes, options.markdown))
    faults = [fault for size in sizes for fault in size.faults]
    if faults:
        print(f"✗ {len(faults)} times something could not be measured, or the faces did not agree")
    return 1 if faults else 0


def _pages(options: argparse.Namespace) -> int:
    from script.benchmark import databases

    name = "bench_pages"
    databases.drop(name)
    databases.make(name)
    try:
        return _inside("pages", name, options)
    finally:
        if not options.keep:
            databases.drop(name)


def _slowest(options: argparse.Namespace) -> int:
    from script.benchmark import databases

    for rows in options.rows:
        name = _name(rows)
        if not databases.exists(name):
            _fill(rows)
        print(f"→ Asking everything of {rows} placements")
        failed = _inside("slowest", name, options, ANSWER_CACHE="off")
        if not options.keep:
            databases.drop(name)
        if failed:
            return failed
    return 0


def _inside(module: str, name: str, options: argparse.Namespace, **more: str) -> int:
    """Runs a module of the benchmark on a database, in a process of its own: Django has one database."""
    from script.benchmark import databases

    surroundings = {**os.environ, **more, "DATABASE_URL": databases.database_url(name)}
    surroundings |= {"DJANGO_SETTINGS_MODULE": "script.benchmark.settings", "PYTHONPATH": str(environment.ROOT)}
    # Not with -m: templates take one and a half times as long in a process whose main module this is.
    code = f"import sys; from script.benchmark import {module}; {module}.main(sys.argv[1:])"
    command = [environment.PYTHON, "-c", code, *(options.only or ())]
    return subprocess.run(command, check=False, env=surroundings).returncode  # noqa: S603


def _plans(url: str, only: list[str] | None) -> None:
    surroundings = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "script.benchmark.settings"}
    surroundings["PYTHONPATH"] = str(environment.ROOT)
    command = [environment.PYTHON, "-m", "script.benchmark.plans", *(only or ())]
    subprocess.run(command, check=False, env=surroundings)  # noqa: S603


if __name__ == "__main__":
    environment.run(main)
