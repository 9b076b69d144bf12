"""The faces on one database, each served by processes of its own, as many with as many threads."""

import http.client
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from script.embedded.process import Process
from script.embedded.state import State

WORKERS, THREADS = 2, 4
PATIENCE = 900  # seconds, for the slowest answer
FACES = {
    "register": ("config.wsgi", {"ROOT_URLCONF": "config.urls"}),
    "first": ("config.wsgi", {"ROOT_URLCONF": "config.urls", "ANSWER_CACHE": "off"}),
    "raw": ("script.benchmark.raw", {}),
    "plain": ("config.wsgi", {"ROOT_URLCONF": "script.benchmark.plain"}),
}
MEBIBYTE = 2**20


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    first_byte: float


class Client:
    """One connection, kept for as long as the server keeps it."""

    def __init__(self, port: int):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def get(self, address: str, headers: Mapping[str, str] | None = None, keep: bool = True) -> Answer:
        """The whole answer; of a long one that is not kept only its times are."""
        began = time.perf_counter()
        answer = self._ask(address, headers)
        body = answer.read(1)
        first = time.perf_counter() - began
        if keep:
            body += answer.read()
        else:
            while answer.read(65_536):
                pass
        return Answer(answer.status, answer.headers, body, time.perf_counter() - began, first)

    def lines(self, address: str) -> Iterator[bytes]:
        """The answer line by line, for one that is too long to hold."""
        yield from self._ask(address)

    def _ask(self, address: str, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
        try:
            self.connection.request("GET", address, headers=dict(headers or {}))
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):  # it was idle for too long
            self.connection.close()
            self.connection.request("GET", address, headers=dict(headers or {}))
            return self.connection.getresponse()

    def close(self) -> None:
        self.connection.close()


@dataclass
class Face:
    name: str
    port: int
    processes: list[Process]
    clients: list[Client] = field(default_factory=list)

    def client(self, number: int = 0) -> Client:
        while len(self.clients) <= number:
            self.clients.append(Client(self.port))
        return self.clients[number]

    def memory(self) -> int:
        """What the workers hold together in bytes; what they share is counted once."""
        return sum(_held(process.process.pid) for process in self.processes)

    @contextmanager
    def watched(self) -> Iterator[list[int]]:
        """What the workers hold, every so often while something is done; first of all before it."""
        held, done = [self.memory()], threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                held.append(self.memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield held
        finally:
            done.set()
            watcher.join()


@contextmanager
def serving(state: State, database_url: str, names: tuple[str, ...] = tuple(FACES)) -> Iterator[dict[str, Face]]:
    """The faces, answering."""
    with ExitStack() as stack:
        faces = {}
        for name in names:
            module, more = FACES[name]
            door = stack.enter_context(socket.socket())
            door.bind(("127.0.0.1", 0))  # it opens when a process listens
            port = door.getsockname()[1]
            command = [
                sys.executable,
                "-m",
                "config.operations.server",
                module,
                "--fd",
                str(door.fileno()),
                "--threads",
                str(THREADS),
            ]
            surroundings = {
                **os.environ,
                **more,
                "DATABASE_URL": database_url,
                "DJANGO_SETTINGS_MODULE": "script.benchmark.settings",
                "PYTHONWARNINGS": "ignore",
            }
            processes = [
                stack.enter_context(
                    Process(f"{name}-{number}", state, command, env=surroundings, sockets=(door.fileno(),))
                )
                for number in range(1, WORKERS + 1)
            ]
            for process in processes:
                process.wait_until(lambda port=port: _answers(port))
            faces[name] = Face(name, port, processes)
        yield faces
        for face in faces.values():
            for client in face.clients:
                client.close()


def _answers(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def _held(process: int) -> int:
    """The proportional share of memory (PSS) of a process, in bytes."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
