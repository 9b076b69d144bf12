"""Request parser: what is refused before it reaches Django, and a request body that finds no room on the disk."""

import logging
import time

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error

log = logging.getLogger(__name__)


class LengthRequired(Error):
    code = 411
    reason = "Length Required"


class Body(OverflowableBuffer):
    """A request body, which is written to a temporary file when it is large.

    If that fails, the rest is read and dropped: a client gets no answer from a server that closes the connection while
    the client is still sending.
    """

    is_lost = False

    def append(self, data: bytes) -> None:
        if self.is_lost:
            return
        try:
            super().append(data)
        except OSError as error:
            log.error("a request body could not be written to a temporary file: %s", error)
            self.is_lost = True


class Request(HTTPRequestParser):
    """A request that knows when it began: a byte now and then keeps a connection from being silent.

    A body must have a Content-Length. No client of ours needs `Transfer-Encoding: chunked`, proxies read it in
    different ways (request smuggling), and waitress bounds neither the line of a chunk nor the trailer.
    """

    def __init__(self, adjustments):
        super().__init__(adjustments)
        self.began = time.monotonic()

    @property
    def body_is_lost(self) -> bool:
        return self.body_rcv is not None and self.body_rcv.getbuf().is_lost

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if self.completed:
            self.expect_continue = False  # else waitress sends "100 Continue" and waits for a body that never comes
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # an address that is none, or a Content-Length of thousands of digits
            raise ParsingError("Start line or header is invalid") from error
        if "\\" in self.headers.get("COOKIE", ""):
            # Ours have none. Python before 3.11.10 takes ten seconds to read a cookie of 60 kB of them (CVE-2024-7592).
            self.headers["COOKIE"] = self.headers["COOKIE"].replace("\\", "")
        if self.chunked or "TRANSFER_ENCODING" in self.headers:  # where it stays: a version without that header
            self.error = LengthRequired("Send the body with a Content-Length.")
            self.body_rcv = None
        if self.body_rcv is not None:
            self.body_rcv.buf = Body(self.adj.inbuf_overflow)
