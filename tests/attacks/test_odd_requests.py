"""Requests that no browser sends, on a connection of their own to the web server."""

import errno
import os
import resource
import socket
import threading
from collections.abc import Iterator
from io import BytesIO

import pytest
from waitress.adjustments import Adjustments

from config.operations.request_parser import Body, Request
from config.operations.server import _connections, server

HOST = b"Host: localhost\r\n"
NEXT = b"GET /next HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
FORM = b"POST / HTTP/1.1\r\n" + HOST


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server whose answers name the address that was asked, and what came of the body."""

    def application(environ, start_response):
        sent = environ["wsgi.input"].read()
        said = f"{environ['PATH_INFO']} {len(sent)} {environ['register.body_is_lost']}".encode()
        if environ["PATH_INFO"] == "/streamed":
            start_response("200 OK", [])
            return iter([said[:1], said[1:]])
        start_response("200 OK", [("Content-Length", str(len(said)))])
        return [said]

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        serving = server(application, door, threads=1)
        loop = threading.Thread(target=serving.run)
        loop.start()
        yield serving.effective_port
        serving.stop()
        loop.join()
        serving.trigger.close()


def told(port: int, *sent: bytes) -> bytes:
    """Everything that is answered until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in sent:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("address", [b"/", b"/streamed"])
def test_the_answer_to_head_has_no_body(port, address):
    """One that has is read as the answer to the next request, which may be that of another visitor of a proxy."""
    answer = told(port, b"HEAD " + address + b" HTTP/1.1\r\n" + HOST + b"\r\n" + NEXT)
    first, _end, rest = answer.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200 OK")
    assert rest.startswith(b"HTTP/1.1 200 OK") if address == b"/" else not rest  # closed, as its length is not known


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (FORM + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 411),
        (FORM + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (FORM.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n", 411),
        (FORM + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
        (FORM + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (FORM + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (b"GET http://[::1/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (FORM + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n", 413),
    ],
)
def test_a_request_that_may_be_read_in_two_ways_is_refused_and_nothing_after_it_is_answered(port, request_, status):
    answer = told(port, request_ + NEXT)
    assert answer.split(b" ", 2)[1] == str(status).encode()
    assert answer.count(b"HTTP/1.") == 1
    assert b"/next" not in answer


def test_a_request_without_a_body_that_expects_to_continue_is_answered_at_once(port):
    assert b"/next 0 False" in told(port, NEXT.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))


def test_escapes_in_a_cookie_which_python_reads_slowly_are_dropped():
    request = Request(Adjustments())
    request.received(b"GET / HTTP/1.1\r\n" + HOST + b'Cookie: session=abc; a="' + b'\\"' * 20_000 + b'"\r\n\r\n')
    assert request.completed
    assert request.headers["COOKIE"].startswith("session=abc; ")
    assert "\\" not in request.headers["COOKIE"]


def test_a_body_that_finds_no_room_is_read_to_its_end_and_told_so(port, monkeypatch):
    def no_room(*_arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.TemporaryFile", no_room)
    body = b"a" * 2**20
    header = FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert told(port, header, body).endswith(b" True")


def test_a_body_that_fits_is_whole():
    body = Body(10)
    for piece in (b"some", b"more than fits in memory"):
        body.append(piece)
    assert body.getfile().read() == b"somemore than fits in memory"
    body.close()


@pytest.mark.parametrize(("most", "connections"), [(1024, 462), (resource.RLIM_INFINITY, 4000)])
def test_each_connection_may_have_a_body_in_a_file(monkeypatch, most, connections):
    """Where files run out, nobody is let in, and no connection to the database can be made."""
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (1024, most))
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, limits: None)
    assert _connections() == connections


@pytest.mark.parametrize("address", ["/views/save/placements/", "/admin/placements/placement/add/", "/login/"])
def test_whoever_sent_it_reads_that_there_is_no_room(client, db, address):
    answer = client.post(address, {"name": "x"}, headers={"accept-language": "en"}, **{"register.body_is_lost": True})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "There is no room left on a disk" in answer.text


@pytest.mark.parametrize("address", ["http://[::1", "http://evil.example/placements/", "\\\\evil", "/placements/"])
def test_htmx_names_a_page_that_is_none_of_ours(client, db, address):
    answer = client.get("/placements/?country=AL", headers={"hx-request": "true", "hx-current-url": address})
    assert (answer.status_code, answer["HX-Push-Url"]) == (200, "/placements/?country=AL")


def test_a_file_that_no_form_asked_for_is_kept_nowhere(client, db, monkeypatch):
    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", None)
    answer = client.post("/login/", {"login": "reader", "file": BytesIO(bytes(3 * 2**20))})
    assert (answer.status_code, answer.wsgi_request.FILES) == (200, {})
    assert answer.context["form"]["login"].value() == "reader"
