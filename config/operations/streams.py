"""Streaming content that tells when it is closed."""

from collections.abc import Callable, Iterable


class Stream:
    """The pieces of an answer. `closed` is told how many bytes they were: read to the end, broken off, or not begun."""

    def __init__(self, content: Iterable[bytes], closed: Callable[[int], None]):
        self.content = iter(content)
        self.closed = closed
        self.bytes = 0

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        piece = next(self.content)
        self.bytes += len(piece)
        return piece

    def close(self) -> None:
        self.closed(self.bytes)
