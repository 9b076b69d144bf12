"""One size from beginning to end: do the faces agree, and how long do they take."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import psycopg2

from . import agreement
from .faces import MEBIBYTE, Answer, Face
from .load import Request, Times, measure
from .questions import LIST, PAGE, PLAIN, ROWS, Parameters, Question, questions, requests
from .raw import CSV_COLUMNS

DEEPEST = 400_000  # rows from the first, for a cursor
LONGEST_WALK = 90  # seconds, to get there
GROWING = ("list", "search", "html")
FEW, LONG = 3, 20  # exports of each face, and the seconds from which one must do
FIRST, BY_ITSELF = "first", "first, by itself"
NAMES = ("list", "pages", "search", "counts", "counts-of-some", "detail", "html", "csv", "unchanged", "memory")


@dataclass
class Size:
    """What was measured at one number of rows."""

    rows: int
    times: dict[str, dict[str, Times]] = field(default_factory=dict)  # by question, then by name
    facts: dict[str, float | str] = field(default_factory=dict)  # what is no time of an answer
    faults: list[str] = field(default_factory=list)


@dataclass
class Bench:
    """The faces on one database, and what is asked of them."""

    rows: int
    database_url: str
    faces: dict[str, Face]
    seconds: float
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        self.size = Size(self.rows)
        self.parameters = Parameters.of(self.database_url)

    def run(self, only: list[str]) -> Size:
        by_name = {question.name: question for question in questions(self.parameters)}
        special = {"pages": self.pages, "csv": self.csv, "unchanged": self.unchanged, "memory": self.memory}
        for name in NAMES:
            if only and name not in only:
                continue
            self.say(f"  {name}")
            try:
                special[name]() if name in special else self.ask(by_name[name])
            except Exception as fault:  # one row that cannot be measured does not take the others along
                self.size.faults.append(f"{name}: {type(fault).__name__}: {fault}")
        return self.size

    def ask(self, question: Question) -> None:
        """Measures what the faces agree about; what they do not is a fault, and measured all the same."""
        if question.agree:
            self.size.faults += [f"{question.name}: {fault}" for fault in self.disagreements(question)]
        asked = {name: (self.faces[question.face(name)], found) for name, found in question.asked.items()}
        if question.agree:
            asked[FIRST] = (self.faces[FIRST], question.asked["register"])
        self.size.times[question.name] = measure(asked, self.seconds)
        if question.name in GROWING:  # a size is held against another without what the other faces push out of memory
            by_itself = {BY_ITSELF: asked[FIRST]}
            self.size.times[question.name] |= measure(by_itself, self.seconds)

    def disagreements(self, question: Question) -> Iterator[str]:
        for place in range(len(question.asked["register"])):
            told = {name: self.read(question.face(name), found[place]) for name, found in question.asked.items()}
            for fault in question.agree(told):
                yield f"{question.asked['register'][place].address}: {fault}"

    def read(self, face: str, request: Request):
        answer = self.get(face, request)
        if answer.status != 200:
            raise ValueError(f"{face} answers {answer.status} at {request.address}: {answer.body[:300]!r}")
        return agreement.read(answer, f"http://127.0.0.1:{self.faces[face].port}")

    def get(self, face: str, request: Request) -> Answer:
        return self.faces[face].client().get(request.address, request.headers)

    # --- questions that follow from an answer -----------------------------------------------------------------------

    def pages(self) -> None:
        """The page after a cursor, deep in the list, and the first one: by a cursor each is as near as the other."""
        clock = self.parameters.clock(3)
        order = {**clock, "sort": "title", "pageSize": ROWS}
        depths, cursors, afters = self._walk(clock)
        first = Request(f"{LIST}?{urlencode(order)}&cursor=")
        raw = [{**clock, "pageSize": ROWS, **after} for after in afters]
        plain = [{**clock, "pageSize": ROWS, "page": depth // ROWS + 1} for depth in depths]
        question = Question(
            "pages",
            "",
            {
                "register": [Request(f"{LIST}?{urlencode({**order, 'cursor': cursor})}") for cursor in cursors],
                "first page": [first] * len(cursors),
                "raw": requests(LIST, raw),
                "plain": requests(PLAIN, plain),
            },
            lambda told: agreement.of_lists({name: told[name] for name in ("register", "raw", "plain")}),
            {"first page": FIRST},
        )
        self.size.facts["depth"] = depths[-1]
        self.ask(question)

    def _walk(self, clock: dict) -> tuple[list[int], list[str], list[dict]]:
        """Reads on by cursor; gives some depths on the way, with the cursor there and what it stands for."""
        asked = {**clock, "sort": "title", "pageSize": 200, "fields": "key"}
        cursor, depth, began = "", 0, time.perf_counter()
        met: list[tuple[int, str, str]] = []
        while depth < DEEPEST and time.perf_counter() - began < LONGEST_WALK:
            told = self.read_with_next(Request(f"{LIST}?{urlencode({**asked, 'cursor': cursor})}"))
            if not told["next"]:
                break
            cursor = parse_qs(urlsplit(told["next"]).query)["cursor"][0]
            depth += len(told["results"])
            met.append((depth, cursor, told["results"][-1]["key"]))
        chosen = [met[len(met) * part // 5 - 1] for part in range(1, 6) if len(met) * part // 5]
        connection = psycopg2.connect(self.database_url)
        with connection, connection.cursor() as found:
            keys = [key for _depth, _cursor, key in chosen]
            found.execute("SELECT key, sort_nl FROM register_instrument WHERE key = ANY(%s)", [keys])
            sorts = dict(found.fetchall())
        connection.close()
        afters = [{"after_key": key, "after_sort": sorts[key]} for _depth, _cursor, key in chosen]
        return [depth for depth, _cursor, _key in chosen], [cursor for _depth, cursor, _key in chosen], afters

    def read_with_next(self, request: Request) -> dict:
        return json.loads(self.get("register", request).body)

    def unchanged(self) -> None:
        """The same answers, asked by one who has them already."""
        question = questions(self.parameters)[0]
        full = question.asked["register"]
        tags = [self.get("register", request).headers.get("ETag") for request in full]
        if not all(tags):
            self.size.facts["etag"] = "none"
            return
        again = [Request(request.address, {"If-None-Match": tag}) for request, tag in zip(full, tags, strict=True)]
        statuses = {self.get("register", request).status for request in again}
        if statuses != {304}:
            self.size.faults.append(f"unchanged: status {statuses} and not 304")
        asked = {"register": full, "unchanged": again}
        self.ask(Question("unchanged", "", asked, faces={"unchanged": "register"}))

    # --- the export, and memory -------------------------------------------------------------------------------------

    def csv(self) -> None:
        """The whole register as CSV, against COPY of the same columns."""
        clock = self.parameters.clock(3)
        columns = {"columns": ",".join(CSV_COLUMNS), "headers": "keys", "beside": "none", "sort": "title"}
        columns["format"] = "csv"
        asked = {
            "register": Request(f"{PAGE}?{urlencode({**clock, **columns})}"),
            "raw": Request(f"/csv?{urlencode({**clock, 'format': 'csv'})}"),
        }
        times = {name: Times() for name in asked}
        first_bytes: dict[str, list[float]] = {name: [] for name in asked}
        face = self.faces["register"]
        grown = 0
        self.faces["register"].client().get(f"{PAGE}?{urlencode({**clock, **columns, 'country': 'XK'})}")
        for _ in range(FEW):
            for name, request in asked.items():
                with face.watched() as held:
                    answer = self.faces[name].client().get(request.address, keep=False)
                if answer.status != 200:
                    raise ValueError(f"status {answer.status} at {request.address}")
                times[name].alone.append(answer.seconds)
                first_bytes[name].append(answer.first_byte)
                if name == "register":
                    grown = max(grown, max(held) - held[0])
            if max(times["register"].alone) > LONG:
                break
        self.size.times["csv"] = times
        self.size.facts |= {"first byte": min(first_bytes["register"]), "grown": grown / MEBIBYTE}
        told = {name: self._digest(name, request) for name, request in asked.items()}
        if told["register"] != told["raw"]:
            self.size.faults.append(f"csv: {told['register']} and not {told['raw']}")

    def _digest(self, face: str, request: Request) -> tuple[int, str]:
        """How many generated records an export holds, and a digest of their lines in order."""
        digest, number = hashlib.sha256(), 0
        client = self.faces[face].client(1)
        for line in client.lines(request.address):
            if re.match(rb'"generated-post-', line):
                digest.update(line.rstrip(b"\r\n") + b"\n")
                number += 1
        return number, digest.hexdigest()[:16]

    def memory(self) -> None:
        """What two workers hold while the list is asked with many connections at once."""
        question = questions(self.parameters)[0]
        face = self.faces["register"]
        with face.watched() as held:
            measure({"register": (face, question.asked["register"])}, min(self.seconds, 3))
        self.size.facts["memory"] = max(held) / MEBIBYTE
