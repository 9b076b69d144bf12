"""Known vulnerabilities in the packages of the lock file, asked by pip-audit."""

# ruff: noqa: S603  (a program of our own, without a shell)

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Findings:
    known: list[str] = field(default_factory=list)  # a line for people, each
    not_looked_up: list[str] = field(default_factory=list)  # names of packages
    fault: str = ""  # why nothing could be looked up


def look_up(lock: Path) -> Findings:
    """pip-audit ends with 0 when its database knows none of the packages, and with a traceback when it is out of reach:
    only what it says of each package counts."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    options = ["--format", "json", "--progress-spinner", "off", "--aliases", "on"]
    done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
    try:
        return read(json.loads(done.stdout)["dependencies"])
    except (json.JSONDecodeError, KeyError):
        said = done.stderr.strip().splitlines() or [f"pip-audit ended with {done.returncode}"]
        return Findings(fault=said[-1])


def read(answer: list[dict]) -> Findings:
    """From the answer of pip-audit: one entry for each package."""
    found = Findings()
    for package in answer:
        if "skip_reason" in package:
            found.not_looked_up.append(package["name"])
        for one in package.get("vulns", ()):
            names = ", ".join([one["id"], *one.get("aliases", ())])
            mended = " or ".join(one["fix_versions"]) or "no version yet"
            found.known.append(f"{package['name']} {package['version']}: {names}; mended in {mended}")
    return found
