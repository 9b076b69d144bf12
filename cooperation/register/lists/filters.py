"""The keys of a question that all kinds share: one FilterSet answers page, API, export and statistics.

Key names are those of the contract (camelCase): they are what a person reads in an address.
"""

from collections.abc import Iterator
from copy import copy, deepcopy
from datetime import date
from functools import cache, cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.http import QueryDict
from django.utils.dateformat import format as format_date
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from ..domain.clock import Clock
from ..models import Country, CountryPart, Group, Instrument, Organisation, OrganisationRole, Region, Source, Theme
from ..models.queryset import clearance
from ..search.query import Words
from .choices import resources
from .fields import AnyOfField, CountriesField, DayField, KeysField, MomentField, RecordChoices, WordsField
from .widgets import Radios

# --- filters ---------------------------------------------------------------------------------------------------------


class KeyFilter(django_filters.Filter):
    """A key of a question: a lookup on the field of its name, or a condition that its FilterSet makes of the values.

    `condition` names a method of the FilterSet: `(queryset, name, value) -> Q`. `opposite` is the label of the key
    `<name>Not`, which is made along with it (`QuestionFilter.get_filters`). `beside` is the key without which this one
    says nothing.
    """

    def __init__(self, *args, condition: str = "", opposite: Any = "", beside: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.condition, self.opposite, self.beside = condition, opposite, beside

    def __deepcopy__(self, memo):
        """A FilterSet copies its filters for each question; what is not changed is shared, as that is much quicker."""
        other = copy(self)
        other.__dict__.pop("_field", None)
        other.extra = dict(self.extra)
        other.method = self.method  # bound to the copy
        return other

    def filter(self, qs, value):
        if not self.condition:
            return super().filter(qs, value)
        return self.get_method(qs)(getattr(self.parent, self.condition)(qs, self.field_name, value))

    @property
    def is_offered(self) -> bool:
        """Whether a form shows it unasked. Opposites only once they are chosen, or a form would be twice as long."""
        return not self.exclude

    @property
    def column(self) -> str:
        """The field or annotation with the one value that a row has of this key, if it is that simple."""
        return "" if self.condition or self.method else self.field_name


class AnyOf(KeyFilter):
    """Any of some `choices`: pairs, RecordChoices, or a callable."""

    field_class = AnyOfField

    def __init__(self, field_name=None, lookup_expr="in", **kwargs):
        super().__init__(field_name, lookup_expr, **kwargs)


class AnyCountry(AnyOf):
    field_class = CountriesField
    is_offered = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, choices=RecordChoices(Country), **kwargs)


class KeysOf(AnyOf):
    """Any of the records of `queryset`, which may be too many to list."""

    field_class = KeysField


class YesOrNo(KeyFilter, django_filters.ChoiceFilter):
    """Whether a condition holds; `unknown`: or whether a field that may have no value has none."""

    ANSWERS = {"true": True, "false": False, "unknown": None}

    def __init__(self, field_name=None, *, unknown=False, **kwargs):
        choices = [("true", _("yes")), ("false", _("no")), *([("unknown", _("not known"))] if unknown else [])]
        super().__init__(field_name, choices=choices, empty_label=_("all"), widget=Radios, **kwargs)

    def filter(self, qs, value):
        if not self.condition:
            return qs.filter(**{self.field_name: self.ANSWERS[value]})
        condition = getattr(self.parent, self.condition)(qs, self.field_name, value)
        return qs.filter(condition) if self.ANSWERS[value] else qs.exclude(condition)


class Day(KeyFilter):
    field_class = DayField


class WordsFilter(KeyFilter):
    field_class = WordsField


class Moment(KeyFilter):
    field_class = MomentField


def in_words(value: Any) -> str:
    """A cleaned value for people: a day in words, anything else as it is."""
    return format_date(value, "j F Y") if type(value) is date else str(value)


def _label(pattern, name) -> str:
    return str(pattern) % {"date": name}


_of = lazy(_label, str)  # a label of two texts, put together in the reader's language


# --- FilterSets ------------------------------------------------------------------------------------------------------


class QuestionForm(forms.Form):
    """The fields of the keys. `ranges`: pairs of keys of which the second may not lie before the first."""

    ranges: list[tuple[str, str]] = []

    def clean(self):
        cleaned = super().clean()
        for first, last in self.ranges:
            if cleaned.get(first) and cleaned.get(last) and cleaned[first] > cleaned[last]:
                message = _("Lies before the day in “%(label)s”: nothing can match.")
                params = {"label": self.fields[first].label}
                self.add_error(last, forms.ValidationError(message, code="order", params=params))
        return cleaned


class QuestionFilter(django_filters.FilterSet):
    """What every question has: words and the two clocks.

    `ranges` names ranges of days and the kinds of milestone they are about (`start` gives the keys `startFrom` and
    `startUntil`).
    """

    q = WordsFilter(
        label=_("Words"),
        method="having_words",
        help_text=_(
            "Anywhere in the instrument; typing errors are forgiven. “Words in quotes” stand together; a word with a"
            " minus before it (-treaty) does not occur."
        ),
    )
    validOn = Day(label=_("State on"), method="no_filter")
    knownOn = Day(label=_("As known on"), method="no_filter")

    ranges: dict[str, tuple[str, ...]] = {}
    range_labels: dict[str, str] = {}
    # In which roles a country counts when `countryRole` is not given; none: in any.
    default_roles: tuple[str, ...] = ()

    @classmethod
    def get_filters(cls):
        """With the opposite of each key that has one."""
        filters = {}
        for name, one in deepcopy(super().get_filters()).items():
            filters[name] = one
            if getattr(one, "opposite", ""):
                opposite = filters[f"{name}Not"] = deepcopy(one)
                opposite.exclude, opposite.label, opposite.opposite = True, one.opposite, ""
        return filters

    def __init__(self, data=None, queryset=None, *, user=None, whole=True, **kwargs):
        """`whole`: with the keys that its form shows unasked; else, quicker, only with those that were given."""
        if data is not None:
            self.base_filters = {
                name: one for name, one in self.base_filters.items() if name in data or (whole and one.is_offered)
            }
        super().__init__(data, queryset, **kwargs)
        self.user = user
        asked_once = {}
        for name, one in self.filters.items():
            choices = one.extra.get("choices")
            if isinstance(choices, RecordChoices) or callable(choices):
                if choices not in asked_once:
                    of_user = choices.visible_to(user) if isinstance(choices, RecordChoices) else choices
                    asked_once[choices] = cache(of_user)
                one.extra["choices"] = asked_once[choices]
            # A key that this user may not see is as unknown as any other.
            if isinstance(one, KeysOf) and name in self.data:
                one.extra["queryset"] = one.extra["queryset"].visible_to(user)
            if isinstance(one, WordsFilter):
                one.extra["levels"] = tuple(clearance(user))

    @property
    def form(self) -> QuestionForm:
        """Made of the fields as they are: a class for each question, and copies of its fields, take longer."""
        if not hasattr(self, "_form"):
            self._form = QuestionForm(self.data)
            self._form.is_bound = self.is_bound
            self._form.fields = {name: one.field for name, one in self.filters.items()}
            self._form.ranges = [("from", "until"), *((f"{name}From", f"{name}Until") for name in self.ranges)]
        return self._form

    @cached_property
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

    def with_codes(self) -> QueryDict:
        """The keys as they were given, with each country by its code; the form shows the same."""
        self.form.is_valid()
        for name, one in self.filters.items():
            codes = self.form.cleaned_data.get(name)
            if isinstance(one, AnyCountry) and codes and ",".join(self.data.getlist(name)).split(",") != codes:
                self.data = self.form.data = self.data.copy()
                self.data.setlist(name, codes)
        return self.data

    def in_words(self) -> Iterator[tuple[str, str, list[tuple[Any, str]]]]:
        """The filters that are on, without the clock: the key, its label, and its values, each with its words."""
        for name, value in self.asked.items():
            field = self.form.fields[name]
            values = value if isinstance(value, list) else [value]
            labels = field.names(values) if isinstance(field, KeysField) else dict(getattr(field, "choices", ()))
            if isinstance(value, Words):
                labels = {value: value.in_words(self.clock)}
            yield name, str(field.label), [(one, in_words(labels.get(one, one))) for one in values]

    def filter_queryset(self, queryset):
        """What the question asks for: first the clock, then every key."""
        queryset = queryset.on(self.clock)
        for name, value in self.given.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def asking(self, **answers) -> "QuestionFilter":
        """The same question with other answers, as cleaned values; None leaves a key out."""
        other = copy(self)
        other._form = copy(self.form)
        other._form.cleaned_data = self.form.cleaned_data | answers
        other.filters = {name: deepcopy(one) for name, one in self.filters.items() if name in other.given}
        for one in other.filters.values():
            one.parent = other
        return other

    certain_first = False  # whether what certainly lies in the days asked for comes before what only may, in any order

    @property
    def has_days(self) -> bool:
        """Whether a range of days is asked for: a vague date matches when it may lie in it (`match_certain`)."""
        return any(self.given.get(key) for pair in self.form.ranges for key in pair)

    def no_filter(self, queryset, name, value):
        """Read together with other keys."""
        return queryset

    def having_words(self, queryset, name, value):
        return queryset.matching(value, self.clock)


class InstrumentFilter(QuestionFilter):
    """The keys that every kind answers to. A kind adds its own filters and `ranges`."""

    stage = AnyOf(choices=(), label=_("Stage"), opposite=_("Not in stage"))
    certain = YesOrNo("stage_certain", label=_("Stage is certain"))
    standing = YesOrNo(label=_("Stands on the day"), condition="being_standing")
    kind = AnyOf(choices=(), label=_("Kind"), opposite=_("Not of kind"))
    country = AnyCountry(label=_("Country"), opposite=_("Not in country"), condition="in_place")
    countryRole = AnyOf(choices=CountryPart.Role.choices, label=_("Role of the country"), method="no_filter")
    region = AnyOf(choices=Region.choices, label=_("Region"), opposite=_("Not in region"), condition="in_place")
    group = AnyOf(
        choices=Group.choices, label=_("Group of countries"), opposite=_("Not in group"), condition="in_place"
    )
    countryWithout = AnyOf(choices=resources, label=_("In a country without"), method="in_place_without")
    organisation = AnyOf(
        choices=RecordChoices(Organisation),
        label=_("Organisation"),
        opposite=_("Not with organisation"),
        condition="with_body",
    )
    organisationRole = AnyOf(
        choices=OrganisationRole.Role.choices,
        label=_("Role of the organisation"),
        method="no_filter",
        beside="organisation",
    )
    theme = AnyOf(
        choices=RecordChoices(Theme), label=_("Theme"), opposite=_("Not about theme"), condition="about_theme"
    )
    milestone = AnyOf(choices=(), label=_("Milestone"), method="no_filter")
    vars()["from"] = Day(label=_("Milestone from"), method="no_filter")  # a keyword of Python, a key of the contract
    until = Day(label=_("Milestone until"), method="no_filter")
    source = KeysOf(
        queryset=Source.objects.all(), label=_("Source"), opposite=_("Not from source"), condition="standing_in"
    )
    disputed = YesOrNo(label=_("Disputed"), condition="being_disputed")
    stalled = YesOrNo(label=_("Stalled"), condition="being_stalled")
    inLetter = YesOrNo(label=_("In a letter to Parliament"), condition="being_in_letter")
    changedSince = Moment(label=_("Changed since"), method="changed_since")

    class Meta:
        model = Instrument
        fields: list[str] = []

    @classmethod
    def get_filters(cls):
        filters = super().get_filters()
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

    @property
    def says_stages(self) -> bool:
        """Whether it says itself at which stages records are asked for."""
        return not self.given.keys().isdisjoint(("stage", "stageNot", "standing"))

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in which a country counts; none: any."""
        return self.form.cleaned_data.get("countryRole") or self.default_roles

    # --- conditions, of a key and its opposite ------------------------------------------------------------------------

    def in_place(self, queryset, name, value):
        day = self.clock.valid_on
        if name == "group":
            place = queryset.member_of(value, day)
        else:
            place = Q(**{"country__in" if name == "country" else "country__region__in": value})
        return queryset.located(place, day, self.roles)

    def with_body(self, queryset, name, value):
        roles = self.form.cleaned_data.get("organisationRole") or ()
        return queryset.with_organisation(value, self.clock.valid_on, roles)

    def about_theme(self, queryset, name, value):
        return Q(pk__in=Instrument.themes.through.objects.filter(theme__key__in=value).values("instrument"))

    def standing_in(self, queryset, name, value):
        return queryset.from_source(value, self.clock.known_on)

    def being_standing(self, queryset, name, value):
        return queryset.stands()

    def being_disputed(self, queryset, name, value):
        return queryset.disputed(self.clock)

    def being_stalled(self, queryset, name, value):
        return queryset.stalled(self.clock)

    def being_in_letter(self, queryset, name, value):
        return queryset.in_letter(self.clock.known_on)

    # --- other keys ---------------------------------------------------------------------------------------------------

    def having_words(self, queryset, name, value):
        return queryset.matching(value, self.clock, self.given.get("country", ()))

    def in_place_without(self, queryset, name, value):
        """Each kind that is named must be missing; in which country of the record, may differ."""
        for resource in value:
            queryset = queryset.in_country_without(resource, self.clock, self.user, self.roles)
        return queryset

    def changed_since(self, queryset, name, value):
        return queryset.changed_since(value)
