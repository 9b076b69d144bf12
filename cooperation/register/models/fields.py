"""Model fields of the register: keys, texts, sort keys, and dates that are as exact as their source."""

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..domain.edtf import EDTF, to_edtf
from ..domain.markings import refuse_marking
from ..domain.order import place_of
from ..domain.text import refuse_control_characters, sort_key

KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class PlainInMigrations:
    """A field that migrations write as the class of Django that it extends, so that they import no code of ours."""

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        django_class = next(base for base in type(self).__mro__ if base.__module__.startswith("django."))
        return name, f"django.db.models.{django_class.__name__}", args, kwargs


class KeyField(PlainInMigrations, models.CharField):
    """The permanent name of a record: lower case words with hyphens, part of its address.

    One that is taken is refused in the same words as one that is none: a record that has it may be hidden.
    """

    REFUSED = _("This key cannot be used. A key is lower case words and digits with hyphens, and no record had it.")
    default_validators = [RegexValidator(KEY, REFUSED), refuse_marking]
    default_error_messages = {"unique": REFUSED}

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 100)
        super().__init__(**kwargs)


class Text(PlainInMigrations, models.CharField):
    """One line for people to read. Refuses what may never be entered."""

    default_validators = [refuse_marking, refuse_control_characters]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 500)
        super().__init__(*args, **kwargs)


class LongText(PlainInMigrations, models.TextField):
    """Some lines for people to read, at most `max_length` characters. Refuses what may never be entered."""

    default_validators = [refuse_marking, refuse_control_characters]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 5000)
        super().__init__(*args, **kwargs)

    @property
    def validators(self):
        return [*super().validators, MaxLengthValidator(self.max_length)]


def refuse_in_notes(notes: list) -> None:
    """Raise ValidationError where one of these notes, each a text or one in each language, may never be entered."""
    for note in notes if isinstance(notes, list) else ():
        for text in note.values() if isinstance(note, dict) else [note]:
            for refuse in LongText.default_validators:
                refuse(str(text))


class NotesField(PlainInMigrations, models.JSONField):
    """Remarks without a field of their own: texts, or a text in each language. Refuses what may never be entered."""

    default_validators = [refuse_in_notes]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"verbose_name": _("notes"), "default": list, "blank": True, **kwargs})


class WebAddress(PlainInMigrations, models.URLField):
    """An address on the web; in it too, nobody may hide what they write."""

    default_validators = [*models.URLField.default_validators, refuse_marking, refuse_control_characters]


class SortKeyField(PlainInMigrations, models.CharField):
    """What a record sorts by in one language: filled on save from the first of these text fields that is not empty.

    It is compared by bytes.
    """

    def __init__(self, *sources: str, **kwargs):
        self.sources = sources
        super().__init__(**{"max_length": 250, "editable": False, "db_collation": "C", "db_index": True, **kwargs})

    def pre_save(self, record, add):
        value = sort_key(next(filter(None, (getattr(record, source) for source in self.sources)), ""))
        setattr(record, self.attname, value)
        return value


class PlaceField(PlainInMigrations, models.BigIntegerField):
    """Where a dated thing stands among others (`domain/order.py`): by its date alone, until `actions` says more."""

    def __init__(self, source: str = "", **kwargs):
        self.source = source
        super().__init__(**{"editable": False, "db_index": True, **kwargs})

    def pre_save(self, record, add):
        value = getattr(record, self.attname)
        if value is None:
            value = place_of(to_edtf(getattr(record, self.source)))
            setattr(record, self.attname, value)
        return value


class ShownField(PlainInMigrations, models.BooleanField):
    """That staff publish a record of reference, whatever uses it (`UnclassifiedQuerySet`)."""

    def __init__(self, **kwargs):
        help_text = _("Unmarked, it is hidden until something that the reader may see uses it.")
        super().__init__(
            **{
                "verbose_name": _("shown even where nothing visible uses it"),
                "default": False,
                "help_text": help_text,
                **kwargs,
            }
        )


def one_of(field: str, choices: type[models.TextChoices], name: str, *, blank: bool = False) -> models.CheckConstraint:
    """The promise that a field holds one of its choices (or, where it may be `blank`, none), also without a form."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": [*choices.values, ""] if blank else choices.values}),
        name=name,
        violation_error_message=_("Choose a value from the list."),
    )


def exactly_one(*fields: str) -> models.Q:
    """Exactly one of these fields has a value."""
    alone = (models.Q(**{f"{other}__isnull": other != field for other in fields}) for field in fields)
    return models.Q(*alone, _connector=models.Q.OR)


class EDTFFormField(forms.CharField):
    """A text box for a date of the register."""

    def to_python(self, value):
        return to_edtf(super().to_python(value))

    def prepare_value(self, value):
        return str(value) if isinstance(value, EDTF) else value


class EDTFField(PlainInMigrations, models.CharField):
    """A date of the register, kept as it is written. `EDTFDays` beside it keeps the days that it can mean."""

    description = _("Date as exact as its source (EDTF)")

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 24)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return to_edtf(value)

    def to_python(self, value):
        return to_edtf(value)

    def get_prep_value(self, value):
        value = to_edtf(value)
        return value and value.text

    def value_to_string(self, record):
        return self.get_prep_value(self.value_from_object(record)) or ""

    def run_validators(self, value):
        return super().run_validators(value and str(value))

    def formfield(self, **kwargs):
        return super().formfield(form_class=EDTFFormField, empty_value=None, max_length=None, **kwargs)


class EDTFDays(PlainInMigrations, models.GeneratedField):
    """The range of days of the EDTFField named `source`: indexed, and never out of step with the text.

    PostgreSQL generates it by a function of the first migration, so that no path into the table (`update()`, COPY, a
    hand at a prompt) can leave the range behind the text, or store a date that does not exist.
    """

    def __init__(self, source: str | None = None, **kwargs):
        from django.contrib.postgres.fields import DateRangeField

        if source:
            days = models.Func(source, function="edtf_days")
            kwargs = {"expression": days, "output_field": DateRangeField(null=True), "db_persist": True}
        super().__init__(**kwargs)
