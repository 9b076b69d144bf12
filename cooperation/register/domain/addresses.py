"""Addresses of records and lists, each made once: a page has hundreds of them, and `reverse` searches for each."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def address_of(name: str, *args: str) -> str:
    """As `reverse` gives it, under the path that the site is served at."""
    return _made(name, args, get_script_prefix())


@lru_cache(8192)
def _made(name: str, args: tuple[str, ...], prefix: str) -> str:
    return reverse(name, args=args)
