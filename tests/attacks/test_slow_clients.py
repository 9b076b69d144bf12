"""Clients that never finish: they cost a connection each, and never a thread, so pages answer as before."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.web_server import status, web_server

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.django_db]

PAGE = "/placements/?validOn=2021-12-02"
HALF_A_HEADER = b"GET /placements/ HTTP/1.1\r\nHost: localhost\r\nX-Half: b"
# With the cookie, a form is read before it is refused.
HALF_A_BODY = (
    b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrf=" + b"a" * 32 + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nusername="
)
NEVER_READ = b"GET /api/v1/placements?format=csv HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def held(port: int, sent: bytes, number: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        connections = []
        for _ in range(number):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            connection.sendall(sent)
            connections.append(connection)
        yield connections


@pytest.mark.slow
def test_pages_answer_beside_sixty_half_headers_and_sixty_half_bodies():
    with web_server() as port:
        assert status(port, PAGE, patience=10) == 200
        with held(port, HALF_A_HEADER, 60), held(port, HALF_A_BODY, 60), held(port, NEVER_READ, 6):
            assert status(port, "/healthz") == 200
            assert status(port, PAGE, patience=20) == 200


@pytest.mark.attack
def test_five_hundred_are_held_and_then_closed_within_a_minute():
    with web_server() as port, held(port, HALF_A_HEADER, 400) as silent, held(port, HALF_A_HEADER, 100) as trickling:
        began = time.monotonic()
        assert status(port, PAGE, patience=10) == 200
        waiting = {each.fileno(): each for each in (*silent, *trickling)}
        while waiting and time.monotonic() < began + 70:
            for number in select.select(list(waiting), [], [], 5)[0]:
                waiting.pop(number)  # nothing was asked, so what can be read is the end
            for each in trickling:
                if each.fileno() in waiting:
                    each.send(b"b")
            assert status(port, "/healthz") == 200
        assert not waiting
        assert time.monotonic() < began + 70
