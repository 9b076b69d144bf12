"""`expand`: bring the records along that an answer names by key, each once."""

from collections import defaultdict
from collections.abc import Iterator

from ..actions.schema import natural_key, natural_key_name
from ..models import Country, Instrument, Organisation, Source, Theme, kinds
from .serializers import (
    CountrySerializer,
    EveryInstrumentSerializer,
    OrganisationSerializer,
    SourceSerializer,
    ThemeSerializer,
    camel,
    shown,
)

# Under which names an answer holds keys of a table.
NAMED_BY = {
    "countries": ("country", "countries"),
    "organisations": ("organisation", "partOf"),
    "sources": ("source", "alsoSources", "follows", "madeIn", "fulfilledBy"),
    "themes": ("themes",),
}
EXPANDABLE = {
    "countries": (Country.objects.with_groups(), CountrySerializer),
    "organisations": (Organisation.objects.all(), OrganisationSerializer),
    "instruments": (Instrument.objects.all(), EveryInstrumentSerializer),
    "sources": (Source.objects.all(), SourceSerializer),
    "themes": (Theme.objects.all(), ThemeSerializer),
}


def expanded(answer: dict | list, tables: list[str], user, context: dict) -> dict[str, dict[str, dict]]:
    """The records of these tables that an answer names: for each table, the records by key."""
    keys, clock = defaultdict(set), context["clock"]
    for name, key in _named(answer):
        keys[name].add(key)
    found = {}
    for table in tables:
        queryset, serializer = EXPANDABLE[table]
        named = set().union(*(keys[name] for name in NAMED_BY.get(table) or _leading_to_records()))
        records = queryset.visible_to(user).on(clock).filter(**{f"{natural_key_name(queryset.model)}__in": named})
        records = records.fetch(clock, user, whole=True)
        found[table] = dict(zip(map(natural_key, records), shown(serializer, records, context), strict=True))
    return found


def _leading_to_records() -> set[str]:
    """The names under which an answer holds keys of records: those that all share, and those of the kinds."""
    related = {
        camel(field.name)
        for kind in kinds().values()
        for field in kind._meta.local_fields + kind._meta.local_many_to_many
        if field.related_model and issubclass(field.related_model, Instrument) and not field.primary_key
    }
    return related | {"to", "instrument"}


def _named(part, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text anywhere in an answer, with the name of the field that holds it."""
    if isinstance(part, str):
        yield name, part
    elif isinstance(part, dict):
        for inner_name, inner in part.items():
            yield from _named(inner, inner_name)
    elif isinstance(part, list):
        for inner in part:
            yield from _named(inner, name)
