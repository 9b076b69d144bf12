"""What models of the register have in common: keys, texts, sort keys, notes."""

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..text import refuse_control_characters, refuse_state_secret, sort_key

KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class KeyField(models.CharField):
    """The permanent name of a record: lower case words with hyphens, part of its address."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 100)
        kwargs["validators"] = [RegexValidator(KEY, _("A key is lower case words and digits with hyphens."))]
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, kwargs


class Text(models.CharField):
    """One line for people to read. Refuses what may never be entered."""

    default_validators = [refuse_state_secret, refuse_control_characters]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 500)
        super().__init__(*args, **kwargs)


class LongText(models.TextField):
    """Some lines for people to read, at most `max_length` characters. Refuses what may never be entered."""

    default_validators = [refuse_state_secret, refuse_control_characters]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 5000)
        super().__init__(*args, **kwargs)

    @property
    def validators(self):
        return [*super().validators, MaxLengthValidator(self.max_length)]


class SortKeyField(models.CharField):
    """What a record sorts by in one language: filled on save from the text field `source`, compared by bytes."""

    def __init__(self, source: str = "", **kwargs):
        self.source = source
        super().__init__(**{"max_length": 250, "editable": False, "db_collation": "C", "db_index": True, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, record, add):
        value = sort_key(getattr(record, self.source))
        setattr(record, self.attname, value)
        return value


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
