"""Fields of a filter form: how the text of each key in an address is read, and what is wrong with it."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import partial

from django import forms
from django.utils import timezone
from django.utils.choices import BaseChoiceIterator
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from ..actions.schema import natural_key_name
from ..domain.text import fold, reader_languages, refuse_control_characters, without_unseen
from ..models import Country
from ..models.fields import KEY
from ..search.query import Words
from .widgets import Checkboxes, Countries, DayInput, Keys, TextInput

_COUNTRIES: set[str] = set()  # codes that were found to be countries


class Choices(BaseChoiceIterator):
    """Pairs of value and label as they were read: Django takes any other list apart again, each time it is shown."""

    def __init__(self, pairs: list[tuple[str, str]]):
        self.pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


class RecordChoices:
    """The records of a reference table as choices, as far as a user may see them, by name in the reader's language."""

    def __init__(self, model):
        self.model = model

    def visible_to(self, user) -> Callable[[], Choices]:
        return partial(self._choices, user)

    def _choices(self, user) -> Choices:
        language, key = reader_languages()[0], natural_key_name(self.model)
        rows = self.model.objects.visible_to(user).order_by(f"sort_{language}")
        return Choices([(value, name or value) for value, name in rows.values_list(key, f"name_{language}")])


class AnyOfField(forms.MultipleChoiceField):
    """Some of the choices, in any case of letters."""

    widget = Checkboxes

    def to_python(self, value):
        if not value:
            return []  # without asking the database for the choices
        known = {str(key).casefold(): str(key) for key, _label in self.choices}
        return [known.get(given.casefold(), given) for given in super().to_python(value)]


class CountriesField(AnyOfField):
    """Countries, by code or by name in either language, in any case and with or without accents; as values their codes.

    A name with its code behind it, "Albania (AL)", is understood too.
    """

    widget = Countries
    default_error_messages = {"invalid_choice": _("“%(value)s” is not a country here: type its name or its code.")}

    def to_python(self, value):
        texts = [text.strip() for text in value or ()]
        codes = [part.strip().upper() for text in texts for part in text.split(",")]
        if not all(re.fullmatch("([A-Z]{2})?", code, re.ASCII) for code in codes):
            known = self._codes_by_name()
            # A name can have a comma in it: the whole text goes before its parts.
            parts = [part for text in texts for part in ([text] if fold(text) in known else text.split(","))]
            codes = [known.get(fold(part), part.strip()) for part in parts]
        return list(dict.fromkeys(filter(None, codes)))

    def validate(self, value):
        if unknown := [code for code in value if not _is_country(code)]:
            message, params = self.error_messages["invalid_choice"], {"value": ", ".join(unknown)}
            raise forms.ValidationError(message, code="invalid_choice", params=params)

    @staticmethod
    def _codes_by_name() -> dict[str, str]:
        known = {}
        for code, *names in Country.objects.values_list("code", "name_nl", "name_en"):
            known |= {fold(text): code for name in names for text in (name, f"{name} ({code})")}
            known[fold(code)] = code
        return known


def _is_country(code: str) -> bool:
    """Whether this is the code of a country. Countries come with a release and never go: each is asked once."""
    if code not in _COUNTRIES and re.fullmatch("[A-Z]{2}", code) and Country.objects.filter(code=code).exists():
        _COUNTRIES.add(code)
    return code in _COUNTRIES


class KeysField(forms.Field):
    """Keys of records of `queryset`, which may be too many to list."""

    widget = Keys

    def __init__(self, *, queryset, **kwargs):
        self.queryset = queryset
        super().__init__(**kwargs)

    def clean(self, value):
        given = [key.casefold() for key in value or []]
        sound = [key for key in given if re.fullmatch(KEY, key)]
        found = set(self.queryset.filter(key__in=sound).values_list("key", flat=True)) if sound else set()
        if unknown := [key for key in given if key not in found]:
            message = forms.MultipleChoiceField.default_error_messages["invalid_choice"]
            raise forms.ValidationError(message, code="invalid_choice", params={"value": ", ".join(unknown)})
        return given

    def names(self, keys: list[str]) -> dict[str, str]:
        """What the records of these keys are called."""
        return {
            record.key: getattr(record, "name", "") or record.title for record in self.queryset.filter(key__in=keys)
        }


class DayField(forms.DateField):
    """A day as 2021-12-02, and in no other way."""

    widget = DayInput
    default_error_messages = {"invalid": _("Enter a day as year-month-day: 2021-12-02.")}

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, date):
            return value or None
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class MomentField(forms.CharField):
    """A moment with its offset (2021-12-02T10:00:00Z), or the beginning of a day in the Netherlands."""

    widget = TextInput
    default_error_messages = {"invalid": _("Enter a moment like 2021-12-02T10:00:00Z, or a day.")}

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            moment = datetime.combine(DayField().to_python(text), time.min)
        except forms.ValidationError:
            try:
                # A plus sign in an address means a space: take it as the offset that it was meant to be.
                moment = parse_datetime(re.sub(r" (?=\d{2}:\d{2}$)", "+", text))
            except ValueError:
                moment = None
        if moment is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


class WordsField(forms.CharField):
    """Words to search for; as a value what they ask for, of a reader who may see `levels`."""

    widget = TextInput
    MOST = 8

    def __init__(self, *, levels: tuple[str, ...] = ("public",), **kwargs):
        self.levels = levels
        super().__init__(**{"max_length": 200, "validators": [refuse_control_characters], **kwargs})

    def to_python(self, value):
        return without_unseen(super().to_python(value))

    def clean(self, value):
        value = super().clean(value)
        if len(value.split()) > self.MOST:
            raise forms.ValidationError(
                _("Enter at most %(most)d words."), code="max_words", params={"most": self.MOST}
            )
        return Words(value, self.levels) if value else ""
