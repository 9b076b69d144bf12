"""The Python environment of this checkout: `.venv`, with what a lock file names in it.

Both commands start here, before anything is installed: only the standard library is used.
"""

# ruff: noqa: S603, S606, T201  (programs of our own, without a shell; it talks to the person at the terminal)

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALLED = VENV / "installed"

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"  # holds all of RUNTIME too


def run(main: Callable[[], int]) -> None:
    """Runs a command to its end; INT, TERM and a closed terminal unwind it, so that whatever was started is stopped."""
    sys.stdout.reconfigure(line_buffering=True, errors="replace")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # `nohup` is meant
            signal.signal(number, _interrupt)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("■ Stopped.")
        sys.exit(130)


def _interrupt(number, frame) -> None:
    """Unwinds once; whoever presses Ctrl-C again does not interrupt the cleaning up."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def enter(requirements: str) -> None:
    """Sees to it that `requirements` are installed, and goes on inside the environment, at the top of the checkout."""
    if not os.environ.get("REGISTER_IS_INSTALLED"):  # as where it is deployed (deploy/start)
        _install(requirements)
        if not VENV.samefile(sys.prefix):
            os.execv(PYTHON, [str(PYTHON), *sys.argv])
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))


def _install(requirements: str) -> None:
    checkout = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX)  # two commands may start at once
        if _fingerprint(requirements) in _installed():
            return
        started = time.monotonic()
        print(f"… Installing {requirements} into .venv")
        if not _usable():
            _create()
        _pip(requirements)
        covered = (RUNTIME,) if requirements == RUNTIME else (RUNTIME, DEVELOPMENT)
        INSTALLED.write_text("".join(f"{_fingerprint(name)}\n" for name in covered))
        print(f"✓ Python packages: installed in {time.monotonic() - started:.0f} s")
    except PermissionError as error:
        raise SystemExit(
            f"✗ {error.filename} is closed to this account. Start as its owner, or remove {VENV}."
        ) from None
    finally:
        os.close(checkout)


def _fingerprint(requirements: str) -> str:
    """Changes with the lock file, and with the Python behind the environment."""
    content = (ROOT / requirements).read_bytes() + os.fsencode(PYTHON.resolve())
    return hashlib.sha256(content).hexdigest()


def _installed() -> list[str]:
    return INSTALLED.read_text().split() if INSTALLED.exists() and PYTHON.exists() else []


def _usable() -> bool:
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", probe], check=False, capture_output=True).returncode == 0


def _create() -> None:
    command = [sys.executable, "-m", "venv", "--clear", VENV]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode != 0:
        raise SystemExit(
            f"{made.stdout}{made.stderr}"
            f"✗ This Python ({sys.executable}) could not make a virtual environment in {VENV}.\n"
            "  On Debian or Ubuntu its module `venv` is a package of its own: apt-get install python3-venv"
        )


def _pip(requirements: str) -> None:
    """Installs from wheels only: nothing is built here, so nothing but Python is needed."""
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--retries=2"]
    exact = ["--require-hashes", "--only-binary=:all:", "--requirement", ROOT / requirements]
    command = [PYTHON, "-m", "pip", "install", *options, *exact]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(
            f"{done.stdout}{done.stderr}"
            f"✗ The packages of {requirements} could not be installed.\n"
            "  They come from a Python package index, once: this needs a network (pip's own settings are followed)."
        )
