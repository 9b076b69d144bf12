"""What happens in the background."""

import logging

from celery import shared_task
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

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


@shared_task
def count_today() -> None:
    """Just after midnight: what the first readers of the new day would wait for. What takes long to count is kept."""
    from .features.saved_views.lists import list_pages
    from .views import InstrumentListPage

    for page in list_pages().values():
        if issubclass(page, InstrumentListPage):
            question = page.ask(QueryDict(), AnonymousUser())
            log.info("%s: %d on %s", page.resource, sum(question.by_stage.values()), question.clock.valid_on)
