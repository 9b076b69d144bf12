"""The register with a column that fails in a late row, for gunicorn: what a client sees of an export that broke off.

The database is that of the tests, by its name in the environment.
"""

import os
from itertools import count

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
application = get_wsgi_application()

from cooperation.register.exports import rows, tables  # noqa: E402
from cooperation.register.lists.columns import KEY, TITLE, Column  # noqa: E402
from placements.kind import PLACEMENTS  # noqa: E402

tables.BATCH = rows.CHUNK = rows.LINES = 10
numbers = count(1)


def fails(record, clock):
    if next(numbers) % 30 == 0:
        raise RuntimeError("the disk is full")
    return "sound" * 1000


PLACEMENTS.list_page.columns = [KEY, TITLE, Column("bad", "Bad", fails)]
