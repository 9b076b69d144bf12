"""What happens in the background."""

import logging

from celery import shared_task

from . import actions

log = logging.getLogger(__name__)


@shared_task
def check_spans() -> list[str]:
    """The nightly check: recompute all spans, report each instrument whose stored spans differ. Mends nothing."""
    differing = actions.compare_spans()
    for key in differing:
        log.error("stage spans of %s differ from its milestones; run `manage.py check_spans --repair`", key)
    log.info("stage spans checked: %d instruments differ", len(differing))
    return differing
