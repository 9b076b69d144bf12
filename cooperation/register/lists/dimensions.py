"""By what the records of a question can be counted: each property with the values that a record has of it.

The values of a property are one question to the database: rows of (record, value). A record that has two values (two
countries) stands there twice, one that has none not at all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ..models import Country, CountryRole, Group, Instrument, Organisation, OrganisationRole, Region, StageSpan, Theme
from ..models.queryset import in_force_on
from .choices import choices_in, kinds_in, resources, stages_in
from .query import ListQuery

Labels = dict[str, tuple[str, str]]  # in Dutch and in English


@dataclass(frozen=True)
class Grouping:
    """A property to count by: a `column` that every record has once, or the rows that `values` gives.

    `name` is what it is called, `labels` what its values are called.
    """

    name: Any
    labels: Callable[[ListQuery, list[str]], Labels]
    values: Callable[[ListQuery], QuerySet] | None = None
    column: str = ""


# --- which values the records have -----------------------------------------------------------------------------------


def _parts(question: ListQuery) -> QuerySet:
    """The countries of the records on the day, in the roles that the question counts."""
    roles = question.filterset.given.get("countryRole") or question.filterset.default_roles
    parts = CountryRole.objects.filter(in_force_on(question.clock.valid_on)).order_by()
    return parts.filter(role__in=roles) if roles else parts


def _countries(question: ListQuery) -> QuerySet:
    return _parts(question).values_list("instrument", "country")


def _regions(question: ListQuery) -> QuerySet:
    return _parts(question).values_list("instrument", "country__region")


def _groups(question: ListQuery) -> QuerySet:
    member = in_force_on(question.clock.valid_on, "country__groups__")
    return (
        _parts(question)
        .filter(member, country__groups__isnull=False)
        .values_list("instrument", "country__groups__group")
    )


def _organisations(question: ListQuery) -> QuerySet:
    held = OrganisationRole.objects.filter(in_force_on(question.clock.valid_on)).order_by()
    roles = question.filterset.given.get("organisationRole")
    return (held.filter(role__in=roles) if roles else held).values_list("instrument", "organisation__key")


def _themes(question: ListQuery) -> QuerySet:
    return Instrument.themes.through.objects.values_list("instrument", "theme__key")


def active_spans(question: ListQuery) -> QuerySet:
    """When the records were active: by evidence, or on any rung. Rows of (record, days, certain)."""
    active = Q()
    for kind in kinds_in(question.queryset.model):
        active |= Q(instrument__resource=kind.RESOURCE, stage__in=kind.ladder.active)
    spans = StageSpan.objects.filter(active, known__contains=question.clock.known_on).order_by()
    return spans.values_list("instrument", "valid", "certain")


# --- what the values are called --------------------------------------------------------------------------------------


def _both(choices: Callable[[type[Instrument]], Iterable[tuple[str, str]]]) -> Callable[[ListQuery, list[str]], Labels]:
    def labels(question: ListQuery, values: list[str]) -> Labels:
        found, words = {}, dict(choices(question.queryset.model))
        for language in ("nl", "en"):
            with override(language):
                for value in values:
                    found.setdefault(value, []).append(str(words[value]))
        return {value: tuple(words) for value, words in found.items()}

    return labels


def _named(model, key: str) -> Callable[[ListQuery, list[str]], Labels]:
    def labels(question: ListQuery, values: list[str]) -> Labels:
        rows = model.objects.filter(**{f"{key}__in": values}).values_list(key, "name_nl", "name_en")
        return {value: (name_nl, name_en) for value, name_nl, name_en in rows}

    return labels


def _as_they_are(question: ListQuery, values: list[str]) -> Labels:
    return {value: (value, value) for value in values}


GROUPINGS: dict[str, Grouping] = {
    "country": Grouping(_("Country"), _named(Country, "code"), _countries),
    "region": Grouping(_("Region"), _both(lambda model: Region.choices), _regions),
    "group": Grouping(_("Group of countries"), _both(lambda model: Group.choices), _groups),
    "kind": Grouping(_("Kind"), _both(lambda model: choices_in(model, "Kind")), column="kind"),
    "organisation": Grouping(_("Organisation"), _named(Organisation, "key"), _organisations),
    "theme": Grouping(_("Theme"), _named(Theme, "key"), _themes),
    "stage": Grouping(_("Stage"), _both(stages_in), column="stage"),
    # Spans, of which `statistics` makes the years.
    "year": Grouping(_("Year"), _as_they_are, active_spans),
    "resource": Grouping(_("Part of the register"), _both(lambda model: resources()), column="resource"),
}
