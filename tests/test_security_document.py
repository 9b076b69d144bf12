"""Every test that docs/security.md names is there."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent
DOCUMENT = TESTS.parent / "docs" / "security.md"


@cache
def names_in(path: str) -> set[str]:
    """The tests of a file, those of a class behind its name."""
    file = TESTS / path
    if not file.exists():
        return set()
    found = ast.parse(file.read_text()).body
    inside = {
        f"{each.name}::{one.name}" for each in found if isinstance(each, ast.ClassDef) for one in _functions(each.body)
    }
    return inside | {each.name for each in _functions(found)}


def _functions(body: list[ast.stmt]) -> list[ast.FunctionDef]:
    return [each for each in body if isinstance(each, ast.FunctionDef)]


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`([\w/]+\.py)::([\w:]+)`", DOCUMENT.read_text())
    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []


def test_what_is_not_met_is_in_the_list():
    """A row that says so in other words than the list would be read over."""
    said = DOCUMENT.read_text()
    listed = [int(number) for number in re.findall(r"^\| (\d+) \| \*\*", said, re.MULTILINE)]
    faults = re.findall(r"\| (?:not met|partly)(?: \((\d+)\))?", said.partition("## ASVS")[2])
    assert {int(number) for number in faults if number} <= set(listed)
    assert listed == list(range(1, len(listed) + 1))
