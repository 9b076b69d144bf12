"""The tree itself: who imports whom, what is left over, what was forgotten."""

import ast
import importlib
import importlib.util
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from config.kinds import KINDS
from cooperation.register.api.serializers import camel
from cooperation.register.models import kinds
from cooperation.register.views.list import VIEWS
from tests.contracts import DeclaredKind, KernelContract, KindContract

INSTRUMENTS = {kind.resource: kind.viewset for kind in KINDS}

ROOT = Path(settings.BASE_DIR)
CODE = ("config", "cooperation", "placements", "mous", "script")
TEMPLATES = ROOT / "templates"
LINES = 450  # what can be read at a sitting; migrations are written by Django
# Django looks for these by itself.
BY_STATUS = {"400.html", "403.html", "404.html", "500.html"}
OF_ALLAUTH = {"429.html", "account/signup_closed.html", "socialaccount/authentication_error.html"}
OF_ADMIN = {"admin/base_site.html"}  # in the place of Django's own
OF_VIEWS = {f"register/views/{view}.html" for view in VIEWS}


def python_files() -> list[Path]:
    found = [path for folder in CODE for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    assert len(found) > 50
    return found


def templates() -> list[Path]:
    found = list(TEMPLATES.rglob("*.html"))
    assert len(found) > 20
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_apps_do_not_import_each_other():
    """What the contracts of import-linter say, read a second time from the files, so that none is left out."""
    allowed = {"placements": {"placements"}, "mous": {"mous"}, "cooperation": {"cooperation"}}
    found = []
    for path in python_files():
        app = path.relative_to(ROOT).parts[0]
        for module in _imports(path):
            first, *rest = module.split(".")
            if app in allowed and first in {*allowed, "config", "tests"} - allowed[app] and rest[:1] != ["register"]:
                found.append(f"{name(path)} imports {module}")
            if "register" in path.relative_to(ROOT).parts[1:2] and first == "cooperation" and rest[:1] != ["register"]:
                found.append(f"{name(path)} imports {module}")
    assert found == []


def test_production_imports_nothing_from_the_scripts():
    """What gives a laptop its database is no part of what serves: only the settings of that laptop know it."""
    production = [path for path in python_files() if not name(path).startswith("script/")]
    found = {name(path) for path in production if any(one.split(".")[0] == "script" for one in _imports(path))}
    assert found == {"config/settings/dev.py"}


def _imports(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return whole | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }


def test_the_database_is_spoken_to_by_psycopg2():
    """Where psycopg 3 can be imported, Django silently takes that, and ranges of days come out as another type."""
    assert importlib.util.find_spec("psycopg") is None
    assert not is_psycopg3


def test_what_is_read_by_hand_is_read_where_the_router_says():
    """`connection` is that of the primary: for what writes. The rest reads with `models.connection`."""
    kernel = ROOT / "cooperation" / "register"
    by_hand = re.compile(r"^from django\.db import .*\bconnection\b", re.MULTILINE)
    found = [path for path in kernel.rglob("*.py") if by_hand.search(path.read_text())]
    assert {path.relative_to(kernel).parts[0] for path in found} <= {"actions", "history", "migrations"}


def test_no_template_is_left_over():
    texts = {path: path.read_text("utf-8") for path in [*templates(), *python_files()]}
    unused = [
        own
        for path in templates()
        if (own := str(path.relative_to(TEMPLATES))) not in {*BY_STATUS, *OF_ADMIN, *OF_ALLAUTH, *OF_VIEWS}
        and not any(f'"{own}"' in text for other, text in texts.items() if other != path)
    ]
    assert unused == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"<script(?![^>]*\ssrc=)",
        r"<style",
        r"\sstyle=",
        r"\son[a-z]+\s*=",
        r"javascript:",
        r"(src|href)=\"https?://[^\"]*\.(js|css)",
    ],
    ids=["script", "style element", "style attribute", "event attribute", "script address", "other host"],
)
def test_nothing_inline_that_the_content_security_policy_refuses(pattern):
    assert [name(path) for path in templates() if re.search(pattern, path.read_text("utf-8"), re.IGNORECASE)] == []


def test_files_can_be_read_at_a_sitting():
    long = {name(path): lines for path in python_files() if (lines := path.read_text("utf-8").count("\n")) > LINES}
    assert long == {}


@pytest.mark.parametrize("resource", INSTRUMENTS)
def test_every_field_of_a_kind_is_in_the_api(resource):
    """Whether it is on the page as well is tried by `test_every_field_of_the_kind_is_shown_in_page_and_api`."""
    given = set(INSTRUMENTS[resource].serializer_class().fields)
    fields = [field for field in kinds()[resource]._meta.get_fields() if field.concrete and field.editable]
    inside = {"id", "instrument_ptr"}
    assert {field.name for field in fields if camel(field.name) not in given} - inside == set()


def test_every_kind_and_every_list_keeps_the_contracts():
    """A kind without its tests is no kind: the one place that tells what was forgotten."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        if re.search(r"\((DeclaredKind|KindContract|KernelContract)\)", path.read_text("utf-8")):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    tested = _below(DeclaredKind) - {KindContract, KernelContract}
    assert {contract.kind.model for contract in tested} == set(kinds().values())
    assert {contract.kind for contract in tested} >= set(KINDS)
    ladders = [contract.kind.model.ladder for contract in _below(KindContract) - {KernelContract}]
    assert any(ladder.evidence for ladder in ladders)
    assert any(ladder.follows for ladder in ladders)


def _below(parent: type) -> set[type]:
    children = set(parent.__subclasses__())
    return children.union(*map(_below, children))
