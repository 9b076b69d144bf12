"""What every answer costs on the shipped data: processor time, statements and weight, first and again.

Runs in a process of its own, on a database that `script/bench pages` made for it. Answers come from the WSGI handler
with the middleware of production, uncompressed. Their processor time is given as multiples of *u*: that of Django's own
`ListView` which renders 25 placements with five plain fields, through the same handler and in turn with each answer, so
that other work on the machine slows both.
"""

# ruff: noqa: T201  (it talks to the person at the terminal)

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import psycopg2

WARM_UPS, TIMES = 3, 20
BARE = "bare-list/"
BARE_TEMPLATE = """\
<table>{% for record in object_list %}<tr><td>{{ record.key }}</td><td>{{ record.kind }}</td>
<td>{{ record.title_nl }}</td><td>{{ record.city }}</td><td>{{ record.updated_at }}</td></tr>{% endfor %}</table>"""


@dataclass(frozen=True)
class Goals:
    """The most that an answer may take, None for no goal: multiples of u, statements, and kB."""

    first: float | None = None
    first_statements: int | None = None
    again: float | None = None
    again_statements: int | None = None
    weight: int | None = None


LIST = Goals(first=15, first_statements=12, again=1.5, again_statements=3, weight=80)
PAGE = Goals(first=30, first_statements=25, again=1.5)
DETAIL = Goals(first=8, again=1.5)
API_LIST = Goals(first=6, first_statements=5, again=0.7)
DOCUMENT = Goals(again=0.7)
DOCS_PAGE = Goals(again=0.7, weight=80)


@dataclass(frozen=True)
class Cost:
    """Of one answer: seconds of processor (median), those of a bare list beside it (u), SQL statements, bytes."""

    seconds: float
    unit: float
    statements: int
    bytes: int

    @property
    def units(self) -> float:
        return self.seconds / self.unit


@dataclass(frozen=True)
class Measured:
    """An answer that was asked first after a write, and again with nothing written since."""

    path: str
    goals: Goals
    first: Cost
    again: Cost

    def missed(self) -> list[str]:
        """The goals that it does not meet."""
        goals = self.goals
        found = (
            ("first", self.first.units, goals.first),
            ("first statements", self.first.statements, goals.first_statements),
            ("again", self.again.units, goals.again),
            ("again statements", self.again.statements, goals.again_statements),
            ("kB", self.again.bytes / 1000, goals.weight),
        )
        return [name for name, value, most in found if most is not None and value > most]


def answers() -> Iterator[tuple[str, Goals]]:
    """The address of every answer that is measured, with its goals. Django must be set up."""
    from django.db.models import Count
    from django.urls import resolve, reverse

    from config.api import EVERYTHING, REFERENCE, SAVED
    from config.kinds import KINDS
    from cooperation.register.api.openapi_document import document
    from cooperation.register.models import kinds

    others = ("instruments", "milestones", "commitments", "sources", "organisations", "views")
    for resource in (*(kind.resource for kind in KINDS), *others):
        path = reverse(f"{resource}-list")
        _shown_unasked, *more = resolve(path).func.view_class.views
        yield path, LIST
        for view in more:
            yield f"{path}?view={view}", LIST
        if resource == "instruments":
            yield f"{path}?q=police", LIST
    for name in ("home", "countries", "benelux", "gaps"):
        yield reverse(name), PAGE
    for code in ("AL", "BE"):
        yield reverse("country", args=[code]), PAGE
    for resource, kind in kinds().items():
        record = kind.objects.annotate(number=Count("milestones")).order_by("-number", "key")[0]
        yield reverse(f"{resource}-detail", args=[record.key]), DETAIL
    for name in (*(kind.resource for kind in KINDS), *EVERYTHING, *REFERENCE, *SAVED):
        yield f"{reverse(f'api:{name}-list')}?pageSize=25", API_LIST
    yield reverse("api:openapi"), DOCUMENT
    yield reverse("api-docs"), DOCS_PAGE
    operations = [operation for methods in document("en")["paths"].values() for operation in methods.values()]
    for name in sorted({operation["tags"][0] for operation in operations}):
        yield reverse("api-docs-resource", args=[name]), DOCS_PAGE


def measure(ask: Callable[[], bytes], bare: Callable[[], bytes], before: Callable[[], None] = lambda: None) -> Cost:
    """What one answer costs, and a bare list in turn with it; with something done before each that is not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, units = [], []
    for _time in range(WARM_UPS + TIMES):
        before()
        times.append(_seconds(ask))
        units.append(_seconds(bare))
    before()
    with CaptureQueriesContext(connection) as queries:
        body = ask()
    return Cost(*(statistics.median(one[WARM_UPS:]) for one in (times, units)), len(queries), len(body))


def _seconds(ask: Callable[[], bytes]) -> float:
    """The processor time that this process takes to answer."""
    began = time.process_time()
    ask()
    return time.process_time() - began


def asker(handler) -> Callable[[str], bytes]:
    """Asks a WSGI handler for an address, and gives the whole body. Raises ValueError for another status than 200."""
    from django.test import RequestFactory

    requests = RequestFactory()

    def ask(path: str) -> bytes:
        said = []
        answer = handler(requests.get(path).environ, lambda status, headers: said.append(status))
        body = b"".join(answer)
        answer.close()
        if not said[0].startswith("200"):
            raise ValueError(f"{path} answers {said[0]}")
        return body

    return ask


def table(found: list[Measured]) -> str:
    """The report in Markdown."""
    head = ("Answer", "first ms", "u", "statements", "again ms", "u", "statements", "kB", "Goals", "Met")
    rows = [
        (
            f"`{one.path}`",
            *_cells(one.first),
            *_cells(one.again),
            f"{one.again.bytes / 1000:.1f}",
            _words(one.goals),
            f"NOT met: {', '.join(one.missed())}" if one.missed() else "met",
        )
        for one in found
    ]
    lines = [head, ("---", *["---:"] * 7, "---", "---"), *rows]
    met = sum(not one.missed() for one in found)
    unit = statistics.median(cost.unit for one in found for cost in (one.first, one.again))
    summary = f"1 u = {unit * 1000:.2f} ms. Of {len(found)} answers {met} meet all their goals."
    return "\n".join([summary, "", *("| " + " | ".join(line) + " |" for line in lines)])


def _cells(cost: Cost) -> tuple[str, str, str]:
    return f"{cost.seconds * 1000:.1f}", f"{cost.units:.1f}", str(cost.statements)


def _words(goals: Goals) -> str:
    parts = []
    for name, most, statements in (
        ("first", goals.first, goals.first_statements),
        ("again", goals.again, goals.again_statements),
    ):
        if most is not None:
            parts.append(f"{name} {most:g} u" + (f" and {statements} statements" if statements else ""))
    return ", ".join([*parts, *([f"{goals.weight} kB"] if goals.weight else [])])


def main(only: list[str]) -> None:
    """Measures these addresses, all when none is named, and prints the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from config import urls
    from cooperation.register.actions import load as loading

    call_command("migrate", verbosity=0, interactive=False)
    loading.load()
    urls.urlpatterns.insert(0, bare_list())  # before the first address is looked up
    from config.wsgi import application

    ask = asker(application)
    writer = psycopg2.connect(os.environ["DATABASE_URL"])  # the connection of the handler may be one that only reads
    writer.autocommit = True

    bare, found = partial(ask, f"/{BARE}"), []
    for path, goals in answers():
        if only and path not in only:
            continue
        print(f"  {path}", file=sys.stderr)
        asked = partial(ask, path)
        found.append(Measured(path, goals, measure(asked, bare, partial(_write, writer)), measure(asked, bare)))
    print(table(found))


def bare_list():
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import path
    from django.views.generic import ListView

    from placements.models import Placement

    template = engines["django"].from_string(BARE_TEMPLATE)

    class BareList(ListView):
        queryset = Placement.objects.order_by("key")
        paginate_by = 25

        def render_to_response(self, context, **kwargs):
            return HttpResponse(template.render(context, self.request))

    return path(BARE, BareList.as_view())


def _write(connection) -> None:
    """Change something that nobody sees, so that no remembered answer is of this version of the register."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE register_theme SET name_en ="
            " CASE WHEN name_en LIKE '%.' THEN rtrim(name_en, '.') ELSE name_en || '.' END"
            " WHERE key = (SELECT min(key) FROM register_theme)"
        )
