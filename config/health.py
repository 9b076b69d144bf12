"""Two answers for machines: is the process alive, and can it work."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from . import patience

OK = "ok"
PATIENCE = 1.2  # seconds for the database


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 while the database does not answer within a second. Without Redis reading goes on: that is a note."""
    status = {"database": _tried(_database), "redis": _tried(lambda: cache.get("readyz"))}
    is_ready = status["database"] == OK
    return JsonResponse({"status": OK if is_ready else "not ready", **status}, status=200 if is_ready else 503)


def _tried(part: Callable[[], object]) -> str:
    try:
        part()
    except Exception:
        return "does not answer"
    return OK


def _database() -> None:
    with patience.at_most(PATIENCE), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
