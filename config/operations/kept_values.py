"""Serializer of the cache: JSON, or bytes as they are.

Django's own writes pickles, which are code: whoever can write to Redis would run theirs in every process that reads it.
"""

import json
from typing import Any

BYTES = b"\x00"  # stands before bytes; no JSON begins with it


class PlainValues:
    """Integers stay digits, which Redis can count up."""

    def dumps(self, value: Any) -> bytes:
        return BYTES + value if isinstance(value, bytes) else json.dumps(value).encode()

    def loads(self, written: bytes) -> Any:
        return written[1:] if written.startswith(BYTES) else json.loads(written)
