"""Dates in words, as HTML."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from ..domain.edtf import EDTF


def date_html(date: EDTF | None, short: bool = False) -> SafeString:
    """A date in words: a `time` element when it is exact, else marked as vague."""
    return SafeString() if date is None else _date_html(date, short, get_language())


@lru_cache(5_000)
def _date_html(date: EDTF, short: bool, language: str) -> SafeString:
    if date.is_exact:
        return format_html('<time datetime="{}">{}</time>', date.text, date.words(short))
    return format_html('<span class="vague" title="{}">{}</span>', _t("As exact as the source"), date.words(short))


def in_words(date: EDTF) -> str:
    """A date in words, as a text."""
    return _in_words(date, get_language())


@lru_cache(5_000)
def _in_words(date: EDTF, language: str) -> str:
    return date.words()
