"""How old the newest backup is, where BACKUP_FOLDER says where backups are kept."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

NAME = re.compile(r"register-(\d{8}T\d{6}\.\d{6})Z\.dump(\.age)?")  # as script/backup names a file that is whole
CLOCKS_DIFFER = timedelta(minutes=5)  # at most: that of the machine that makes them
LATE = timedelta(hours=26)  # one each night, and two hours to make it in


def newest() -> datetime | None:
    """When the newest backup was made; None where there is none, or its folder cannot be read.

    One whose time is still to come was made with a clock that was wrong, and says nothing of last night.
    """
    try:
        names = [path.name for path in Path(settings.BACKUP_FOLDER).iterdir()]
    except OSError:
        return None
    said = (match[1] for name in names if (match := NAME.fullmatch(name)))
    made = (datetime.strptime(each, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC) for each in said)
    now = timezone.now() + CLOCKS_DIFFER
    return max((each for each in made if each < now), default=None)


def is_late() -> bool:
    """Whether there should be a newer one."""
    made = newest()
    return made is None or timezone.now() - made > LATE
