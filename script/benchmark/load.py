"""Asking and timing: the faces in turn, so that whatever else the machine does falls on all of them alike."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from .faces import Client, Face

CONNECTIONS = 8
LEAST_ROUNDS, MOST_ROUNDS = 6, 3_000
TURNS = 3
SLOW = 1.0  # seconds for an answer, from which a face is not asked more often than it must


@dataclass(frozen=True)
class Request:
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Times:
    """What was measured of one face: seconds for each answer alone, and how many in a second with more at once."""

    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    span: float = 0.0

    @property
    def p50(self) -> float:
        return _percentile(self.alone, 50)

    @property
    def p95(self) -> float:
        return _percentile(self.alone, 95)

    @property
    def p95_together(self) -> float:
        return _percentile(self.together, 95)

    @property
    def a_second(self) -> float:
        return len(self.together) / self.span if self.span else 0.0


def _percentile(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else float("nan")
    return quantiles(values, n=100, method="inclusive")[percent - 1]


Asked = Mapping[str, tuple[Face, Sequence[Request]]]  # by name: whom to ask, and what, in turn


class WrongAnswer(Exception):
    """An answer that is no answer."""


def ask(client: Client, request: Request) -> float:
    answer = client.get(request.address, request.headers, keep=False)
    if answer.status not in (200, 304):
        raise WrongAnswer(f"{answer.status} at {request.address}")
    return answer.seconds


def warm(asked: Asked) -> None:
    """Every question once, then enough at once for every thread of every worker to have its connection."""
    for face, requests in asked.values():
        slowest = max(ask(face.client(), request) for request in requests)
        if slowest < SLOW:
            _at_once(face, requests, 2 * CONNECTIONS, lambda done: done >= 2)


def measure(asked: Asked, seconds: float) -> dict[str, Times]:
    """The faces one after the other, again and again: first with one connection, then with some at once."""
    warm(asked)
    times = {name: Times() for name in asked}
    began, rounds = time.perf_counter(), 0
    while rounds < MOST_ROUNDS:
        if rounds >= LEAST_ROUNDS and time.perf_counter() - began > seconds * len(asked):
            break
        for name, (face, requests) in asked.items():
            times[name].alone.append(ask(face.client(), requests[rounds % len(requests)]))
        rounds += 1
    for turn in range(TURNS):
        for name, (face, requests) in asked.items():
            if turn and times[name].p95 > SLOW:
                continue  # one turn of eight at once is long enough
            began = time.perf_counter()
            until = began + seconds / TURNS
            times[name].together += _at_once(
                face, requests, CONNECTIONS, lambda done, until=until: done and time.perf_counter() > until
            )
            times[name].span += time.perf_counter() - began
    return times


def _at_once(face: Face, requests: Sequence[Request], number: int, enough: Callable[[int], bool]) -> list[float]:
    """So many connections ask until there is enough for each. Raises what went wrong in any of them."""
    taken: list[float] = []
    faults: list[Exception] = []
    clients = [face.client(place) for place in range(number)]

    def run(place: int) -> None:
        done = 0
        try:
            while not enough(done):
                taken.append(ask(clients[place], requests[(place + done) % len(requests)]))
                done += 1
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=[place]) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return taken
