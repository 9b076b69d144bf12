"""The contract of the API as pages: read from its own document, so that the two cannot differ."""

import json
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_safe

from .openapi_document import document, resolved

# The example on the first page. It asks about a day that has passed, so that the answer stays what is printed.
EXAMPLE_QUERY = "country=AL&validOn=2021-12-02&knownOn=2021-12-02&fields=key,titleEn,stage&lang=en"
EXAMPLE_ANSWER = {
    "count": 4,
    "countExact": True,
    "next": None,
    "previous": None,
    "validOn": "2021-12-02",
    "knownOn": "2021-12-02",
    "results": [
        {"key": "politie-lo-albanie-2021", "titleEn": "Liaison officer, Albania (2021)", "stage": "active"},
        {"key": "benelux-lo-tirana", "titleEn": "Benelux police liaison, Tirana (Belgian)", "stage": "not_known"},
        {
            "key": "kmar-filo-wenen",
            "titleEn": "Marechaussee flexible liaison, Austria, Albania and Italy",
            "stage": "not_known",
        },
        {"key": "missie-ecpa-albanie", "titleEn": "ECPA Albania", "stage": "ended"},
    ],
}


def _remembered(view: Callable) -> Callable:
    """A view whose page is made once per process and language, for whoever adds no keys and has not signed in.

    All others get a page with their own links in its frame.
    """
    pages: dict[tuple[str, ...], bytes] = {}

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if request.GET or request.user.is_authenticated:
            return view(request, **kwargs)
        key = (get_language(), *kwargs.values())
        if key not in pages:
            pages[key] = view(request, **kwargs).content
        return HttpResponse(pages[key])

    return answer


@require_safe
@_remembered
def index(request: HttpRequest) -> HttpResponse:
    """What there is, how to ask it, and one question with its answer."""
    schema = document(get_language())
    path = reverse("api:placements-list")
    context = {
        "title": _t("The API"),
        "breadcrumbs": [(_t("API"), "")],
        "info": schema["info"],
        "openapi_url": reverse("api:openapi"),
        "resources": _resources(schema),
        "example_path": f"{path}?{EXAMPLE_QUERY}",
        "example_answer": json.dumps(EXAMPLE_ANSWER, indent=2),
    }
    return render(request, "register/api_docs.html", context)


@require_safe
@_remembered
def resource(request: HttpRequest, resource: str) -> HttpResponse:
    """All addresses of one resource, with what they take and what they answer."""
    schema = document(get_language())
    operations = _resources(schema).get(resource)
    if not operations:
        raise Http404
    shared = _shared_parameters(operations)
    for operation in operations:
        operation["shared"] = shared if shared and operation["is_list"] else []
        operation["own"] = [one for one in operation["parameters"] if one not in operation["shared"]]
    context = {
        "title": resource,
        "breadcrumbs": [(_t("API"), _with_clock(request, reverse("api-docs"))), (resource, "")],
        "description": operations[0]["description"],
        "operations": operations,
        "shared": shared,
    }
    return render(request, "register/api_docs_resource.html", context)


def _with_clock(request: HttpRequest, url: str) -> str:
    """The address with the days that the reader brought along."""
    clock = urlencode({name: request.GET[name] for name in ("validOn", "knownOn") if name in request.GET})
    return f"{url}?{clock}" if clock else url


def _resources(schema: dict) -> dict[str, list[dict]]:
    """The operations on each resource."""
    found: dict[str, list[dict]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            found.setdefault(operation["tags"][0], []).append(_operation(schema, path, method, operation))
    return {name: sorted(found[name], key=lambda operation: operation["rank"]) for name in sorted(found)}


def _shared_parameters(operations: list[dict]) -> list[dict]:
    """The keys that a list, its counts and its changes all take: they stand on the page once."""
    lists = [operation["parameters"] for operation in operations if operation["is_list"]]
    return [one for one in lists[0] if all(one in other for other in lists[1:])] if len(lists) > 1 else []


def _operation(schema: dict, path: str, method: str, operation: dict) -> dict:
    parameters = [resolved(schema, parameter) for parameter in operation.get("parameters", [])]
    examples = {
        parameter["name"]: example
        for parameter in parameters
        if parameter["in"] == "query" and (example := _example(parameter))
    }
    shown = ("groupBy", "country", "validOn", "knownOn") if "country" in examples else ("validOn", "knownOn")
    query = "&".join(f"{name}={examples[name]}" for name in shown if name in examples)
    is_list = "{" not in path
    address = f"{schema['servers'][0]['url']}{path}"
    return {
        "id": operation["operationId"],
        "rank": (path.count("/") > 1, path),  # the list before the record, both before what is counted of them
        "is_list": is_list,
        "method": method,
        "path": address,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [_parameter(parameter) for parameter in parameters],
        "responses": [
            {"status": status, "description": resolved(schema, response).get("description") or _t("The answer.")}
            for status, response in operation["responses"].items()
        ],
        "example": json.dumps(_shape(schema, operation), indent=2, ensure_ascii=False),
        "example_url": f"{address}?{query}" if is_list and query else "",
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
    return _types(schema, content.get("schema", {}))


def _types(schema: dict, part: dict):
    part = resolved(schema, part)
    for combined in ("allOf", "oneOf", "anyOf"):
        if combined in part:
            return _types(schema, part[combined][0])
    kind = part.get("type")
    if part.get("properties"):
        return {name: _types(schema, one) for name, one in part["properties"].items()}
    if kind == "array":
        return [_types(schema, part.get("items", {}))]
    kinds = kind if isinstance(kind, list) else [kind or "object"]
    return " | ".join([part["format"] if part.get("format") and one == "string" else one for one in kinds])
