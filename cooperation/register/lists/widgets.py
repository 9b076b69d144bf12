"""How the choices of a filter are drawn: in one go, as Django's template for each takes most of the time of a page."""

from html import escape

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

MANY = 12  # choices that are too many to see at once


class _Commas:
    """Any of: the key repeated, or its values with commas between them."""

    def value_from_datadict(self, data, files, name):
        given = data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
        values = [value.strip() for text in given for value in text.split(",")]
        return list(dict.fromkeys(filter(None, values)))


class _Counted:
    """Choices with the number of records behind each, where that was counted.

    Of many choices those that are chosen or have records come first. The others are folded away, never taken away.
    """

    is_counted = True
    counts: dict[str, int] | None = None

    def render(self, name, value, attrs=None, renderer=None):
        chosen = {str(one) for one in (value if isinstance(value, list) else [value or ""])}
        choices = [(str(key), label) for key, label in self.choices]
        found, others = choices, []
        if len(choices) > MANY:
            first = {key for key, _label in choices if key in chosen or (self.counts or {}).get(key)}
            found = [one for one in choices if one[0] in first]
            others = [one for one in choices if one[0] not in first]
        if self.counts is None:
            found, others = [*found, *others], []
        drawn = self._draw(name, found, chosen)
        if others:
            summary = ngettext("{} without results", "{} without results", len(others)).format(len(others))
            rest = self._draw(name, others, chosen)
            drawn += format_html('<details class="choices__rest"><summary>{}</summary>{}</details>', summary, rest)
        if len(choices) <= MANY:
            return format_html('<div class="choices">{}</div>', drawn)
        skip = '<a class="choices__skip" href="#after-{}">{}</a>'
        past = format_html(skip, name, _t("Skip these choices"))
        box = '<div class="choices choices--long">{}{}</div><span id="after-{}" tabindex="-1"></span>'
        return format_html(box, past, drawn, name)

    def _draw(self, name: str, choices: list[tuple[str, str]], chosen: set[str]) -> SafeString:
        """The choices as they are in HTML. Put together by hand: a page has more than a thousand of them."""
        lines = []
        for key, label in choices:
            none = " choice--none" if self.counts is not None and key and not self.counts.get(key) else ""
            checked = " checked" if key in chosen else ""
            lines.append(
                f'<label class="choice{none}"><input type="{self.input_type}" name="{name}"'
                f' value="{escape(key)}"{checked}><span>{escape(str(label))}</span>{self._number(key)}</label>'
            )
        return SafeString("".join(lines))  # nosec B703  all that is not written here was escaped

    def _number(self, key: str) -> str:
        if self.counts is None or not key:
            return ""
        number = self.counts.get(key, 0)
        spoken = escape(ngettext("result", "results", number))
        return f' <span class="count">{number} <span class="visually-hidden">{spoken}</span></span>'


class Checkboxes(_Counted, _Commas, forms.CheckboxSelectMultiple):
    """Any of some choices."""


class Radios(_Counted, forms.RadioSelect):
    """One of a few choices."""


class Keys(_Commas, forms.TextInput):
    """For more choices than a list can show: keys, with commas between them."""

    def format_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value
