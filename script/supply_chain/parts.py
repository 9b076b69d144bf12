"""The parts of the register: the packages of the lock file, what lies inside them, and the licence of each."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

import yaml
from license_expression import ExpressionError, get_spdx_licensing

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = ROOT / "requirements.txt"
KNOWN = tomllib.loads(Path(__file__).with_name("parts.toml").read_text())
SPDX = get_spdx_licensing()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@dataclass(frozen=True)
class Part:
    name: str
    version: str | None
    licence: str | None  # an expression of SPDX; None where nobody has looked
    purl: str | None = None
    hashes: tuple[str, ...] = ()  # of every file in which the lock file lets it be delivered
    wanted_by: tuple[str, ...] = ()  # the packages, or requirements.in, that it is there for
    inside: tuple["Part", ...] = field(default=(), compare=False)


@cache
def packages() -> list[Part]:
    return [_package(entry) for entry in re.split(r"\n(?=[a-z0-9])", LOCK.read_text())[1:]]


def _package(entry: str) -> Part:
    """From an entry of the lock file: `name==version`, the hashes, and after “# via” who asks for it."""
    name, version = re.match(r"([\w.-]+)(?:\[.*?\])?==([\w.!+-]+)", entry).groups()
    return Part(
        name,
        version,
        _licence(name),
        f"pkg:pypi/{name}@{version}",
        tuple(re.findall(r"--hash=sha256:(\w+)", entry)),
        tuple(re.findall(r"[\w.-]+", re.sub(r"-r requirements", "requirements", entry.partition("# via")[2]))),
        tuple(_inside(name)),
    )


def _licence(package: str) -> str | None:
    if package in KNOWN["licences"]:
        return KNOWN["licences"][package]
    return said_licence(package)


def said_licence(package: str) -> str | None:
    """The licence that the metadata of a package says, if that is an expression of SPDX."""
    try:
        said = metadata.metadata(package)
    except metadata.PackageNotFoundError:  # not for this system, or this version of Python
        return None
    return next(filter(is_expression, (said[key] for key in ("License-Expression", "License") if key in said)), None)


def is_expression(text: str | None) -> bool:
    try:
        return SPDX.parse(text, validate=True) is not None
    except ExpressionError:
        return False


def is_allowed(licence: str | None) -> bool:
    """Of what is joined by OR one is enough, of what is joined by AND all; an exception (WITH) only permits more."""
    if not is_expression(licence):
        return False

    def holds(part) -> bool:
        if isinstance(part, SPDX.OR | SPDX.AND):
            return (any if isinstance(part, SPDX.OR) else all)(map(holds, part.args))
        return getattr(part, "license_symbol", part).key in KNOWN["allowed"]

    return holds(SPDX.parse(licence))


def _inside(package: str) -> Iterator[Part]:
    found = [*_listed_by_itself(package), *bundled(package)]
    yield from dict.fromkeys(sorted(found, key=lambda part: (part.name.lower(), part.version or "")))


def _listed_by_itself(package: str) -> Iterator[Part]:
    """What a wheel says in SBOMs of its own (PEP 770): libraries that were copied into it, crates of Rust."""
    try:
        files = metadata.files(package) or ()
    except metadata.PackageNotFoundError:
        return
    for file in files:
        if ".dist-info/sboms/" in str(file):
            for listed in json.loads(file.read_text()).get("components", ()):
                name = listed["name"]
                if not listed.get("purl", "").startswith("pkg:pypi/"):  # the package itself
                    said = [one.get("expression") or one["license"].get("id") for one in listed.get("licenses", ())]
                    licence = " AND ".join(filter(None, said)) or KNOWN["licences_within"].get(name)
                    yield Part(name, listed.get("version"), licence, listed.get("purl"))


def bundled(package: str | None) -> Iterator[Part]:
    """What parts.toml says to lie in a package, or in this repository."""
    for known in KNOWN["bundled"]:
        if known.get("within") == package:
            yield Part(known["name"], _version(known, package), known["licence"])


def _version(known: dict, package: str | None) -> str | None:
    if "version" not in known:
        return None
    try:
        text = file_of(known).read_bytes().decode("latin-1") if "file" in known else metadata.version(package)
    except (metadata.PackageNotFoundError, FileNotFoundError):
        return None
    found = re.search(known["version"], text)
    return found and found[1]


def file_of(known: dict) -> Path:
    """The file that shows that a bundled part is there."""
    if "within" not in known:
        return ROOT / known["file"]
    files = metadata.files(known["within"]) or ()
    found = next((file for file in files if file.match(known["file"]) and file.suffix != ".pyc"), None)
    if found is None:
        raise FileNotFoundError(known["file"])
    return Path(found.locate())


def register() -> Part:
    """The register itself, with what it brings along from elsewhere."""
    licence = yaml.safe_load((ROOT / "publiccode.yml").read_text())["legal"]["license"]
    return Part(PROJECT["name"], PROJECT["version"], licence, inside=tuple(bundled(None)))


def licences(parts: Iterable[Part], within: str = "") -> Iterator[tuple[str, str | None]]:
    """Every part and every one inside it, as people call it, with its licence."""
    for part in parts:
        yield f"{part.name} {part.version or ''}".strip() + within, part.licence
        yield from licences(part.inside, f" in {part.name}")


def refused(parts: Iterable[Part]) -> list[str]:
    """Each part whose licence is not allowed, or not known, as a line for people."""
    return [f"{name}: {licence or 'not known'}" for name, licence in licences(parts) if not is_allowed(licence)]
