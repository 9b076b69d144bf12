"""Forms in which staff correct the register: fields of its own kind, and what a save can be refused for."""

from collections.abc import Sequence
from functools import cached_property

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..actions.schema import data_keys
from ..actions.validate import Error, known_since
from ..models import Milestone

LANGUAGES = ("nl", "en")


class NotesField(forms.CharField):
    """Remarks as people write them: an empty line between two, `nl:` and `en:` before a text in that language."""

    widget = AdminTextareaWidget

    def __init__(self, *, encoder=None, decoder=None, **kwargs):
        help_text = _("An empty line between two notes. A text in one language starts with “nl:” or “en:”.")
        super().__init__(**{**kwargs, "help_text": help_text, "empty_value": []})

    def prepare_value(self, value):
        return "\n\n".join(map(self._written, value)) if isinstance(value, list) else value

    @staticmethod
    def _written(note: str | dict) -> str:
        return note if isinstance(note, str) else "\n".join(f"{language}: {text}" for language, text in note.items())

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, list):
            return value or []
        blocks: list[list[str]] = [[]]
        for line in super().to_python(value).splitlines():
            if line.strip():
                blocks[-1].append(line.strip())
            elif blocks[-1]:
                blocks.append([])
        return [self._read(lines) for lines in blocks if lines]

    @staticmethod
    def _read(lines: Sequence[str]) -> str | dict:
        note: dict[str, str] = {}
        for line in lines:
            language, colon, text = line.partition(":")
            if colon and language in LANGUAGES and language not in note:
                note[language] = text.strip()
            elif note:
                note[list(note)[-1]] += f" {line}"
            else:
                return "\n".join(lines)
        return note


class PartForm(forms.ModelForm):
    """A form that fills in from when a fact is known, as the data files do."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "known_from" in self.fields:
            self.fields["known_from"].required = False
            self.fields["known_from"].help_text = _(
                "The day from which this could be said. Empty: the last possible day of its earliest dated source."
            )

    def clean(self):
        cleaned = self._with_what_is_hidden(super().clean())
        source = cleaned.get("source")
        if source and "known_from" in cleaned and not cleaned["known_from"]:
            published = [each.published for each in (source, *cleaned.get("also_sources", ()))]
            cleaned["known_from"] = known_since(self._meta.model, cleaned, published)
            if not cleaned["known_from"]:
                self.add_error("known_from", _("This is missing, and none of the sources has a date."))
        return cleaned

    def _with_what_is_hidden(self, cleaned: dict) -> dict:
        """A reference to a record that this editor may not see shows as empty, and stays what it was."""
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and name in cleaned and not cleaned[name]:
                held = getattr(self.instance, f"{name}_id", None)
                if held and not field.queryset.filter(pk=held).exists():
                    cleaned[name] = getattr(self.instance, name)
        return cleaned

    def refuse(self, name: str, message: str) -> None:
        """Show why a save was refused: at the field where there is one of that name, else above all."""
        name = {key: name for name, key in data_keys(self._meta.model).items()}.get(name, name)
        self.add_error(name if name in self.fields else None, capfirst(message))


class RecordForm(PartForm):
    """The form of a record of its own. It knows which version of the record it was opened with."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    version_now = ""
    refusals: Sequence[Error] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.version_now

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and not self.instance._state.adding and cleaned.get("version") != self.version_now:
            raise ValidationError(
                _(
                    "Someone else changed this record while you had it open. Nothing was saved, and what you typed"
                    " is still here. Open the record once more in another window, and make your change there."
                ),
                code="clash",
            )
        for path, message in self.refusals:
            name, bracket, _rest = path.partition("[")
            if not bracket or name in self.fields:
                self.refuse(name, message)
        return cleaned


class PartFormSet(BaseInlineFormSet):
    """What hangs on a record. References to milestones stay within the record."""

    def __init__(self, *args, refusals: Sequence[Error] = (), **kwargs):
        self.refusals = refusals
        super().__init__(*args, **kwargs)

    def total_form_count(self):
        """As many as there are and were sent: a number alone would have the server make a thousand forms."""
        count = super().total_form_count()
        if self.is_bound:
            sent = {name.removeprefix(f"{self.prefix}-").partition("-")[0] for name in self.data}
            if count > len(self.get_queryset()) + len(sent):
                raise BadRequest(_("This form did not arrive as it was sent. Nothing was changed."))
        return count

    @cached_property
    def _milestones(self) -> list[tuple[str | int, str]]:
        found: list[Model] = []
        if self.instance.pk and hasattr(self.instance, "milestones"):
            found = list(self.instance.milestones.select_related("instrument"))
        return [("", "---------"), *((each.pk, f"{each.key}: {each.kind_label}, {each.date}") for each in found)]

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            if (
                isinstance(field, forms.ModelChoiceField)
                and field.queryset.model is Milestone
                and field is not form.fields.get("id")
            ):
                field.queryset = Milestone.objects.filter(instrument=self.instance.pk)
                field.choices = self._milestones

    def clean(self):
        super().clean()
        for path, message in self.refusals:
            name, bracket, rest = path.partition("[")
            place, _bracket, inner = rest.partition("]")
            if bracket and name == self.get_default_prefix():
                self._refuse(place, inner.removeprefix("."), message)

    def _refuse(self, place: str, name: str, message: str) -> None:
        """`place` is the key of a row, or its number in the order in which rows are written."""
        rows = [form for form in self.forms if form.has_changed() or form.instance.pk]
        rows = [form for form in rows if not self._should_delete_form(form)]
        for number, form in enumerate(rows, 1):
            if place == (getattr(form.instance, "key", None) or str(number)):
                return form.refuse(name, message)
        raise ValidationError(message)
