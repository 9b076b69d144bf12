"""What happens in the background."""

import logging
import time

from celery import shared_task

from . import actions
from .history import answer_cache, audit

log = logging.getLogger(__name__)
LAST_CHECK = "last-check"  # in Redis: when the last one was, and how many instruments differed


@shared_task
def check_spans() -> list[str]:
    """The nightly check: recompute all spans, report each instrument whose stored spans differ. Mends nothing."""
    differing = actions.compare_spans()
    for key in differing:
        log.error("stage spans of %s differ from its milestones; run `manage.py check_spans --repair`", key)
    log.info("stage spans checked: %d instruments differ", len(differing))
    note_check(len(differing))
    return differing


def note_check(differing: int) -> None:
    """Remember how the last check ended, for `/metrics`."""
    answer_cache.keep(LAST_CHECK, [int(time.time()), differing], None)


@shared_task
def forget_audit() -> int:
    """Delete the lines of the audit log that were kept long enough."""
    number = audit.forget()
    log.info("audit log: %d lines were kept long enough, and are deleted", number)
    return number
