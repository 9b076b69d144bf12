"""What the contract says of every operation: errors as problem details, and the version header."""

from django.conf import settings
from django.utils.translation import gettext as _t

from cooperation.register.exports import API_EXPORTS

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


def complete(result, generator, request, public):
    """drf-spectacular's hook: add to each operation what holds for all of them."""
    version = {"description": _t("Version of the API."), "schema": {"type": "string"}, "example": settings.API_VERSION}
    errors = {
        "400": _t("The question is wrong; every fault is named."),
        "404": _t("There is no such record or page."),
        "406": _t("There is no answer in the form that was asked for."),
        "500": _t("Something went wrong here."),
    }
    exports = {
        export.media_type.partition(";")[0]: {"schema": {"type": "string"}} if "text/" in export.media_type else {}
        for export in API_EXPORTS.values()
    }
    for path, operations in result["paths"].items():
        for operation in operations.values():
            for code, description in errors.items():
                operation["responses"][code] = {
                    "description": description,
                    "content": {
                        "application/problem+json": {
                            "schema": PROBLEM,
                            "example": _example(int(code), path, description),
                        }
                    },
                }
            if any(parameter["name"] == "columns" for parameter in operation.get("parameters", [])):
                operation["responses"]["200"]["content"] |= exports
            for response in operation["responses"].values():
                response.setdefault("headers", {})["API-Version"] = version
    return result


def _example(code: int, path: str, description: str) -> dict:
    instance = f"{settings.API_URL}{path}".replace("{key}", "maocn-directeur-2021").replace("{code}", "AL")
    titles = {400: "Bad Request", 404: "Not Found", 406: "Not Acceptable", 500: "Internal Server Error"}
    problem = {
        "type": "about:blank",
        "title": titles[code],
        "status": code,
        "detail": description,
        "instance": instance,
    }
    if code == 400:
        problem["invalidParams"] = [{"name": "contry", "code": "unknown", "reason": _t("This key is not known here.")}]
    return problem
