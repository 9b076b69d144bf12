"""`expand`: bring the records along that an answer names by key, each once."""

from collections import defaultdict
from collections.abc import Iterator

from .models import Country, Organisation, Source, Theme
from .serializers import CountrySerializer, OrganisationSerializer, SourceSerializer, ThemeSerializer
from .shapes import natural_key, natural_key_name

# Under which names an answer holds keys of a table.
NAMED_BY = {
    "countries": ("country", "countries"),
    "organisations": ("organisation", "partOf"),
    "sources": ("source", "alsoSources", "follows", "madeIn", "fulfilledBy"),
    "themes": ("themes",),
}
EXPANDABLE = {
    "countries": (Country.objects.with_groups(), CountrySerializer),
    "organisations": (Organisation.objects.with_all_facts(), OrganisationSerializer),
    "sources": (Source.objects.all(), SourceSerializer),
    "themes": (Theme.objects.all(), ThemeSerializer),
}


def expanded(answer: dict | list, tables: list[str], user, context: dict) -> dict[str, dict[str, dict]]:
    """The records of these tables that an answer names: for each table, the records by key."""
    keys = defaultdict(set)
    for name, key in _named(answer):
        keys[name].add(key)
    found = {}
    for table in tables:
        queryset, serializer = EXPANDABLE[table]
        named = set().union(*(keys[name] for name in NAMED_BY[table]))
        records = queryset.visible_to(user).filter(**{f"{natural_key_name(queryset.model)}__in": named})
        found[table] = {natural_key(record): serializer(record, context=context).data for record in records}
    return found


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
