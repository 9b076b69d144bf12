"""Two answers for machines: is the process alive, and can it work."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database and Redis answer too; 503, naming the part, when one does not."""
    parts = {"database": _database, "redis": lambda: cache.get("readyz")}
    status = {}
    for part, try_it in parts.items():
        try:
            try_it()
            status[part] = "ok"
        except Exception:
            status[part] = "does not answer"
    ready = set(status.values()) == {"ok"}
    return JsonResponse({"status": "ok" if ready else "not ready", **status}, status=200 if ready else 503)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
