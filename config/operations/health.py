"""Health checks: `/healthz` (liveness: the process answers) and `/readyz` (readiness: it has what it needs)."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis import RedisError

from . import backups, patience
from .background import SCHEDULE, WORKER, silent, takes_writes
from .replica import replica

OK, SILENT, FULL = "ok", "does not answer", "takes no writes"
NO_SIGN, TOO_OLD = "no sign of life", "too old"
PATIENCE = 1.2  # seconds for the database


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 while the database does not answer within a second. Reading goes on without the rest: that is a note."""
    status = parts()
    is_ready = status["database"] == OK
    return JsonResponse({"status": OK if is_ready else "not ready", **status}, status=200 if is_ready else 503)


def parts() -> dict[str, str]:
    """How each part is; replica and backups only where they are set up."""
    found = {"database": _tried(_database)}
    found |= {**(replica.note() if found["database"] == OK else {}), **_background()}
    if settings.BACKUP_FOLDER:
        found["backup"] = TOO_OLD if backups.is_late() else OK
    return found


def _tried(part: Callable[[], object]) -> str:
    try:
        part()
    except Exception:
        return SILENT
    return OK


def _background() -> dict[str, str]:
    try:
        gone = silent()
        redis = OK if takes_writes() else FULL
    except (RedisError, OSError):
        return {"redis": SILENT}
    return {"redis": redis, **{part: NO_SIGN if part in gone else OK for part in (WORKER, SCHEDULE)}}


def _database() -> None:
    with patience.at_most(PATIENCE), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
