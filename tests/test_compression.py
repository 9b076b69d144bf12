"""Text is compressed for who asks, a stream piece by piece, and no secret can be read off the length."""

import gzip
import re
import zlib

import pytest
from django.conf import settings
from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

PAGES = ("/", "/placements/", "/placements/maocn-directeur-2021/", "/api/docs/")
JSON = ("/api/v1/placements", "/api/v1/openapi.json", f"/api/v1/placements?{'&'.join(f'k{n}=1' for n in range(9))}")
TEXT_EXPORTS = tuple(f"/placements/?format={name}" for name in ("csv", "json", "geojson"))


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("path", [*PAGES, *JSON, *TEXT_EXPORTS])
def test_text_is_compressed_when_asked_and_plain_when_not(client, path):
    plain = client.get(path)
    compressed = client.get(path, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert compressed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in compressed["Vary"]
    text, squeezed = body(plain), body(compressed)
    assert len(squeezed) < len(text) / 2
    assert len(gzip.decompress(squeezed)) == pytest.approx(len(text), abs=100)  # what has a moment in it differs


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_spreadsheets_are_compressed_already(client, extension):
    response = client.get(f"/placements/?format={extension}", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in response
    assert body(response).startswith(b"PK")


def test_a_stream_is_compressed_while_it_is_read(client):
    """The first rows are there before the last are asked for."""
    chunks = iter(client.get("/placements/?format=csv", headers={"accept-encoding": "gzip"}).streaming_content)
    unpack = zlib.decompressobj(wbits=31)
    first = next(chunks)
    assert unpack.decompress(first) == b""  # the header of gzip
    rest = list(chunks)
    assert b"".join(map(unpack.decompress, rest)).count(b"\n") > 50


def test_a_csrf_token_is_masked_anew_in_every_compressed_page(client):
    client.force_login(User.objects.create_user("reader"))
    answers = [client.get("/placements/", headers={"accept-encoding": "gzip"}) for _ in range(2)]
    pages = [gzip.decompress(answer.content).decode() for answer in answers]
    tokens = [re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1] for page in pages]
    secret = client.cookies[settings.CSRF_COOKIE_NAME].value
    assert tokens[0] != tokens[1]
    assert all(secret not in page for page in pages)
