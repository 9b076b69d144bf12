"""`expand`: bring the records along that an answer names by key, each once."""

from collections import defaultdict
from collections.abc import Iterator

from .models import Country, Organisation, Source, Theme
from .serializers import CountrySerializer, OrganisationSerializer, SourceSerializer, ThemeSerializer
from .shapes import natural_key, natural_key_name

# Under which names an answer holds keys of a table.
NAMED_BY = {
    "countries": ("country",),
    "organisations": ("organisation", "partOf"),
    "sources": ("source", "alsoSources", "follows", "madeIn", "fulfilledBy"),
    "themes": ("themes",),
}
EXPANDABLE = {
    "countries": (Country.objects.prefetch_related("groups"), CountrySerializer),
    "organisations": (
        Organisation.objects.select_related("part_of").prefetch_related(
            "countries__country", "citations__source", "disputes__claims__source", "disputes__follows"
        ),
        OrganisationSerializer,
    ),
    "sources": (Source.objects.all(), SourceSerializer),
    "themes": (Theme.objects.all(), ThemeSerializer),
}


def expanded(answer: dict | list, tables: list[str], user, context: dict) -> dict[str, dict[str, dict]]:
    """The records of these tables that an answer names: for each table, the records by key."""
    keys = defaultdict(set)
    for name, value in _named(answer):
        keys[name].update(value if isinstance(value, list) else [value])
    found = {}
    for table in tables:
        queryset, serializer = EXPANDABLE[table]
        named = {key for name in NAMED_BY[table] for key in keys[name] if isinstance(key, str)}
        records = queryset.visible_to(user).filter(**{f"{natural_key_name(queryset.model)}__in": named})
        found[table] = {natural_key(record): serializer(record, context=context).data for record in records}
    return found


def _named(part) -> Iterator[tuple[str, object]]:
    """Every named value anywhere in an answer."""
    if isinstance(part, dict):
        yield from part.items()
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _named(inner)
