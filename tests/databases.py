"""Databases beside that of the tests."""

import psycopg2


def query(url: str, sql: str) -> list:
    """The rows of a statement on any database; what it changes is committed."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows
