"""Which requests without an account take longest: every list in every view and format, and every other page.

Runs in a process of its own, on a database that `script/bench slowest` filled. Each is asked once through the WSGI
handler with the middleware of production and nothing remembered, and read to its end as it is written. What takes too
long is asked again, as the machine may have been busy.
"""

# ruff: noqa: T201  (it talks to the person at the terminal)

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote

LONGEST = 10  # seconds that an answer may take with 20,000 placements
SHOWN = 40
DEEP = 9_000  # rows from the first, where pages by number nearly end
EVER = "against=0001-01-01"  # compared with the beginning: all that is there now came
# Of 20,000 generated records nearly as many as one answer may have: 4,732, and 4,244 that changed.
NEARLY_ALL = ("kind=mission,regional_liaison,joint_office", f"view=changes&{EVER}&validOn=2021-12-02")
KIB, MIB = 2**10, 2**20


@dataclass(frozen=True)
class Asked:
    """A request, and what it took: seconds to the end and to the first byte, bytes, how much memory grew meanwhile."""

    address: str
    status: int
    seconds: float
    first_byte: float
    bytes: int
    grown: int


def addresses() -> Iterator[str]:
    """Every kind of request that needs no account. Django must be set up."""
    from django.urls import reverse

    from config.api import EVERYTHING, REFERENCE
    from config.kinds import KINDS
    from cooperation.register.api.expand import EXPANDABLE
    from cooperation.register.exports import EXPORTS

    instruments = [*(kind.resource for kind in KINDS), "instruments"]
    for name in [*instruments, "milestones", "commitments", "sources", "organisations"]:
        yield from _of_list(reverse(f"{name}-list"))
    for name, asked, export in product(("placements", "instruments"), NEARLY_ALL, EXPORTS):
        yield f"{reverse(f'{name}-list')}?{asked}&format={export}"
    for name in dict.fromkeys((*instruments, *EVERYTHING, *REFERENCE)):
        path = reverse(f"api:{name}-list")
        yield from (f"{path}?pageSize=200", f"{path}?pageSize=200&page={DEEP // 200}", f"{path}?cursor=")
        yield f"{path}?pageSize=200&expand={','.join(EXPANDABLE)}"
        yield f"{path}?pageSize=200&count=exact"
    for name in instruments:
        yield f"{reverse(f'api:{name}-changes')}?{EVER}"
        for group in ("country", "kind,stage", "country,year"):
            yield f"{reverse(f'api:{name}-statistics')}?groupBy={group}"
    for name in ("home", "benelux", "gaps", "countries", "api:gaps", "api-docs"):
        yield reverse(name)
    yield from (reverse("country", args=["BE"]), reverse("placements-detail", args=["generated-post-0000007"]))
    yield reverse("api-docs-resource", args=["placements"])


def _of_list(path: str) -> Iterator[str]:
    """A list: in its views, each in its formats; and what is found, sorted and filtered in odd ways."""
    from django.http import QueryDict
    from django.urls import resolve

    page = resolve(path).func.view_class
    for view in page.views:
        asked = f"view={view}" + (f"&{EVER}" if view == "changes" else "")
        yield f"{path}?{asked}"
        formats = [name for name, _export in page.exports(page.ask(QueryDict(asked), None))]
        yield from (f"{path}?{asked}&format={name}" for name in formats)
    question, filters = page.ask(QueryDict(), None), page.filterset_class.base_filters
    yield f"{path}?page={DEEP // 25}"
    yield f"{path}?sort={','.join(key for key, column in question.by_key.items() if column.sort)}"
    if "q" in filters:
        yield from (f"{path}?q={quote(words)}" for words in ("gegenereerde post", "polise", "e", "a b c d e f g h"))
        yield f"{path}?q=post&format=xlsx"
    if "milestone" in filters:
        yield f"{path}?country=BE,NL,DE,FR&milestone=started,ended&from=1990-01-01&until=2030-01-01"
    groups = [name for _label, group in (*page.common, *page.folded) for name in group]
    yield f"{path}?filters={','.join(name for name in groups if name in filters)}"


def ask(handler, address: str) -> Asked:
    """Asks once, and reads all of the answer without keeping it."""
    from django.test import RequestFactory

    said, size, first = [], 0, 0.0
    held = _forget_the_highest()
    began = time.perf_counter()
    answer = handler(RequestFactory().get(address).environ, lambda status, headers: said.append(status))
    try:
        for piece in answer:
            first = first or time.perf_counter() - began
            size += len(piece)
    except Exception as error:  # it broke off
        said[0] = f"599 {type(error).__name__}"
    answer.close()
    return Asked(address, int(said[0][:3]), time.perf_counter() - began, first, size, _memory("VmHWM") - held)


def _forget_the_highest() -> int:
    """The memory that this process holds now; the highest that is told afterwards is one from here on."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * KIB for line in lines if line.startswith(f"{name}:"))


def table(found: Iterable[Asked], unit: float) -> str:
    """The slowest first, in Markdown."""
    head = ("Answer", "status", "s", f"of {LONGEST} s", "u", "first byte s", "MB", "memory + MiB", "Met")
    slowest = sorted(found, key=lambda one: -one.seconds)
    rows = [
        (
            f"`{one.address}`",
            str(one.status),
            f"{one.seconds:.2f}",
            f"{one.seconds / LONGEST:.2f}",
            f"{one.seconds / unit:.0f}",
            f"{one.first_byte:.2f}",
            f"{one.bytes / 10**6:.2f}",
            f"{one.grown / MIB:.0f}",
            "met" if one.seconds <= LONGEST and one.status < 500 else "NOT met",
        )
        for one in slowest[:SHOWN]
    ]
    met = sum(one.seconds <= LONGEST and one.status < 500 for one in slowest)
    greediest = max(slowest, key=lambda one: one.grown)
    summary = (
        f"1 u = {unit * 1000:.2f} ms. Of {len(slowest)} answers {met} took at most {LONGEST} s; the slowest "
        f"{min(SHOWN, len(slowest))} are shown. The most memory, {greediest.grown / MIB:.0f} MiB, was taken by "
        f"`{greediest.address}`."
    )
    lines = [head, ("---", *["---:"] * 7, "---"), *rows]
    return "\n".join([summary, "", *("| " + " | ".join(line) + " |" for line in lines)])


def main(only: list[str]) -> None:
    """Asks what begins with one of these, everything when none is named, and prints the table."""
    import django

    django.setup()
    from functools import partial

    from config import urls

    from . import pages

    urls.urlpatterns.insert(0, pages.bare_list())
    from config.wsgi import application

    bare = partial(pages.asker(application), f"/{pages.BARE}")
    unit, found = pages.measure(bare, bare).unit, []
    for address in addresses():
        if only and not address.startswith(tuple(only)):
            continue
        asked = ask(application, address)
        if asked.seconds > LONGEST:
            asked = min(asked, ask(application, address), key=lambda one: one.seconds)
        found.append(asked)
        print(f"  {found[-1].seconds:6.2f} s  {found[-1].status}  {address}", file=sys.stderr)
    print(table(found, unit))
