"""How PostgreSQL answers: the statement of the raw face, and those of the register, each with its plan and times."""

# ruff: noqa: T201  (it talks to the person at the terminal; the statements are those that were just asked)

import os
import sys
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import django

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS) "


def show(names: list[str]) -> None:
    from django.db import connection

    from . import raw
    from .questions import Parameters, questions

    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        for question in questions(Parameters.of(os.environ["DATABASE_URL"])):
            if names and question.name not in names:
                continue
            if "raw" in question.asked:
                asked = urlsplit(question.asked["raw"][0].address)
                keys = dict(parse_qsl(asked.query))
                values = {**raw.values_of(keys, "http://raw"), "key": asked.path.rpartition("/")[2]}
                print(f"\n=== {question.title}: raw, {asked.geturl()}")
                _explain(cursor, cursor.mogrify(raw.statement(asked.path, keys), values).decode())
            request = question.asked["register"][0]
            statements = list(_statements_of(request))
            print(f"\n=== {question.title}: the register, {request.address}: {len(statements)} statements")
            for statement in statements:
                print(f"\n--- {statement}")
                _explain(cursor, statement)


def _statements_of(request) -> Iterator[str]:
    """What the register asks of the database for one answer, once everything is warm."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.get(request.address, headers=dict(request.headers))
    with CaptureQueriesContext(connection) as captured:
        client.get(request.address, headers=dict(request.headers))
    return (query["sql"] for query in captured.captured_queries if query["sql"].startswith(("SELECT", "WITH")))


def _explain(cursor, statement: str) -> None:
    cursor.execute(EXPLAIN + statement)
    for (line,) in cursor.fetchall():
        print(f"  {line}")


if __name__ == "__main__":
    django.setup()
    show(sys.argv[1:])
