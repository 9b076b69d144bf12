"""A web process that is stopped answers what it was asked; nobody notices that one after another is started anew."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from config.operations import server as web


class Serving:
    """A server of one thread, whose answers wait until they are let go."""

    def __init__(self, stack: ExitStack):
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = self.door.getsockname()[1]
        self.server = web.server(self.application, self.door, threads=1)
        self.thread = threading.Thread(target=self.server.run)
        self.stack = stack
        stack.callback(self.end)
        self.thread.start()

    def application(self, _request, start_response):
        self.begun.set()
        self.go_on.wait(5)
        start_response("200 OK", [("Content-Length", "300000")])
        return [b"x" * 300_000]

    def client(self) -> HTTPConnection:
        made = self.stack.enter_context(closing(HTTPConnection("127.0.0.1", self.port, timeout=5)))
        made.connect()
        return made

    def end(self) -> None:
        self.go_on.set()
        self.server.stop()
        self.thread.join(10)
        self.server.task_dispatcher.shutdown()
        self.server.asyncore.close_all(self.server._map)


@pytest.fixture
def serving() -> Iterator[Serving]:
    with ExitStack() as stack:
        yield Serving(stack)


def whole(connection: HTTPConnection) -> tuple[int, int, str | None]:
    answer = connection.getresponse()
    return answer.status, len(answer.read()), answer.getheader("Connection")


def test_systemd_is_told_that_requests_are_taken(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        web._tell_systemd()
        assert systemd.recv(100) == b"READY=1"


def test_what_was_asked_is_answered_and_nobody_new_comes_in(serving):
    asked, waiting, idle = serving.client(), serving.client(), serving.client()
    asked.request("GET", "/")
    waiting.request("GET", "/")  # there is one thread, and it is at work
    serving.begun.wait(5)
    serving.server.stop()
    assert idle.sock.recv(1) == b""  # closed, so the door is too
    with pytest.raises(ConnectionRefusedError):
        serving.client()
    serving.go_on.set()
    assert whole(asked) == whole(waiting) == (200, 300_000, "close")
    serving.thread.join(5)
    assert not serving.thread.is_alive()


def test_it_does_not_wait_for_an_answer_that_takes_too_long(serving, monkeypatch):
    monkeypatch.setattr(web, "LAST_ANSWERS", 0.1)
    asked = serving.client()
    asked.request("GET", "/")
    serving.begun.wait(5)
    serving.server.stop()
    serving.thread.join(3)
    assert not serving.thread.is_alive()
