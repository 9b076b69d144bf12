"""JSON, and GeoJSON (RFC 7946) for a map: one document, written row by row.

One that broke off is no JSON, on purpose: no program can take it for the whole.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils import timezone

from ..display.places import places
from ..domain.edtf import EDTF
from ..models import Country, Organisation
from .citation import citation
from .rows import Begun, broken_off, in_parts, is_number
from .tables import Records, Table


def json_document(table: Table, address: str) -> Iterator[str]:
    """The rows, each value by the key of its column, with the question, its days and the count."""
    columns = [{"key": column.key, "label": str(column.label)} for column in table.columns]
    found = Begun([_by_key(table, values)] for values in table.rows())
    return in_parts(_document(table, address, {"columns": columns}, "rows", found))


def geojson_document(table: Table, address: str) -> Iterator[str]:
    """A point for each country that a record has, with the role of that country; without one, no geometry.

    Of a table that is about countries a point for each of them.
    """
    found = table.of_each(partial(_features, table)) if isinstance(table, Records) else _countries(table)
    return in_parts(_document(table, address, {"type": "FeatureCollection"}, "features", Begun(found)))


def _document(
    table: Table, address: str, opening: dict, name: str, items_by_row: Iterable[list[dict]]
) -> Iterator[str]:
    question = table.question
    opening = ({"classification": question.classification} if table.marking else {}) | opening
    asked = {key: given for key, given in question.params.lists() if key != "format"}
    yield f'{_json(opening | {"question": asked} | _days(table.days))[:-1]}, "{name}": ['
    written, separator = 0, "\n"
    try:
        for items in items_by_row:
            written += 1
            for item in items:
                yield separator + _json(item)
                separator = ",\n"
    except Exception:
        yield f'\n"error": {_json(broken_off())}\n'
        raise
    count = table.count(written)
    closing = {"total": _by_key(table, table.total)} if table.total else {}
    closing |= {"count": count, "citation": citation(question, count, address)}
    yield f"\n], {_json(closing | {'madeAt': timezone.now().isoformat()})[1:]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _days(days: dict[str, date]) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days.items()}


def _by_key(table: Table, values: Iterable[Any]) -> dict[str, Any]:
    return dict(zip((column.key for column in table.columns), map(_plain, values), strict=True))


def _plain(value: Any) -> Any:
    """A value with its type: dates as the objects of the API, numbers as numbers, lists as lists."""
    if isinstance(value, EDTF):
        return value.as_object()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return value if value is None or isinstance(value, bool) or is_number(value) else str(value)


def _features(table: Records, record: Model) -> list[dict[str, Any]]:
    key = getattr(record, table.question.key_name)
    properties = _by_key(table, table.values(record)) | {"key": key}
    return [
        _feature(table, "/".join(filter(None, (key, role, code))), code, properties | {"role": role})
        for code, role in _places(record) or [(None, None)]
    ]


def _countries(table: Table) -> Iterator[list[dict[str, Any]]]:
    for code, row in zip(table.places, table.rows(), strict=True):
        yield [_feature(table, code, code, _by_key(table, row))]


def _feature(table: Table, name: str, code: str | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": name,
        "geometry": _point(code),
        "properties": {**properties, "countryCode": code, **_days(table.days)},
    }


def _places(record: Model) -> list[tuple[str, str | None]]:
    """Where a record lies, as country and role."""
    if isinstance(record, Country):
        return [(record.code, None)]
    if isinstance(record, Organisation):
        return [(record.country_id, None)] if record.country_id else []
    return [(part.country_id, part.role) for part in getattr(record, "countries_then", ())]


def _point(code: str | None) -> dict[str, Any] | None:
    """A point in a country, as longitude and latitude; None where the map does not know the country."""
    place = places().get(code)
    return place and {"type": "Point", "coordinates": [place["lon"], place["lat"]]}
