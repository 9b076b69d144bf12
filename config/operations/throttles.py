"""Throttles: so many requests a minute from one address and by one account, counted in Redis by `limits`.

A page a second is a tenth of what is let through. Static files and health checks are not counted.
"""

import ipaddress
import time
from functools import cache as once

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from prometheus_client import Counter
from redis import RedisError

from ..middleware import has_signed_in, is_of_api
from .limits import later, refused

HEALTH_CHECKS = ("/healthz", "/readyz")
THROTTLED = Counter("register_throttled_requests", "Requests that were answered 429.", ["by"])


class Throttles:
    """Answers 429 to whoever asks too often, and tells everybody what is left (`RateLimit`, as the IETF drafts it)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in HEALTH_CHECKS:
            return self.get_response(request)
        counted = [_Counted(*each) for each in _asked_by(request)]
        over = next((each for each in counted if each.left < 0), None)
        response = over.refusal(request) if over else self.get_response(request)
        if counted:
            response["RateLimit-Policy"] = ", ".join(each.policy for each in counted)
            response["RateLimit"] = ", ".join(f'"{each.name}";r={max(each.left, 0)}' for each in counted)
        return response


def _asked_by(request: HttpRequest) -> list[tuple[str, str]]:
    """By what a request is counted: its address, and its account."""
    limited = settings.THROTTLES
    found = [("address", _network(request.META.get("REMOTE_ADDR", "")))]
    if "account" in limited and not is_of_api(request) and has_signed_in(request):
        found.append(("account", str(request.user.pk)))
    return [(name, who) for name, who in found if name in limited and who]


def _network(address: str) -> str:
    """Of IPv6 the half that says whose it is: the rest its owner chooses anew as often as they like."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address  # as TRUSTED_PROXY wrote it
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed  # IPv4 as a socket for both versions writes it
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


class _Counted:
    """A request that is counted, and what is left. Without Redis nothing is counted, and all is let through."""

    def __init__(self, name: str, who: str):
        self.name = name
        self.limit: RateLimitItem = parse(settings.THROTTLES[name])
        # By the minute: a number that stays in Redis for too long, as a clock was set back, counts for no other.
        minute = str(int(time.time() // self.limit.get_expiry()))
        self.key = self.limit.key_for("throttle", settings.CACHES["default"].get("KEY_PREFIX", ""), name, who, minute)
        try:
            self.left = self.limit.amount - _storage().incr(self.key, self.limit.get_expiry())
        except (RedisError, OSError):
            self.left = self.limit.amount

    @property
    def policy(self) -> str:
        return f'"{self.name}";q={self.limit.amount};w={self.limit.get_expiry()}'

    def refusal(self, request: HttpRequest) -> HttpResponse:
        THROTTLED.labels(self.name).inc()
        return later(refused(request, 429), self.limit.get_expiry())


@once
def _storage() -> RedisStorage:
    """On the connections of the cache, with their limits of time."""
    return RedisStorage("redis://", connection_pool=cache._cache._get_connection_pool(write=True))
