"""The OpenAPI document of the API: built once for each language and release, then served as bytes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _t
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from ..exports import EVERY_EXPORT
from ..history.answer_cache import code_digest, keep, recall
from .problems import CONTENT_TYPE, conditional

_DAYS_SHARED = 30


class OpenApiView(APIView):
    """The document in the language of the reader; the ETag is its digest."""

    schema = None  # it does not describe itself
    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2]

    def get(self, request):
        language = translation.get_language()
        etag = _etag(language)
        answer = HttpResponse(content(language), content_type=request.accepted_media_type, headers={"ETag": etag})
        return conditional(request, get_conditional_response(request, etag=etag, response=answer))


@cache
def content(language: str) -> bytes:
    """The document as JSON. The first process that needs it builds it; others read that from Redis, if it answers."""
    key = f"openapi:{language}:{_release()}"
    found = recall(key)
    if found is None:
        found = _build(language)
        keep(key, found, _DAYS_SHARED * 24 * 3600)
    return found


def document(language: str) -> dict:
    """The document as objects of its own, which the caller may change."""
    return json.loads(content(language))


def resolved(document: dict, part: dict) -> dict:
    """A part of the document, or what it refers to."""
    while "$ref" in part:
        found = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


@cache
def _etag(language: str) -> str:
    return f'"{blake2b(content(language), digest_size=16).hexdigest()}"'


@cache
def _release() -> str:
    """Digest of all that the document follows from: the code, and the settings that it quotes."""
    with translation.override("en"):
        quoted = repr((settings.ROOT_URLCONF, settings.SPECTACULAR_SETTINGS))
    return blake2b(f"{code_digest()} {quoted}".encode(), digest_size=16).hexdigest()


def _build(language: str) -> bytes:
    with translation.override(language):
        return JSONRenderer().render(SchemaGenerator().get_schema(request=None, public=True))


# --- what drf-spectacular's document is completed with -------------------------------------------------------------

PROBLEM = {
    "type": "object",
    "required": ["status", "title", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "invalidParams": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "code", "reason"],
                "properties": {
                    "name": {"type": "string"},
                    "code": {"type": "string"},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {400: "BadRequest", 404: "NotFound", 406: "NotAcceptable", 500: "ServerError"}


def complete(result, generator, request, public):
    """drf-spectacular's hook: what holds for all operations stands once, under `components`."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["headers"] = {
        "ApiVersion": {
            "description": _t("Version of the API."),
            "schema": {"type": "string"},
            "example": settings.API_VERSION,
        }
    }
    components["responses"] = dict(_errors())
    for operation in _operations(result):
        for response in operation["responses"].values():
            response.setdefault("headers", {})["API-Version"] = _reference("headers", "ApiVersion")
        operation["responses"] |= {str(code): _reference("responses", name) for code, name in ERRORS.items()}
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "format":
                operation["responses"]["200"]["content"] |= _exports(parameter["schema"]["enum"])
    components["schemas"] = _without_labels_as_types(components["schemas"])
    components["parameters"] = _share_parameters(result)
    return result


def _exports(formats: Iterable[str]) -> dict[str, dict]:
    """What exports in these formats are, by media type."""
    media_types = [EVERY_EXPORT[name].media_type for name in formats if name != "json"]
    return {
        media_type.partition(";")[0]: {"schema": {"type": "string"}} if "text/" in media_type else {}
        for media_type in media_types
    }


def _operations(result: dict) -> Iterator[dict]:
    for operations in result["paths"].values():
        yield from operations.values()


def _reference(section: str, name: str) -> dict:
    return {"$ref": f"#/components/{section}/{name}"}


def _errors() -> Iterator[tuple[str, dict]]:
    descriptions = {
        400: _t("The question is wrong; every fault is named."),
        404: _t("There is no such instrument or page."),
        406: _t("There is no answer in the form that was asked for."),
        500: _t("Something went wrong here."),
    }
    for code, name in ERRORS.items():
        example = {
            "type": "about:blank",
            "title": HTTPStatus(code).phrase,
            "status": code,
            "detail": descriptions[code],
            "instance": f"{settings.API_URL}/placements",
        }
        if code == HTTPStatus.BAD_REQUEST:
            fault = {"name": "contry", "code": "unknown", "reason": _t("This key is not known here.")}
            example["invalidParams"] = [fault]
        yield (
            name,
            {
                "description": descriptions[code],
                "headers": {"API-Version": _reference("headers", "ApiVersion")},
                "content": {CONTENT_TYPE: {"schema": _reference("schemas", "Problem"), "example": example}},
            },
        )


def _without_labels_as_types(part):
    """The labels of fields are their descriptions.

    drf-spectacular gives them as `title`, by which generators of code name a type: it would follow the language.
    """
    if isinstance(part, list):
        return [_without_labels_as_types(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {
        name: _without_labels_as_types(one)
        for name, one in part.items()
        if name != "x-spec-enum-id" and not (name == "title" and not isinstance(one, dict))
    }
    label = part.get("title")
    return {"description": str(label), **kept} if label and not isinstance(label, dict) else kept


def _share_parameters(result: dict) -> dict[str, dict]:
    """Put what two operations take alike under `components`. Returns these parameters by their names there.

    What several resources take alike has the name of its key, anything else that of its resource with it.
    """
    places = [
        (_text(parameter), operation["tags"][0], operation["parameters"], number)
        for operation in _operations(result)
        for number, parameter in enumerate(operation.get("parameters", []))
    ]
    times = Counter(text for text, *_rest in places)
    resources = defaultdict(set)
    for text, tag, *_rest in places:
        resources[text].add(tag)
    names, shared_parameters = {}, {}
    for text, tag, parameters, number in places:
        if times[text] > 1 and text not in names:
            key = parameters[number]["name"]
            name = key if len(resources[text]) > 1 and key not in shared_parameters else f"{key}-{tag}"
            if name not in shared_parameters:
                names[text] = name
                shared_parameters[name] = parameters[number]
    for text, _tag, parameters, number in places:
        if text in names:
            parameters[number] = _reference("parameters", names[text])
    return shared_parameters


def _text(parameter: dict) -> str:
    return JSONRenderer().render(parameter).decode()
