"""JSON, and GeoJSON (RFC 7946) for a map: one document, written row by row.

One that broke off is no JSON, on purpose: no program can take it for the whole.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils import timezone

from ..dates import EDTF
from ..models import Country, Organisation
from .citation import citation
from .rows import Begun, broken_off, in_parts, is_number, rows, values

if TYPE_CHECKING:
    from ..questions import Question

MAP = Path(__file__).parents[1] / "data" / "map.json"


def json_document(question: "Question", address: str) -> Iterator[str]:
    """The chosen columns, with the question, both clocks and the count."""
    columns = [{"key": column.key, "label": str(column.label)} for column in question.chosen_columns]
    return in_parts(_document(question, address, {"columns": columns}, "rows", Begun(rows(question, _row))))


def geojson_document(question: "Question", address: str) -> Iterator[str]:
    """A point for each country that a record has, with the role of that country; without one, no geometry."""
    features = Begun(rows(question, _features))
    return in_parts(_document(question, address, {"type": "FeatureCollection"}, "features", features))


def _document(
    question: "Question", address: str, opening: dict, name: str, items_by_record: Iterable[list[dict]]
) -> Iterator[str]:
    asked = {key: given for key, given in question.params.lists() if key != "format"}
    yield f'{_json(opening | {"question": asked} | _days(question))[:-1]}, "{name}": ['
    count, separator = 0, "\n"
    try:
        for items in items_by_record:
            count += 1
            for item in items:
                yield separator + _json(item)
                separator = ",\n"
    except Exception:
        yield f'\n"error": {_json(broken_off())}\n'
        raise
    closing = {"count": count, "citation": citation(question, count, address)}
    yield f"\n], {_json(closing | {'madeAt': timezone.now().isoformat()})[1:]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _days(question: "Question") -> dict[str, str]:
    clock = question.clock
    return {"validOn": clock.valid_on.isoformat(), "knownOn": clock.known_on.isoformat()}


def _properties(question: "Question", record: Model) -> dict[str, Any]:
    keys = [column.key for column in question.chosen_columns]
    return dict(zip(keys, map(_plain, values(question, record)), strict=True))


def _plain(value: Any) -> Any:
    """A value with its type: dates as the objects of the API, numbers as numbers, lists as lists."""
    if isinstance(value, EDTF):
        return value.as_object()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return value if value is None or isinstance(value, bool) or is_number(value) else str(value)


def _row(question: "Question", record: Model) -> list[dict[str, Any]]:
    return [_properties(question, record)]


def _features(question: "Question", record: Model) -> list[dict[str, Any]]:
    key, properties = getattr(record, question.key_name), _properties(question, record)
    return [
        {
            "type": "Feature",
            "id": "/".join(filter(None, (key, role, code))),
            "geometry": {"type": "Point", "coordinates": _points()[code]} if code else None,
            "properties": {**properties, "key": key, "role": role, "countryCode": code, **_days(question)},
        }
        for code, role in _places(record) or [(None, None)]
    ]


def _places(record: Model) -> list[tuple[str, str | None]]:
    """Where a record lies, as country and role."""
    if isinstance(record, Country):
        return [(record.code, None)]
    if isinstance(record, Organisation):
        return [(record.country_id, None)] if record.country_id else []
    return [(part.country_id, part.role) for part in getattr(record, "countries_then", ())]


@cache
def _points() -> dict[str, list[float]]:
    """A point in each country, as longitude and latitude."""
    places = json.loads(MAP.read_text("utf-8"))["places"]
    return {code: [place["lon"], place["lat"]] for code, place in places.items()}
