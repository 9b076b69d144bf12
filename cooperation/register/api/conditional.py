"""An answer that has not changed is not made again: its ETag names everything that it follows from."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from ..domain.clock import Clock
from ..models import RegisterVersion


def etag(request: HttpRequest, *args, **kwargs) -> str:
    """Of an answer of the API: the same as long as the question, the reader, the day, the register and the code are."""
    follows_from = (
        request.build_absolute_uri(),
        request.headers.get("Accept", ""),
        request.headers.get("Authorization", ""),  # who asks: no session reaches the API
        get_language(),
        Clock.on().valid_on.isoformat(),
        str(RegisterVersion.now()),
        code_digest(),
    )
    return f'"{blake2b(chr(10).join(follows_from).encode(), digest_size=16).hexdigest()}"'


@cache
def code_digest() -> str:
    """What the answers are made by: the files of the project."""
    digest = blake2b(digest_size=8)
    for pattern in ("*.py", "*.mo", "*.yaml", "*.html"):
        for path in sorted(Path(settings.BASE_DIR).glob(f"[a-z]*/**/{pattern}")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
