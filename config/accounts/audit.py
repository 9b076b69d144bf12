"""The audit log of accounts: one line for whatever somebody did, or was refused."""

import logging

from django.http import HttpRequest

log = logging.getLogger("register.audit")


def audit(action: str, request: HttpRequest | None, *, actor=None, object: object = "", result: str = "done") -> None:
    """Writes one line. `object`: what it was done to, by default the account of who did it."""
    from allauth.account.adapter import get_adapter

    if actor is None and request is not None and request.user.is_authenticated:
        actor = request.user
    origin = get_adapter().get_client_ip(request) if request else ""
    log.info(
        "action=%r object=%r result=%r origin=%s actor=%s",
        action,
        str(object or actor or ""),
        result,
        origin,
        actor.pk if actor else "",
    )
