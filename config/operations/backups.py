"""The name of a backup, which says when it was made; how old the newest is, where BACKUP_FOLDER says where they are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

_NAME, _SEALED = "register-%Y%m%dT%H%M%S.%fZ.dump", ".age"
CLOCKS_DIFFER = timedelta(minutes=5)  # at most: that of the machine that makes them
LATE = timedelta(hours=26)  # one each night, and two hours to make it in


def name(made: datetime, *, sealed: bool) -> str:
    return made.astimezone(UTC).strftime(_NAME) + (_SEALED if sealed else "")


def made_at(name: str) -> datetime | None:
    """When the backup of this name was made; None where it is no name of a backup."""
    try:
        return datetime.strptime(name.removesuffix(_SEALED), _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest() -> datetime | None:
    """When the newest backup was made; None where there is none, or its folder cannot be read.

    One whose time is still to come was made with a clock that was wrong, and says nothing of last night.
    """
    try:
        found = [made_at(path.name) for path in Path(settings.BACKUP_FOLDER).iterdir()]
    except OSError:
        return None
    now = timezone.now() + CLOCKS_DIFFER
    return max((made for made in found if made and made < now), default=None)


def is_late() -> bool:
    """Whether there should be a newer one."""
    made = newest()
    return made is None or timezone.now() - made > LATE
