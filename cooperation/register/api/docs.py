"""The contract of the API as pages: read from its own document, so that the two cannot differ."""

import json
import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_safe

from ..domain.clock import Clock
from ..models import RegisterVersion
from .openapi_document import document, resolved
from .replies import CLOCK, first_with_rows, recipes

MOST_PAGES = 200  # kept by a process


def _remembered(view: Callable) -> Callable:
    """A view whose page is made once per process, language and site, for who adds no keys and has not signed in.

    It is made anew when the register has changed, as it shows what that says. All others get a page with their own
    links in its frame.
    """
    pages: dict[tuple[str, ...], tuple[object, bytes]] = {}

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if request.GET or request.user.is_authenticated:
            return view(request, **kwargs)
        key = (get_language(), request.build_absolute_uri(reverse("home")), *kwargs.values())
        state = (RegisterVersion.now(), Clock.on().valid_on)
        made_of, page = pages.get(key, (None, b""))
        if made_of != state:
            if len(pages) > MOST_PAGES:
                pages.clear()
            page = view(request, **kwargs).content
            pages[key] = state, page
        return HttpResponse(page)

    return answer


@require_safe
@_remembered
def index(request: HttpRequest) -> HttpResponse:
    """What there is, how to ask it, and one question with its answer."""
    schema = document(get_language())
    context = {
        "title": _t("The API"),
        "breadcrumbs": [(_t("API"), "")],
        "info": schema["info"],
        "openapi_url": reverse("api:openapi"),
        "resources": _resources(schema),
        "index": _index(request, schema),
        "recipes": recipes(request),
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
    _put_replies(request, operations)
    for operation in operations:
        operation["shared"] = shared if shared and operation["is_list"] else []
        operation["own"] = [one for one in operation["parameters"] if one not in operation["shared"]]
    context = {
        "title": resource,
        "breadcrumbs": [(_t("API"), _with_clock(request, reverse("api-docs"))), (resource, "")],
        "index": _index(request, schema, resource),
        "description": operations[0]["description"],
        "operations": operations,
        "shared": shared,
    }
    return render(request, "register/api_docs_resource.html", context)


def _index(request: HttpRequest, schema: dict, current: str = "") -> list[dict]:
    """Every resource, for the index beside the page."""
    names = sorted({operation["get"]["tags"][0] for operation in schema["paths"].values()})
    return [
        {
            "name": name,
            "url": _with_clock(request, reverse("api-docs-resource", args=[name])),
            "current": name == current,
        }
        for name in names
    ]


def _put_replies(request: HttpRequest, operations: list[dict]) -> None:
    """Put a real reply to each operation: of a list one row of it, then that record."""
    key = ""
    for operation in operations:
        if operation["is_list"]:
            one = "pageSize=1&" if "pageSize" in operation["takes"] else ""
            asked = dict.fromkeys([operation["example_query"], operation["plain_query"]])
            addresses = [f"{operation['path']}?{one}{query}" for query in asked]
        else:
            addresses = [re.sub(r"\{\w+\}", key, operation["path"]) + f"?{CLOCK}"] if key else []
        reply = operation["reply"] = first_with_rows(request, addresses)
        if reply and reply.rows and not key:
            key = next((reply.rows[0][name] for name in ("key", "code") if name in reply.rows[0]), "")


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
    place = "country" if "country" in examples else "group"
    shown = [name for name in ("groupBy", place, "validOn", "knownOn") if name in examples]
    query = "&".join(f"{name}={examples[name]}" for name in shown)
    plain = "&".join(f"{name}={examples[name]}" for name in shown if name != place)
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
        "example_query": query,
        "plain_query": plain,
        "takes": {parameter["name"] for parameter in parameters},
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
