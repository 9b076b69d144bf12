"""Slots: a limit on how many requests of one sort are answered at once, by all processes together, counted in Redis."""

import threading
import time
from contextlib import suppress
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from redis import RedisError

ENDS = 120  # seconds after which a slot that was not given back is free again: its process was killed
WAIT, LOOK = 2.0, 0.1  # seconds to wait for a slot, and between two looks


class Slots:
    """As many as DEAR_ANSWERS says, so many times. Without Redis there is no limit."""

    def __init__(self, name: str, times: int = 1):
        self.name = name
        self.times = times
        self.waiting = threading.Semaphore()

    @property
    def key(self) -> str:
        return cache.make_key(self.name)

    def take(self) -> str | None:
        """A slot; None where all stay taken. In each process one request may wait for it."""
        if (slot := self._try()) or not self.waiting.acquire(blocking=False):
            return slot
        try:
            until = time.monotonic() + WAIT
            while slot is None and time.monotonic() < until:
                time.sleep(LOOK)
                slot = self._try()
            return slot
        finally:
            self.waiting.release()

    def _try(self) -> str | None:
        slot, now = uuid4().hex, time.time()
        try:
            with _redis().pipeline() as together:
                together.zremrangebyscore(self.key, 0, now)
                together.zremrangebyscore(self.key, now + 2 * ENDS, "+inf")  # the clock was set back
                together.zadd(self.key, {slot: now + ENDS})
                together.zcard(self.key)
                taken = together.execute()[-1]
        except (RedisError, OSError):
            return slot
        if taken <= settings.DEAR_ANSWERS * self.times:
            return slot
        self.give_back(slot)
        return None

    def give_back(self, slot: str) -> None:
        with suppress(RedisError, OSError):  # it ends by itself
            _redis().zrem(self.key, slot)

    def taken(self) -> int:
        """How many are taken at this moment. Raises what Redis raises."""
        return _redis().zcount(self.key, time.time(), "+inf")


def _redis():
    return cache._cache.get_client(write=True)
