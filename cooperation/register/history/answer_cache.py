"""Answer cache: whole answers to GET are kept in Redis under the question, the reader's clearance and the version.

Every write raises the version of the register, so an answer that was made before it is never found again, and no key
need be deleted. An answer holds nothing personal: who is signed in is put into a page afterwards (`config.middleware`),
and what depends on more than a clearance is not kept (`is_personal`). Each is encrypted and authenticated (`sealing`):
whoever reads Redis finds nothing that is not public there, and whoever writes to it changes no page. Without Redis all
are made anew.
"""

import gzip
import json
import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache as once
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from prometheus_client import Counter
from redis import RedisError

from ..domain.clock import Clock
from ..models import RegisterVersion
from ..models.queryset import clearance
from ..models.reading import reading
from .marking import mark
from .sealing import seal, unseal

log = logging.getLogger(__name__)
ASKED = Counter("register_answer_cache", "Questions to the cache of answers, by whether it had the answer.", ["found"])

KEPT_FOR = 24 * 3600  # seconds; the day is part of the key
FASTEST = 1  # level of gzip: a little larger, and four times as quick as the default
# What changes what is answered, besides the address. Of htmx: which part of the page, and from where.
HEADERS = ("Accept", "HX-Request", "HX-Trigger", "HX-Current-URL", "HX-History-Restore-Request")


@dataclass(frozen=True)
class Answer:
    """A whole answer, compressed, with the digest of what it says."""

    headers: dict[str, str]
    body: bytes
    etag: str

    @classmethod
    def of(cls, response: HttpResponse) -> "Answer":
        digest = blake2b(response.content, digest_size=16).hexdigest()
        return cls(dict(response.items()), gzip.compress(response.content, FASTEST), f'"{digest}"')

    @classmethod
    def unpacked(cls, written: bytes) -> "Answer":
        head, _line_end, body = written.partition(b"\n")
        return cls(body=body, **json.loads(head))

    def packed(self) -> bytes:
        """A line of JSON, then the body."""
        return json.dumps({"headers": self.headers, "etag": self.etag}).encode() + b"\n" + self.body

    def response(self, request: HttpRequest, compressed: bool) -> HttpResponse:
        compressed = compressed and "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(self.body if compressed else gzip.decompress(self.body), headers=self.headers)
        if compressed:
            response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ("Accept-Encoding",))
        return response


def answered(
    request: HttpRequest, make: Callable[[], HttpResponseBase], user=None, *, etag: bool = False
) -> HttpResponseBase:
    """The answer to a request, from the cache or from `make`, which is then kept.

    `etag`: mark it with the digest of what it says, and answer 304 to a reader who has it already. Preconditions come
    last: what is missing or wrong stays 404 or 400, whatever the request says of versions.
    """
    if request.method not in ("GET", "HEAD") or not (settings.ANSWER_CACHE or etag):
        return make()
    key = _key(request, user) if settings.ANSWER_CACHE else ""
    answer = _recalled(key) if key else None
    if key:
        ASKED.labels("yes" if answer else "no").inc()
    if answer is None:
        response = _made(make, user)
        if response.status_code != 200 or response.streaming or response.cookies:
            return response
        answer = Answer.of(response)
        if key:
            keep(key, seal(answer.packed(), key), KEPT_FOR)
    # Who is signed in is still to be put into the page, which is why it is compressed later.
    response = answer.response(request, compressed=user is None or not user.is_authenticated)
    if not etag:
        return response
    response["ETag"] = f"W/{answer.etag}" if response.has_header("Content-Encoding") else answer.etag
    return get_conditional_response(request, etag=answer.etag, response=response)


def _recalled(key: str) -> Answer | None:
    sealed = recall(key)
    packed = unseal(sealed, key) if isinstance(sealed, bytes) else None
    return Answer.unpacked(packed) if packed else None


def _made(make: Callable[[], HttpResponseBase], user) -> HttpResponseBase:
    """The answer as it is made anew; marked, where the reader may see what is not public."""
    with reading() if len(clearance(user)) > 1 else nullcontext() as read:
        response = make()
        if hasattr(response, "render"):
            response.render()
    if read:
        mark(response, read)
    return response


def _key(request: HttpRequest, user) -> str:
    follows_from = (
        request.build_absolute_uri(request.path),
        repr(sorted(request.GET.lists())),
        get_language(),
        ",".join(clearance(user)),
        str(user is not None and user.is_authenticated),
        Clock.on().valid_on.isoformat(),
        str(RegisterVersion.now()),
        code_digest(),
        *(request.headers.get(name, "") for name in HEADERS),
    )
    return f"answer:{blake2b(chr(10).join(follows_from).encode(), digest_size=16).hexdigest()}"


def recall(key: str) -> bytes | None:
    """What is kept under a key; None where there is nothing, or Redis does not answer."""
    try:
        return cache.get(key)
    except (RedisError, OSError):
        log.warning("Redis does not answer: what it may keep is made anew")
        return None


def keep(key: str, value: bytes | list[int], seconds: int | None) -> None:
    """Keep a value, where Redis answers; for ever, where no time is given."""
    try:
        cache.set(key, value, seconds)
    except (RedisError, OSError):
        log.warning("Redis does not answer: nothing is kept")


@once
def code_digest() -> str:
    """What answers are made by: the files of the project. Pages name style and scripts by what these hold."""
    digest = blake2b(digest_size=8)
    for pattern in ("*.py", "*.mo", "*.yaml", "*.html", "*.css", "*.js", "*.svg"):
        for path in sorted(Path(settings.BASE_DIR).glob(f"[a-z]*/**/{pattern}")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
