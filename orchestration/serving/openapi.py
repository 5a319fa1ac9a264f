"""What OpenAPI says beside the routes: keys, errors and headers, once for all of them."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from orchestration.serving.guard import OPEN_PATHS
from orchestration.serving.problems import PROBLEM_TYPE, ProblemDetails
from orchestration.serving.versions_open import PUBLISHED_HEADER, VERSION_HEADER

_SAID = """
What is published of customers, for services and, below `/pages`, for people. Every answer is of one
version of the snapshot, which its headers name; `ETag` and `If-None-Match` spare what is known.
Errors are problem+json and say what to do.
"""
# Status → when it comes.
_ERRORS = {
    "400": "The body is no text.",
    "401": "No key that is known.",
    "403": "For keys of scope `personal`.",
    "404": "Nothing of this name.",
    "413": "The request is too long.",
    "421": "Asked without a key, by another name than that of this machine.",
    "422": "The request is wrong; `errors` says where.",
    "429": "Too many requests; `Retry-After` says for how long.",
    "503": "What is published cannot be opened.",
}
_METRICS = "/metrics"
_EVERYWHERE = ("401", "421", "429")
_HEADERS = {
    VERSION_HEADER: "The version of the snapshot that the answer is of.",
    PUBLISHED_HEADER: "When it was published, UTC.",
    "etag": "The same as long as the answer is.",
    "x-request-id": "As it was given, or made; the log has it.",
}


def describe(app: FastAPI) -> None:
    """Has the application say all of it at /openapi.json."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _schema(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schema(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=_SAID, routes=app.routes)
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    details = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(details.pop("$defs", {}))
    schemas["ProblemDetails"] = details
    components["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of `portrait keys add`. With the scope `personal` it sees who "
            "somebody is; without a key only this machine is answered, as long as there is none.",
        },
        "password": {
            "type": "http",
            "scheme": "basic",
            "description": "The same key, as a browser sends it: as password, with any name.",
        },
    }
    paths: dict[str, Any] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _complete(path, operation, is_read=method == "get")
        paths[path.replace(":path}", "}")] = operations
    schema["paths"] = paths
    return schema


def _complete(path: str, operation: dict[str, Any], *, is_read: bool) -> None:
    is_open = path in OPEN_PATHS
    responses = operation["responses"]
    expected = set(operation.pop("x-errors", ()))
    if not is_open:
        operation["security"] = [{"key": []}, {"password": []}, {}]
        expected |= set(_EVERYWHERE)
    if "parameters" in operation or "requestBody" in operation:
        expected.add("422")
    for status in sorted(expected):
        responses[status] = {
            "description": _ERRORS[status],
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
        }
    if not is_open and path != _METRICS:
        if is_read:
            responses["304"] = {"description": "What `If-None-Match` names is still so."}
        responses["200"]["headers"] = {
            name: {"description": said, "schema": {"type": "string"}}
            for name, said in _HEADERS.items()
        }
