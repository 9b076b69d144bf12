"""The contract of the API as a page: read from its own description, so that the two cannot differ."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    info = schema["info"]
    context = {
        "title": _t("The API"),
        "breadcrumbs": [(_t("API"), "")],
        "info": info,
        "openapi_url": reverse("api:openapi"),
        "operations": [
            _operation(request, schema, path, method, operation)
            for path, operations in schema["paths"].items()
            for method, operation in operations.items()
        ],
    }
    return render(request, "register/api_docs.html", context)


def _operation(request: HttpRequest, schema: dict, path: str, method: str, operation: dict) -> dict:
    examples = {
        parameter["name"]: example
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and (example := _example(parameter))
    }
    shown = ("groupBy", "country", "validOn", "knownOn") if "country" in examples else ("validOn", "knownOn")
    query = "&".join(f"{name}={examples[name]}" for name in shown if name in examples)
    is_list = "{" not in path
    return {
        "id": operation["operationId"],
        "method": method,
        "path": f"/api/v1{path}",
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "tag": (operation.get("tags") or [""])[0],
        "parameters": [_parameter(parameter) for parameter in operation.get("parameters", [])],
        "responses": [
            {"status": status, "description": response.get("description") or _t("The answer.")}
            for status, response in operation["responses"].items()
        ],
        "example": json.dumps(_shape(schema, operation), indent=2, ensure_ascii=False),
        "example_url": request.build_absolute_uri(f"/api/v1{path}?{query}") if is_list and query else "",
    }


def _parameter(parameter: dict) -> dict:
    schema = parameter["schema"]
    kind = schema.get("format") or schema.get("type", "string")
    values = schema.get("enum") or schema.get("items", {}).get("enum")
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "required": parameter.get("required", False),
        "description": parameter.get("description", ""),
        "type": f"{kind}: {', '.join(map(str, values))}" if values else kind,
        "example": _example(parameter),
    }


def _example(parameter: dict) -> str:
    """A value as it stands in an address, empty when the contract gives none."""
    value = next((example["value"] for example in (parameter.get("examples") or {}).values()), "")
    return ",".join(value) if isinstance(value, list) else value


def _shape(schema: dict, operation: dict):
    """The shape of the answer: each field with its type."""
    content = operation["responses"]["200"].get("content", {}).get("application/json", {})
    return _types(schema, content.get("schema", {}), depth=0)


def _types(schema: dict, part: dict, depth: int):
    if "$ref" in part:
        return _types(schema, schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]], depth)
    for combined in ("allOf", "oneOf", "anyOf"):
        if combined in part:
            return _types(schema, part[combined][0], depth)
    kind = part.get("type")
    if part.get("properties"):
        return {name: _types(schema, one, depth + 1) for name, one in part["properties"].items()}
    if kind == "array":
        return [_types(schema, part.get("items", {}), depth + 1)]
    kinds = kind if isinstance(kind, list) else [kind or "object"]
    return " | ".join([part["format"] if part.get("format") and one == "string" else one for one in kinds])
