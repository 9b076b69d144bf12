"""A web server for a test: the one of `script/server`, on the database of the tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse

from django.db import connection


@contextmanager
def web_server(application: str = "tests.served", **environment: str) -> Iterator[int]:
    """Gives its port once it answers. Its settings are those of `script/server`."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))  # opens when the server listens
        port = door.getsockname()[1]
        own = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "TEST_DATABASE": connection.settings_dict["NAME"]}
        command = [sys.executable, "-m", "config.operations.server", application, "--fd", str(door.fileno())]
        surroundings = {**os.environ, **own, **environment}
        server = subprocess.Popen(command, env=surroundings, pass_fds=[door.fileno()])
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(15)


def _wait(port: int, server: subprocess.Popen) -> None:
    for _ in range(300):
        assert server.poll() is None, "the web server ended"
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the web server does not answer")


def ask(port: int, address: str, patience: float = 2, **headers: str) -> HTTPResponse:
    """The answer to a reader who waits for so many seconds; what it says has been read."""
    client = HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        client.request("GET", address, headers=headers)
        answer = client.getresponse()
        answer.text = answer.read().decode(errors="replace")
        return answer
    finally:
        client.close()


def status(port: int, address: str, patience: float = 2) -> int:
    return ask(port, address, patience).status
