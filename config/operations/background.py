"""Heartbeats: the schedule and the worker note the time in Redis every minute, so that one that stops is noticed."""

import time

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _t
from redis.exceptions import ResponseError

from . import backups

WORKER, SCHEDULE = "worker", "schedule"
SIGN_OF_LIFE = "config.sign_of_life"
LATE = 180  # seconds: three signs were missed
QUEUE = "celery"  # the list in Redis
_KEYS = {part: f"sign-of-life:{part}" for part in (WORKER, SCHEDULE)}


def note(part: str) -> None:
    """Notes the time."""
    cache.set(_KEYS[part], int(time.time()), None)


def signs() -> dict[str, int]:
    """When each of the two left its last sign, where it ever did. Raises what Redis raises."""
    found = cache.get_many(_KEYS.values())
    return {part: found[key] for part, key in _KEYS.items() if key in found}


def silent() -> list[str]:
    """What has given no sign for some minutes. Raises what Redis raises."""
    found, now = signs(), time.time()
    return [part for part in _KEYS if abs(now - found.get(part, 0)) > LATE]  # to come: the clock was set back


def tasks_waiting() -> int:
    """How many tasks no worker has taken yet. Raises what Redis raises."""
    return cache._cache.get_client().llen(QUEUE)


def takes_writes() -> bool:
    """Whether Redis has room, in memory and on disk. Raises what Redis raises when it does not answer at all."""
    try:
        cache.set("takes-writes", True, LATE)
    except ResponseError:
        return False
    return True


def warnings() -> list[str]:
    """For the administrator, in words."""
    return [*_warnings_of_parts(), *_warnings_of_backups()]


def _warnings_of_backups() -> list[str]:
    if not settings.BACKUP_FOLDER or not backups.is_late():
        return []
    return [_t("There is no backup of the last 26 hours.")]


def _warnings_of_parts() -> list[str]:
    try:
        parts = silent()
        has_room = takes_writes()
    except Exception:
        return [_t("Redis does not answer. Pages are slower, and work in the background stands still.")]
    if not has_room:
        return [_t("Redis has no room left, in memory or on its disk. Pages are slower, and nobody can sign in.")]
    said = {
        WORKER: _t("The worker does not run: nothing is done in the background, such as the nightly check."),
        SCHEDULE: _t("The schedule does not run: nothing is done at its fixed time, such as the nightly check."),
    }
    return [said[part] for part in parts]
