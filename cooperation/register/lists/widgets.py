"""How the fields of a filter form are drawn: by hand, as a template for each takes most of the time of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, html_safe
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t

MANY = 12  # choices that are too many to see at once
SWAP = ' hx-swap-oob="true"'


class _Drawn:
    """One element, without a template."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        given = {"type": self.input_type, "name": name, **self.attrs, **(attrs or {})}
        if (value := self.format_value(value)) not in (None, ""):
            given["value"] = value
        return format_html("<input{}>", flatatt(given))


class TextInput(_Drawn, forms.TextInput):
    pass


class DayInput(_Drawn, forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class _Commas:
    """Any of: the key repeated, or its values with commas between them."""

    def value_from_datadict(self, data, files, name):
        given = data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
        values = [value.strip() for text in given for value in text.split(",")]
        return list(dict.fromkeys(filter(None, values)))


class _Counted:
    """Choices with the number of records behind each, where that was counted."""

    is_counted = True
    counts: dict[str, int] | None = None
    only_found = False  # leave out what has no record and is not chosen

    def shown(self, value) -> list[tuple[str, str]]:
        """The choices that are drawn; none: there is nothing to choose."""
        chosen = _chosen(value)
        leaves_out = self.only_found and self.counts is not None
        return [
            (str(key), label)
            for key, label in self.choices
            if not leaves_out or key == "" or str(key) in chosen or self.counts.get(str(key))
        ]

    def render(self, name, value, attrs=None, renderer=None):
        choices = self.shown(value)
        drawn = self._draw(name, choices, _chosen(value))
        if len(choices) <= MANY:
            return format_html('<div class="choices">{}</div>', drawn)
        skip = '<a class="choices__skip" href="#after-{}">{}</a>'
        past = format_html(skip, name, _t("Skip these choices"))
        box = '<div class="choices choices--long">{}{}</div><span id="after-{}" tabindex="-1"></span>'
        return format_html(box, past, drawn, name)

    def _draw(self, name: str, choices: list[tuple[str, str]], chosen: set[str]) -> SafeString:
        """A page has some hundreds of them, so each is as short as can be; the legend says what the numbers are."""
        lines = []
        for key, label in choices:
            number = "" if self.counts is None or not key else f" <small>{self.counts.get(key, 0)}</small>"
            none = ' class="choice--none"' if number and not self.counts.get(key) else ""
            checked = " checked" if key in chosen else ""
            lines.append(
                f'<label{none}><input type="{self.input_type}" name="{name}" value="{escape(key)}"{checked}>'
                f"{escape(str(label))}{number}</label>"
            )
        return SafeString("".join(lines))  # nosec B703  all that is not written here was escaped


def _chosen(value) -> set[str]:
    return {str(one) for one in (value if isinstance(value, list) else [value or ""])}


class Checkboxes(_Counted, _Commas, forms.CheckboxSelectMultiple):
    """Any of some choices."""


class Radios(_Counted, forms.RadioSelect):
    """One of a few choices."""


class Countries(_Counted, forms.CheckboxSelectMultiple):
    """Those that are chosen as boxes, and a text that suggests the others (`country-names` of the page)."""

    part = "chosen"  # what is replaced after a change by hand, so that the text becomes a box

    def value_from_datadict(self, data, files, name):
        return data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []

    def render(self, name, value, attrs=None, renderer=None):
        given = _chosen(value)
        chosen = [(key, label) for key, label in self.choices if key in given] if given else []
        known = {key for key, _label in chosen}
        typed = ", ".join(text for text in value or () if text not in known)
        boxes = format_html('<div class="choices">{}</div>', self._draw(name, chosen, known)) if chosen else ""
        given = {"type": "text", "name": name, "class": "textbox", "id": f"{name}-typed", "list": "country-names"}
        given |= {"value": typed, "aria-label": _t("Country, by name or code"), "placeholder": _t("Name or code")}
        return format_html('<div id="{}-chosen">{}<input{}></div>', name, boxes, flatatt(given))


class Keys(_Commas, TextInput):
    """For more choices than a list can show: keys, with commas between them."""

    def format_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value


@html_safe
@dataclass
class FilterField:
    """A field of the filter as it is drawn: its label, choices or text, help, fault.

    A change shows at once in the list at `list_url`. `fragment` says what was used (`views.htmx`): only what follows
    from that is replaced. A field without a choice stays as an empty place, as another question may fill it.
    """

    field: BoundField
    legend: str  # the heading above the field; empty where there is none
    has_neighbours: bool
    list_url: str
    fragment: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        field, widget, name, at = self.field, self.field.field.widget, self.field.name, self.field.auto_id
        is_counted, is_empty = getattr(widget, "is_counted", False), getattr(widget, "is_empty", False)
        in_form = bool(self.fragment) and self.fragment["in_form"]
        is_used = in_form and self.fragment["field"] == name
        trigger = "input delay:400ms" if name == "q" else "change"
        opening = f'<div class="field" id="field-{name}"{" hidden" if is_empty else ""}'
        opening += f' hx-get="{escape(self.list_url)}" hx-trigger="{trigger}"'
        if part := getattr(widget, "part", ""):
            opening += f' hx-select-oob="#{name}-{part}"'
        if in_form and is_counted and not is_used:
            opening += SWAP
        if is_empty:
            return f"{opening}></div>"
        label, css = escape(str(field.label)), "form-label"
        if str(field.label) == self.legend:
            css += " visually-hidden"
        if field.use_fieldset:
            described = f' aria-describedby="{field.aria_describedby}"' if field.aria_describedby else ""
            head = f'<fieldset class="form-field" id="{at}"{described}><legend class="{css}">{label}</legend>'
        else:
            css += " form-label--part" if self.has_neighbours else ""
            head = f'<div class="form-field"><label class="{css}" for="{at}">{label}</label>'
        helps = fault = ""
        if field.help_text:
            helps = f'<p class="form-field-description" id="{at}_helptext">{escape(str(field.help_text))}</p>'
        if field.errors:
            said = f'<span class="visually-hidden">{escape(_t("Error:"))}</span> {escape(" ".join(field.errors))}'
            fault = f'<p class="form-field-error-message" id="{at}_error">{said}</p>'
        fault = f'<div id="fault-{name}"{SWAP if is_used or (in_form and not is_counted) else ""}>{fault}</div>'
        return f"{opening}>{head}{field}{helps}{fault}</{'fieldset' if field.use_fieldset else 'div'}></div>"
