"""`/metrics`, for Prometheus: what the processes have counted, and how the parts of the register are at this moment.

It is for the addresses in METRICS_ALLOWED; for anybody else there is nothing there. It is answered before the name of
the host is looked at, as Prometheus asks each process by its address. Each counter stands beside what it counts.
Processes behind one address add theirs up in a directory that they share (PROMETHEUS_MULTIPROC_DIR, of the package).
"""

import ipaddress
import os
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis import RedisError

from cooperation.register.tasks import LAST_CHECK

from . import background, backups, health, limits

ADDRESS = "/metrics"


class Metrics:
    """A middleware that answers `/metrics` to whoever may read it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != ADDRESS or not _may_read(request):
            return self.get_response(request)
        text = generate_latest(_of_processes()) + generate_latest(_STATE)
        return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    try:
        asking = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(asking in network for network in settings.METRICS_ALLOWED)


def _of_processes() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY  # of this process alone
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together


class _State(Collector):
    """What stands in Redis, the database and the folder of backups: the same whichever process is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        works = GaugeMetricFamily("register_part_works", "1 where this part is as it should be.", labels=["part"])
        for part, said in health.parts().items():
            works.add_metric([part], said == health.OK)
        yield works
        if settings.BACKUP_FOLDER:
            made = backups.newest()
            yield _gauge("newest_backup_timestamp_seconds", "0 where there is none.", made.timestamp() if made else 0)
        try:
            yield from _in_redis()
        except (RedisError, OSError):
            return  # which `register_part_works` says


def _in_redis() -> Iterator[GaugeMetricFamily]:
    signs = GaugeMetricFamily(
        "register_last_sign_of_life_timestamp_seconds", "Of worker and schedule.", labels=["part"]
    )
    for part, at in background.signs().items():
        signs.add_metric([part], at)
    yield signs
    yield _gauge("tasks_waiting", "Tasks that no worker has taken yet.", background.tasks_waiting())
    yield _gauge("dear_answers_under_way", "Of all processes together; DEAR_ANSWERS is the most.", limits.DEAR.taken())
    if checked := cache.get(LAST_CHECK):
        at, differing = checked
        yield _gauge("last_check_timestamp_seconds", "When the stage spans were checked.", at)
        yield _gauge("last_check_differing", "Instruments whose stage spans were not as they should be.", differing)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"register_{name}", text, value)


_STATE = CollectorRegistry()
_STATE.register(_State())
