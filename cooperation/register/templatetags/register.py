"""What templates need beyond Django's own tags."""

from django import template
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join

from ..display.dates import date_html
from ..display.footnotes import source_line
from ..display.texts import text_html

register = template.Library()


@register.filter
def edtf(value, length=""):
    """A date of the register in words; `"short"` for tables."""
    return date_html(value, short=length == "short")


@register.filter
def translated(text):
    """A text that the data hold in one language, for this reader (`display/texts.py`)."""
    return text_html(text or "")


@register.filter
def day(value):
    """A day in words: “2 december 2021”."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), format_date(value, "j F Y"))


@register.filter
def at(url, clock):
    """The address with the clock in it, while that is not on today."""
    if not clock or not clock.query:
        return url
    address, hash_sign, anchor = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{clock.query}{hash_sign}{anchor}"


register.simple_tag(source_line)


@register.simple_tag(takes_context=True)
def source_mark(context, source):
    """The small number that leads to a source at the foot of the page."""
    return context["marks"].mark(source)


@register.simple_tag(takes_context=True)
def source_marks(context, sources):
    """The small numbers of several sources in a row."""
    return format_html_join("", "{}", ((context["marks"].mark(source),) for source in sources))
