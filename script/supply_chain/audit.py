"""The audit of the supply chain, told to a person and by an exit code: licences, known vulnerabilities, the SBOM."""

# ruff: noqa: T201  (it talks to the person at the terminal)

from pathlib import Path

from script.supply_chain.bill import bill
from script.supply_chain.parts import LOCK, licences, packages, refused, register
from script.supply_chain.vulnerabilities import look_up

FOUND, NOT_LOOKED_UP = 1, 3


def write_bill(file: Path) -> int:
    parts = packages()
    file.write_text(bill(parts))
    print(f"✓ {file}: {len(parts)} packages, with {sum(len(part.inside) for part in parts)} parts inside them")
    return 0


def list_licences() -> int:
    for name, licence in licences([register(), *packages()]):
        print(f"{name}: {licence or 'not known'}")
    return 0


def audit() -> int:
    parts = packages()
    faults = refused([register(), *parts])
    for line in faults:
        print(f"✗ Licence that is not allowed: {line}")
    if not faults:
        print(f"✓ Licences: {len(parts)} packages and what lies inside them, all allowed")

    found = look_up(LOCK)
    for line in found.known:
        print(f"✗ Known vulnerability: {line}")
    if found.fault:
        print(f"✗ Vulnerabilities were NOT looked up: the database could not be asked ({found.fault}).")
    elif found.not_looked_up:
        print(f"✗ NOT looked up, as the database did not answer for them: {', '.join(found.not_looked_up)}")
    elif not found.known:
        print(f"✓ No known vulnerability in {len(parts)} packages")
    print("… Never looked up here: parts inside packages, such as PostgreSQL, Valkey and htmx (script/audit --sbom).")
    if faults or found.known:
        return FOUND
    return NOT_LOOKED_UP if found.fault or found.not_looked_up else 0
