"""Audit log: lines are written by `log` and by nothing else, and deleted by `forget` when they were kept long enough.

Reading, exports and whatever has to do with accounts is logged; changes to records are in the history of the register.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from prometheus_client import Counter

from ..models import AuditAction, AuditEntry, AuditResult
from ..models.audit import KEPT_SINCE

LINES = Counter("register_audit_lines", "Lines of the audit log.", ["action", "result"])
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class NotLogged(Exception):
    """A line could not be written, so what it says is not done."""


def is_writing() -> bool:
    """Whether a line is being written: the one thing that a request that only reads writes (`config.middleware`)."""
    return _writing.get()


@contextmanager
def writing() -> Iterator[None]:
    token = _writing.set(True)
    try:
        yield
    except DatabaseError as error:
        raise NotLogged from error
    finally:
        _writing.reset(token)


def log(
    action: AuditAction,
    about: str = "",
    *,
    request: HttpRequest | None = None,
    actor: str | None = None,
    result: AuditResult = AuditResult.DONE,
    **details: Any,
) -> AuditEntry:
    """Write one line: what was done to what, by whom and from where, by the request; and what else there is to say.

    `actor` is the name of an account where that is not who sent the request (a sign-in that failed, say). Raises
    NotLogged.
    """
    user = getattr(request, "user", None)
    if actor is None:
        actor = user.get_username() if user is not None and user.is_authenticated else ""
    origin = request.META.get("REMOTE_ADDR", "") if request else ""
    texts = {name: _fitting(name, text) for name, text in {"object": about, "actor": actor, "origin": origin}.items()}
    with writing():
        line = AuditEntry.objects.create(action=action, result=result, details=details, **texts)
    LINES.labels(action, result).inc()
    return line


def _fitting(name: str, text: str) -> str:
    """A text that somebody sent, as it fits its column: without control characters, NUL among them."""
    return "".join(filter(str.isprintable, text))[: AuditEntry._meta.get_field(name).max_length]


def forget() -> int:
    """Delete the lines that are older than `AUDIT_KEPT_DAYS`; gives how many those were."""
    kept_since = timezone.now() - timedelta(days=settings.AUDIT_KEPT_DAYS)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [KEPT_SINCE, kept_since.isoformat()])
        return AuditEntry.objects.filter(at__lt=kept_since).delete()[0]
