"""What is asked: the rows of the table of goals, each as the addresses of the three faces.

Countries, words and days come in turn from fixed lists, from the most frequent to rare ones, so that no answer is
measured that happens to lie ready.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

import psycopg2

from .load import Request
from .vocabulary import SEARCHED

DAYS = ("2012-03-15", "2016-09-08", "2019-01-31", "2021-12-02", "2024-06-01", "2026-02-14")
DETAIL_DAY = DAYS[3]
COUNTRY_PLACES = (0, 2, 6, 15, 40, 90)  # in the order of how many records have them
KINDS = ("mission", "director", "liaison_officer", "joint_office", "secondment_multilateral", "flexible_liaison")
ROWS = 50
LIST, STATISTICS, PAGE = "/api/v1/placements", "/api/v1/statistics/placements", "/placements/"
PLAIN = "/placements/"
HTML = {"Accept": "text/html"}
SEEN = """
SELECT key FROM register_instrument i JOIN register_stagespan s ON s.instrument_id = i.id
WHERE key = ANY(%s) AND classification = 'public' AND s.valid @> %s::date AND s.known @> %s::date
"""


@dataclass
class Question:
    """One row of the table. `asked` holds the requests by name: a face, or the register asked otherwise."""

    name: str
    title: str
    asked: dict[str, list[Request]]
    agree: Callable | None = None  # of `agreement`
    faces: dict[str, str] = field(default_factory=dict)  # of the names that are no face: the face that is asked

    def face(self, name: str) -> str:
        return self.faces.get(name, name)


@dataclass
class Parameters:
    """What the questions are about: looked up once in the database."""

    known_on: str
    countries: list[str]
    words: list[str]
    keys: list[str]

    @classmethod
    def of(cls, database_url: str) -> "Parameters":
        connection = psycopg2.connect(database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT country_id FROM register_countryrole GROUP BY 1 ORDER BY count(*) DESC, 1")
            countries = [code for (code,) in cursor]
            cursor.execute("SELECT count(*) FROM register_instrument WHERE key LIKE 'generated-post-%'")
            (rows,) = cursor.fetchone()
            numbers = [rows * part // 13 for part in range(1, 13)]
            keys = [f"generated-post-{number:07d}" for number in numbers]
            known_on = date.today().isoformat()
            cursor.execute(SEEN, [keys, DETAIL_DAY, known_on])
            seen = {key for (key,) in cursor}
        connection.close()
        return cls(
            known_on=known_on,
            countries=[countries[min(place, len(countries) - 1)] for place in COUNTRY_PLACES],
            words=list(SEARCHED.values()),
            keys=[key for key in keys if key in seen],
        )

    def clock(self, place: int) -> dict[str, str]:
        return {"validOn": DAYS[place % len(DAYS)], "knownOn": self.known_on}


def questions(parameters: Parameters) -> list[Question]:
    """All that need no answer of another to be asked; `pages` and `unchanged` follow from the register's answers."""
    from . import agreement

    clocks = [parameters.clock(place) for place in range(len(DAYS))]
    detail_clock = urlencode({"validOn": DETAIL_DAY, "knownOn": parameters.known_on})
    country = [{**clock, "country": code} for clock, code in zip(clocks, parameters.countries, strict=True)]
    search = [
        {**clock, "q": word, "country": parameters.countries[place // 2]}
        for place, (clock, word) in enumerate(zip(clocks, parameters.words, strict=True))
    ]
    kind = [{**clock, "kind": kind} for clock, kind in zip(clocks, KINDS, strict=True)]
    by_title, rows = {"sort": "title"}, {"pageSize": ROWS}
    by_country = {"groupBy": "country"}
    return [
        Question(
            "list",
            "list: country, validOn, sort",
            {
                "register": requests(LIST, country, by_title, rows),
                "raw": requests(LIST, country, rows),
                "plain": requests(PLAIN, country, rows),
            },
            agreement.of_lists,
        ),
        Question(
            "search",
            "search word and country",
            {
                "register": requests(LIST, search, rows),
                "raw": requests(LIST, search, rows),
                "plain": requests(PLAIN, search, rows),
            },
            agreement.of_searches,
        ),
        Question(
            "counts",
            "counts by country",
            {
                "register": requests(STATISTICS, clocks, by_country),
                "raw": requests(STATISTICS, clocks, by_country),
                "plain": requests(f"{PLAIN}by_country/", clocks),
            },
            agreement.of_counts,
        ),
        Question(
            "counts-of-some",
            "counts by country, of one kind",
            {
                "register": requests(STATISTICS, kind, by_country),
                "raw": requests(STATISTICS, kind, by_country),
                "plain": requests(f"{PLAIN}by_country/", kind),
            },
            agreement.of_counts,
        ),
        Question(
            "detail",
            "detail",
            {
                name: [
                    Request(f"{path}{key}{'/' if name == 'plain' else ''}?{detail_clock}") for key in parameters.keys
                ]
                for name, path in (("register", f"{LIST}/"), ("raw", f"{LIST}/"), ("plain", PLAIN))
            },
            agreement.of_details,
        ),
        Question(
            "html",
            "list page in HTML",
            {
                "register": requests(PAGE, country, by_title, headers=HTML),
                "plain": requests(PLAIN, country, headers=HTML),
            },
            agreement.of_pages,
        ),
    ]


def requests(path: str, asked: list[dict], *more: dict, headers: dict | None = None) -> list[Request]:
    together = {name: value for part in more for name, value in part.items()}
    return [Request(f"{path}?{urlencode({**one, **together})}", headers or {}) for one in asked]
