"""Audit log: lines are written by `log` and by nothing else, and deleted by `forget` when they were kept long enough.

Each goes to the logger `audit` as well, so that a collector of logs keeps them where the register cannot get at them.

Reading, exports and whatever has to do with accounts is logged; changes to records are in the history of the register.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest
from prometheus_client import Counter

from ..models import AuditAction, AuditEntry, AuditResult

# SECURITY DEFINER: runs as who made it, the owner of the table, whom alone the trigger lets delete. The period is part
# of it, so that the role that serves, which calls it, cannot choose another. At most the oldest month goes at a time: a
# clock that runs years ahead for a night would delete the whole log.
_FORGET = """
CREATE OR REPLACE FUNCTION register_audit_forget() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept_since timestamptz := least(
        now() - interval '%d days', (SELECT min(at) + interval '31 days' FROM public.register_auditentry));
    number bigint;
BEGIN
    PERFORM set_config('register.audit_kept_since', kept_since::text, true);
    DELETE FROM public.register_auditentry WHERE at < kept_since;
    GET DIAGNOSTICS number = ROW_COUNT;
    PERFORM set_config('register.audit_kept_since', '', true);
    RETURN number;
END $$
"""
_IS_OWNER = """
SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = to_regclass('public.register_auditentry')
"""

logger = logging.getLogger("audit")
own_logger = logging.getLogger(__name__)
SHORTEST = 30  # days: the trigger deletes no younger line
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
        own_logger.error("a line of the audit log could not be written: %s", error)
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
    transaction.on_commit(partial(_send, line), robust=True)
    return line


def _send(line: AuditEntry) -> None:
    """The line as one of the process log. What was searched for stays in the database."""
    fields = {name: getattr(line, name) for name in ("action", "object", "result", "actor", "origin")}
    details = {name: value for name, value in line.details.items() if name != "question"}
    fields |= {"entry": line.pk, "details": details}
    logger.info("%(action)s %(object)s %(result)s", fields, extra={"fields": fields})


def _fitting(name: str, text: str) -> str:
    """A text that somebody sent, as it fits its column: without control characters, NUL among them."""
    return "".join(filter(str.isprintable, text))[: AuditEntry._meta.get_field(name).max_length]


def forget() -> int:
    """Delete the lines that are older than `AUDIT_KEPT_DAYS`; gives how many those were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT register_audit_forget()")
        return cursor.fetchone()[0]


def make_forget(using: str, **_signal) -> None:
    """After migrate: let the database know how long lines are kept. Only the owner of the table can."""
    with connections[using].cursor() as cursor:
        cursor.execute(_IS_OWNER)
        if cursor.fetchone() == (True,):
            cursor.execute(_FORGET % max(settings.AUDIT_KEPT_DAYS, SHORTEST))
