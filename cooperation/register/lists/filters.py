"""The keys of a question that all kinds share: one FilterSet answers page, API, export and statistics.

Key names are those of the contract (camelCase): they are what a person reads in an address.
"""

import re
from collections.abc import Iterator
from copy import copy, deepcopy
from datetime import date, datetime, time
from functools import cache, partial
from typing import Any

import django_filters
from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from ..domain.clock import Clock
from ..domain.text import refuse_control_characters
from ..models import Country, CountryPart, Group, Instrument, Organisation, OrganisationRole, Region, Source, Theme
from ..models.fields import KEY
from ..models.queryset import clearance
from ..search.query import Words
from .choices import named, resources
from .widgets import Checkboxes, Keys, Radios

YES_OR_NO = [("true", _("yes")), ("false", _("no"))]


class AnyOfField(forms.MultipleChoiceField):
    """Some of the choices, in any case of letters."""

    def to_python(self, value):
        if not value:
            return []  # without asking the database for the choices
        known = {str(key).casefold(): str(key) for key, _label in self.choices}
        return [known.get(given.casefold(), given) for given in super().to_python(value)]


class KeysField(forms.Field):
    """Keys of records of `queryset`, which may be too many to list."""

    def __init__(self, *, queryset, **kwargs):
        self.queryset = queryset
        super().__init__(**kwargs)

    def clean(self, value):
        value = [key.casefold() for key in value or []]
        sound = [key for key in value if re.fullmatch(KEY, key)]
        found = set(self.queryset.filter(key__in=sound).values_list("key", flat=True)) if sound else set()
        if unknown := [key for key in value if key not in found]:
            message = _("Select a valid choice. %(value)s is not one of the available choices.")
            raise forms.ValidationError(message, code="invalid_choice", params={"value": ", ".join(unknown)})
        return value


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


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

    MOST = 8

    def __init__(self, *, levels: tuple[str, ...] = ("public",), **kwargs):
        self.levels = levels
        super().__init__(**{"max_length": 200, "validators": [refuse_control_characters], **kwargs})

    def clean(self, value):
        value = super().clean(value)
        if len(value.split()) > self.MOST:
            raise forms.ValidationError(
                _("Enter at most %(most)d words."), code="max_words", params={"most": self.MOST}
            )
        return Words(value, self.levels) if value else ""


class AnyOf(django_filters.Filter):
    """A filter on some of the choices; `<key>Not` is its opposite. `choices` may be a callable."""

    def __init__(self, *, choices, widget=Checkboxes, field_class=AnyOfField, **kwargs):
        self.field_class = field_class
        super().__init__(choices=choices, widget=widget, **kwargs)


class AnyOfNamed(AnyOf):
    """A filter on some of the records of a table of reference, by name; of those that the reader may see."""

    def __init__(self, *, model, **kwargs):
        super().__init__(choices=named(model), **kwargs)


class KeysOf(django_filters.Filter):
    field_class = KeysField

    def __init__(self, *, queryset, **kwargs):
        super().__init__(queryset=queryset, widget=Keys, **kwargs)


class Day(django_filters.Filter):
    field_class = DayField


class WordsFilter(django_filters.Filter):
    field_class = WordsField


class Moment(django_filters.Filter):
    field_class = MomentField


def yes_or_no(label, method: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        choices=YES_OR_NO, label=label, method=method, empty_label=_("all"), widget=Radios
    )


ANSWERS = {"true": True, "false": False, "unknown": None}


def yes_no_or_unknown(label) -> django_filters.ChoiceFilter:
    """On a field that may not be known; the key is its name in camelCase."""
    choices = [*YES_OR_NO, ("unknown", _("not known"))]
    return django_filters.ChoiceFilter(
        choices=choices, label=label, method="having_answer", empty_label=_("all"), widget=Radios
    )


def _label(pattern, name) -> str:
    return str(pattern) % {"date": name}


_of = lazy(_label, str)  # a label of two texts, put together in the reader's language


class QuestionFilter(django_filters.FilterSet):
    """What every question has: words and the two clocks.

    `ranges` names ranges of days and the kinds of milestone they are about (`start` gives the keys `startFrom` and
    `startUntil`).
    """

    q = WordsFilter(
        label=_("Words"),
        method="having_words",
        help_text=_(
            "Anywhere in the record; typing errors are forgiven. “Words in quotes” stand together; a word with a minus"
            " before it (-treaty) does not occur."
        ),
    )
    validOn = Day(label=_("State on"), method="no_filter")
    knownOn = Day(label=_("As known on"), method="no_filter")

    ranges: dict[str, tuple[str, ...]] = {}
    range_labels: dict[str, str] = {}
    # Columns with the one value that a row has of a key, where the key has another name (`facets`).
    own_columns: dict[str, str] = {}
    # In which roles a country counts when `countryRole` is not given; none: in any.
    default_roles: tuple[str, ...] = ()

    def __init__(self, data=None, queryset=None, *, user=None, whole=True, **kwargs):
        """`whole`: with all its keys, as its form shows them; else, much quicker, only with those that were given."""
        if not whole:
            self.base_filters = {name: one for name, one in self.base_filters.items() if name in data}
        super().__init__(data, queryset, **kwargs)
        self.user = user
        asked_once = {}
        for name, one in self.filters.items():
            if callable(choices := one.extra.get("choices")):
                asked = partial(choices, user) if isinstance(one, AnyOfNamed) else choices
                one.extra["choices"] = asked_once.setdefault(choices, cache(asked))
            # A key that this user may not see is as unknown as any other.
            if isinstance(one, KeysOf) and name in self.data:
                one.field.queryset = one.field.queryset.visible_to(user)
            if isinstance(one, WordsFilter):
                one.extra["levels"] = tuple(clearance(user))

    def get_form_class(self):
        ranges = [("from", "until"), *((f"{name}From", f"{name}Until") for name in self.ranges)]

        class QuestionForm(super().get_form_class()):
            def clean(self):
                cleaned = super().clean()
                for first, last in ranges:
                    if cleaned.get(first) and cleaned.get(last) and cleaned[first] > cleaned[last]:
                        message = _("Lies before the day in “%(key)s”: nothing can match.")
                        self.add_error(last, forms.ValidationError(message, code="order", params={"key": first}))
                return cleaned

        return QuestionForm

    @property
    def clock(self) -> Clock:
        """The clock that the question is asked on. A day that cannot be read counts as today."""
        self.form.is_valid()
        return Clock.on(self.form.cleaned_data.get("validOn"), self.form.cleaned_data.get("knownOn"))

    @property
    def given(self) -> dict:
        """The filters that were given, as cleaned values."""
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    @property
    def asked(self) -> dict:
        """The same without the clock."""
        return {name: value for name, value in self.given.items() if name not in ("validOn", "knownOn")}

    def in_words(self) -> Iterator[tuple[str, str, list[tuple[Any, str]]]]:
        """The filters that are on, without the clock: the key, its label, and its values, each with its words."""
        for name, value in self.asked.items():
            field = self.form.fields[name]
            labels = dict(getattr(field, "choices", ()))
            values = value if isinstance(value, list) else [value]
            yield name, str(field.label), [(one, str(labels.get(one, one))) for one in values]

    def filter_queryset(self, queryset):
        """What the question asks for: first the clock, then every key."""
        queryset = queryset.on(self.clock)
        for name, value in self.given.items():
            queryset = getattr(self, self.filters[name].method)(queryset, name, value)
        return queryset

    def asking(self, **answers) -> "QuestionFilter":
        """The same question with other answers, as cleaned values; None leaves a key out."""
        other = copy(self)
        other._form = copy(self.form)
        other._form.cleaned_data = self.form.cleaned_data | answers
        return other

    def by_title_in_country(self):
        """What the question asks for, so that it can be read by title off an index; None where there is none."""

    def no_filter(self, queryset, name, value):
        """Read together with other keys."""
        return queryset

    @staticmethod
    def either(queryset, name: str, condition):
        """A key, or its opposite: `<key>Not`."""
        return queryset.filter(~condition if name.endswith("Not") else condition)

    def having_words(self, queryset, name, value):
        return queryset.matching(value, self.clock)

    def of_kind(self, queryset, name, value):
        return self.either(queryset, name, Q(kind__in=value))


class InstrumentFilter(QuestionFilter):
    """The keys that every kind answers to. A kind adds its own filters and `ranges`."""

    stage = AnyOf(choices=(), label=_("Stage"), method="in_stage")
    stageNot = AnyOf(choices=(), label=_("Not in stage"), method="in_stage")
    certain = yes_or_no(_("Stage is certain"), "being_certain")
    kind = AnyOf(choices=(), label=_("Kind"), method="of_kind")
    kindNot = AnyOf(choices=(), label=_("Not of kind"), method="of_kind")
    country = AnyOfNamed(model=Country, label=_("Country"), method="in_place")
    countryNot = AnyOfNamed(model=Country, label=_("Not in country"), method="in_place")
    countryRole = AnyOf(choices=CountryPart.Role.choices, label=_("Role of the country"), method="no_filter")
    region = AnyOf(choices=Region.choices, label=_("Region"), method="in_place")
    regionNot = AnyOf(choices=Region.choices, label=_("Not in region"), method="in_place")
    group = AnyOf(choices=Group.choices, label=_("Group of countries"), method="in_place")
    groupNot = AnyOf(choices=Group.choices, label=_("Not in group"), method="in_place")
    countryWithout = AnyOf(choices=resources, label=_("In a country without"), method="in_place_without")
    organisation = AnyOfNamed(model=Organisation, label=_("Organisation"), method="with_body")
    organisationNot = AnyOfNamed(model=Organisation, label=_("Not with organisation"), method="with_body")
    organisationRole = AnyOf(
        choices=OrganisationRole.Role.choices, label=_("Role of the organisation"), method="no_filter"
    )
    theme = AnyOfNamed(model=Theme, label=_("Theme"), method="about_theme")
    themeNot = AnyOfNamed(model=Theme, label=_("Not about theme"), method="about_theme")
    milestone = AnyOf(choices=(), label=_("Milestone"), method="no_filter")
    vars()["from"] = Day(label=_("from"), method="no_filter")  # a keyword of Python, a key of the contract
    until = Day(label=_("until"), method="no_filter")
    source = KeysOf(queryset=Source.objects.all(), label=_("Source"), method="standing_in")
    sourceNot = KeysOf(queryset=Source.objects.all(), label=_("Not from source"), method="standing_in")
    disputed = yes_or_no(_("Disputed"), "being_disputed")
    stalled = yes_or_no(_("Stalled"), "being_stalled")
    inLetter = yes_or_no(_("In a letter to Parliament"), "being_in_letter")
    changedSince = Moment(label=_("Changed since"), method="changed_since")
    own_columns = {"stage": "stage", "certain": "stage_certain"}

    class Meta:
        model = Instrument
        fields: list[str] = []

    @classmethod
    def get_filters(cls):
        filters = deepcopy(super().get_filters())  # a kind fills in its own choices
        for name in cls.ranges:
            label = cls.range_labels[name]
            filters[f"{name}From"] = Day(label=_of(_("%(date)s from"), label), method="no_filter")
            filters[f"{name}Until"] = Day(label=_of(_("%(date)s until"), label), method="no_filter")
        for key, choices in cls.own_choices().items():
            for name in (key, f"{key}Not"):
                if name in filters:
                    filters[name].extra["choices"] = choices
        return filters

    @classmethod
    def own_choices(cls) -> dict[str, list[tuple[str, str]]]:
        """Choices that only this kind has."""
        kind = cls._meta.model
        if not kind.RESOURCE:
            return {}
        stages = [(stage, kind.Stage(stage).label) for stage in kind.ladder.every_stage]
        return {"stage": stages, "kind": kind.Kind.choices, "milestone": kind.MilestoneKind.choices}

    def filter_queryset(self, queryset):
        return self.in_ranges(super().filter_queryset(queryset))

    def in_ranges(self, queryset):
        """Ranges of days match what may lie in them; `match_certain` tells what certainly does."""
        given = self.form.cleaned_data
        asked = [
            (kinds, given.get(f"{name}From"), given.get(f"{name}Until"), True)
            for name, kinds in self.ranges.items()
            if given.get(f"{name}From") or given.get(f"{name}Until")
        ]
        if given.get("milestone") or given.get("from") or given.get("until"):
            asked.append((given.get("milestone"), given.get("from"), given.get("until"), False))
        certain = Q()
        for kinds, first, last, standing in asked:
            between = (kinds, first, last, self.clock.known_on)
            queryset = queryset.with_milestone(*between, standing=standing)
            certain &= Q(queryset.certainly_between(*between, standing=standing))
        if not asked:
            return queryset.annotate(match_certain=Value(None, output_field=BooleanField(null=True)))
        return queryset.annotate(match_certain=ExpressionWrapper(certain, output_field=BooleanField()))

    # --- one method for one key, or for a key and its opposite -------------------------------------------------------

    def in_stage(self, queryset, name, value):
        return self.either(queryset, name, Q(stage__in=value))

    def having_answer(self, queryset, name, value):
        field = re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
        return queryset.filter(**{field: ANSWERS[value]})

    def being_certain(self, queryset, name, value):
        return queryset.filter(stage_certain=value == "true")

    def by_title_in_country(self):
        """Where it is about one country, and no words."""
        if len(self.given.get("country", ())) != 1 or "q" in self.given:
            return None
        rest = self.asking(country=None)
        roles = self.form.cleaned_data.get("countryRole") or self.default_roles
        found = rest.filter_queryset(rest.queryset.all())
        return found.in_country_by_title(self.given["country"][0], self.clock.valid_on, roles)

    def having_words(self, queryset, name, value):
        return queryset.matching(value, self.clock, self.given.get("country", ()))

    def in_place(self, queryset, name, value):
        roles = self.form.cleaned_data.get("countryRole") or self.default_roles
        question = {"country": "in_country", "region": "in_region", "group": "in_group"}[name.removesuffix("Not")]
        if name.endswith("Not"):
            question = question.replace("in_", "outside_")
        return getattr(queryset, question)(value, self.clock.valid_on, roles)

    def in_place_without(self, queryset, name, value):
        """Each kind that is named must be missing; in which country of the record, may differ."""
        roles = self.form.cleaned_data.get("countryRole") or self.default_roles
        for resource in value:
            queryset = queryset.in_country_without(resource, self.clock, self.user, roles)
        return queryset

    def with_body(self, queryset, name, value):
        roles = self.form.cleaned_data.get("organisationRole") or ()
        return self.either(queryset, name, Q(queryset.with_organisation(value, self.clock.valid_on, roles)))

    def about_theme(self, queryset, name, value):
        about = Instrument.themes.through.objects.filter(theme__key__in=value)
        return self.either(queryset, name, Q(pk__in=about.values("instrument")))

    def standing_in(self, queryset, name, value):
        return self.either(queryset, name, queryset.from_source(value, self.clock.known_on))

    def being_disputed(self, queryset, name, value):
        condition = queryset.disputed(self.clock)
        return queryset.filter(condition if value == "true" else ~condition)

    def being_stalled(self, queryset, name, value):
        condition = queryset.stalled(self.clock)
        return queryset.filter(condition if value == "true" else ~condition)

    def being_in_letter(self, queryset, name, value):
        condition = queryset.in_letter(self.clock.known_on)
        return queryset.filter(condition if value == "true" else ~condition)

    def changed_since(self, queryset, name, value):
        return queryset.changed_since(value)
