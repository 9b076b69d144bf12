"""Counts of what a question asks for, by one property of the records."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override

from .models import Country, CountryRole, Group, Instrument, Organisation, OrganisationRole, Region, StageSpan, Theme
from .querysets import in_force_on
from .questions import Question
from .unions import choices_in, kinds_in, resources, stages_in

GROUP_BY = ("country", "region", "group", "kind", "organisation", "theme", "stage", "year")


def statistics(question: Question, group_by: str) -> dict:
    """The answer of `/statistics/{resource}`: groups of the rows of the list, with counts by stage.

    A record that has two values (two countries) is counted with both; one that has none, with `null`.
    """
    records = {
        pk: (stage, posts)
        for pk, stage, posts in question.selection.order_by().values_list(
            "pk", "stage", "posts" if _has_posts(question) else "stage"
        )
    }
    pairs = _PAIRS[group_by](question, records)
    groups: dict[str | None, list[int]] = defaultdict(list)
    for value, pk in sorted(pairs, key=lambda pair: (pair[0] is None, str(pair[0]))):
        groups[value].append(pk)
    labels = _LABELS[group_by](question, [value for value in groups if value is not None])
    return {
        "groupBy": group_by,
        "validOn": question.clock.valid_on.isoformat(),
        "knownOn": question.clock.known_on.isoformat(),
        "total": len(records),
        "groups": [
            {
                "value": value,
                "labelNl": labels.get(value, (None, None))[0],
                "labelEn": labels.get(value, (None, None))[1],
                "count": len(pks),
                "byStage": _by_stage(question, [records[pk][0] for pk in pks]),
                **(_posts([records[pk][1] for pk in pks]) if _has_posts(question) else {}),
            }
            for value, pks in groups.items()
        ],
    }


def _has_posts(question: Question) -> bool:
    return any(field.name == "posts" for field in question.queryset.model._meta.fields)


def _posts(posts: list[int | None]) -> dict[str, int]:
    known = [number for number in posts if number is not None]
    return {"posts": sum(known), "postsUnknown": len(posts) - len(known)}


def _by_stage(question: Question, stages: Iterable[str]) -> dict[str, int]:
    counted = defaultdict(int)
    for stage in stages:
        counted[stage] += 1
    return {stage: counted[stage] for stage, _label in stages_in(question.queryset.model) if counted[stage]}


# --- which values a record has: pairs of (value, primary key) --------------------------------------------------------


def _with_nothing(pairs: Iterable[tuple], records: dict) -> set[tuple]:
    pairs = set(pairs)
    return pairs | {(None, pk) for pk in records.keys() - {pk for _value, pk in pairs}}


def _own(name: str) -> Callable:
    return lambda question, records: question.selection.order_by().values_list(name, "pk")


def _parts(question: Question, records: dict):
    """The countries of the records on the day, in the roles that the question counts."""
    roles = question.filterset.given.get("countryRole") or question.filterset.default_roles
    parts = CountryRole.objects.filter(in_force_on(question.clock.valid_on), instrument__in=records)
    return parts.filter(role__in=roles) if roles else parts


def _countries(question: Question, records: dict) -> set[tuple]:
    return _with_nothing(_parts(question, records).values_list("country", "instrument"), records)


def _regions(question: Question, records: dict) -> set[tuple]:
    return _with_nothing(_parts(question, records).values_list("country__region", "instrument"), records)


def _groups(question: Question, records: dict) -> set[tuple]:
    day = question.clock.valid_on
    pairs = [
        (group, pk)
        for group in Group.values
        for pk in _parts(question, records)
        .filter(country__in=Country.objects.members_of([group], day))
        .values_list("instrument", flat=True)
    ]
    return _with_nothing(pairs, records)


def _organisations(question: Question, records: dict) -> set[tuple]:
    held = OrganisationRole.objects.filter(in_force_on(question.clock.valid_on), instrument__in=records)
    return _with_nothing(held.values_list("organisation__key", "instrument"), records)


def _themes(question: Question, records: dict) -> set[tuple]:
    about = Instrument.themes.through.objects.filter(instrument__in=records)
    return _with_nothing(about.values_list("theme__key", "instrument"), records)


def _years(question: Question, records: dict) -> set[tuple]:
    """The years in which a record stood: was active, or at any stage that is not an end."""
    standing = Q()
    for kind in kinds_in(question.queryset.model):
        stages = kind.ladder.stages[1:2] if kind.ladder.evidence else kind.ladder.stages
        standing |= Q(instrument__resource=kind.RESOURCE, stage__in=stages)
    spans = StageSpan.objects.filter(
        standing, instrument__in=records, known__contains=question.clock.known_on
    ).values_list("instrument", "valid")
    spans = list(spans)
    edges = [day.year for _pk, days in spans for day in (days.lower, days.upper) if day]
    last_year = min(question.clock.valid_on.year, max([timezone.localdate().year, *edges]))
    pairs = {
        (str(year), pk)
        for pk, days in spans
        if days.lower is not None
        for year in range(days.lower.year, min(last_year, days.upper.year if days.upper else last_year) + 1)
        if days.upper is None or (year, 1, 1) < (days.upper.year, days.upper.month, days.upper.day)
    }
    return _with_nothing(pairs, records)


_PAIRS: dict[str, Callable] = {
    "country": _countries,
    "region": _regions,
    "group": _groups,
    "kind": _own("kind"),
    "organisation": _organisations,
    "theme": _themes,
    "resource": _own("resource"),
    "stage": _own("stage"),
    "year": _years,
}


# --- what the values are called --------------------------------------------------------------------------------------


def _both(choices: Callable[[type[Instrument]], Iterable[tuple[str, str]]]) -> Callable:
    def labels(question: Question, values: list[str]) -> dict[str, tuple[str, str]]:
        found, words = {}, dict(choices(question.queryset.model))
        for language in ("nl", "en"):
            with override(language):
                for value in values:
                    found.setdefault(value, []).append(str(words[value]))
        return {value: tuple(words) for value, words in found.items()}

    return labels


def _named(model, key: str) -> Callable:
    def labels(question: Question, values: list[str]) -> dict[str, tuple[str, str]]:
        rows = model.objects.filter(**{f"{key}__in": values}).values_list(key, "name_nl", "name_en")
        return {value: (name_nl, name_en) for value, name_nl, name_en in rows}

    return labels


_LABELS: dict[str, Callable] = {
    "country": _named(Country, "code"),
    "region": _both(lambda model: Region.choices),
    "group": _both(lambda model: Group.choices),
    "kind": _both(lambda model: choices_in(model, "Kind")),
    "organisation": _named(Organisation, "key"),
    "theme": _named(Theme, "key"),
    "resource": _both(lambda model: resources()),
    "stage": _both(stages_in),
    "year": lambda question, values: {value: (value, value) for value in values},
}
