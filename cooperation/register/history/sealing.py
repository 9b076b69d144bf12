"""Sealing: what is kept outside the database is encrypted and authenticated (AES-256-GCM), by a key of the site.

Each value is sealed for the name under which it is kept: it does not open under another one.
"""

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12  # bytes


def derived_key(secret: str, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose, from a secret of the site."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def seal(value: bytes, name: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, value, name.encode())


def unseal(sealed: bytes, name: str) -> bytes | None:
    """None for what was sealed for another name or by another key, or was changed."""
    try:
        return _cipher(settings.SECRET_KEY).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except (InvalidTag, ValueError):
        return None


@lru_cache(1)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(derived_key(secret, b"kept answers"))
