"""What can be asked for over HTTP besides pages: an OpenAPI document, made from the types of the requests.

``python -m webapp.describe openapi`` prints it.
"""

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from webapp import __version__, class_documents, class_pages, downloads, review_pages
from webapp.lines import NDJSON
from webapp.protocol import Error

_JSON = "application/json"
_REFS = "#/components/schemas/{name}"

Method: TypeAlias = Literal["get", "post", "delete"]


class Failed(Struct, frozen=True):
    """Why not."""

    error: Error


class Operation(Struct, frozen=True):
    """``path`` as in Flask's rules; ``body`` a form of JSON, or text; ``answer`` the kind of what comes."""

    method: Method
    path: str
    answer: str
    arguments: type[Struct] | None = None
    body: type[Struct] | Literal["text"] | None = None
    with_key: bool = False


OPERATIONS: tuple[Operation, ...] = (
    Operation("get", "/r/<room>/history", NDJSON, downloads.HistoryArguments),
    Operation("get", "/scenarios/<name>/history", NDJSON, downloads.ScenarioArguments),
    Operation("post", "/history", NDJSON, downloads.NoArguments, "text"),
    Operation("get", "/r/<room>/log.jsonl", NDJSON, downloads.UntilArguments),
    Operation("get", "/r/<room>/operations.jsonl", NDJSON, downloads.UntilArguments),
    Operation("get", "/r/<room>/inspect", _JSON, downloads.InspectArguments),
    Operation("get", "/staleness", NDJSON, downloads.StalenessArguments),
    Operation("get", "/lessons/review/question", _JSON, review_pages.QuestionArguments),
    Operation("get", "/lessons/review/answer", _JSON, review_pages.AnswerArguments),
    Operation("get", "/join/<code>/qr.svg", "image/svg+xml"),
    Operation("post", "/classes", _JSON, body=class_pages.NewClass),
    Operation("post", "/classes/find", _JSON, body=class_pages.Sought),
    Operation("post", "/classes/<class_id>/members", _JSON, body=class_pages.NewMember),
    Operation("post", "/classes/mine", _JSON, body=class_documents.TheirKeys),
    Operation("get", "/classes/<class_id>/rooms", _JSON, with_key=True),
    Operation("get", "/classes/<class_id>/report.json", _JSON, with_key=True),
    Operation("get", "/classes/<class_id>/report.csv", "text/csv", with_key=True),
    Operation("get", "/classes/<class_id>/export", _JSON, with_key=True),
    Operation("post", "/classes/<class_id>/replay", _JSON, with_key=True),
    Operation("delete", "/classes/<class_id>", _JSON, with_key=True),
)

# Why anything may be refused: it is wrong, not for the asker, not there, not now, too often, or the server is busy.
REFUSED_WITH = (400, 403, 404, 409, 429, 503)


def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        path = operation.path.replace("<", "{").replace(">", "}")
        paths.setdefault(path, {})[operation.method] = _operation(operation, path)
    structs = [one for each in OPERATIONS for one in (each.body, each.arguments) if one is not None and one != "text"]
    _, schemas = msgspec.json.schema_components([*structs, Failed], ref_template=_REFS)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Quorumscope", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation, path: str) -> dict[str, Any]:
    refused = {"description": "Refused.", "content": {_JSON: {"schema": {"$ref": _REFS.format(name="Failed")}}}}
    told: dict[str, Any] = {
        "parameters": [*_in_path(path), *_in_query(operation.arguments)],
        "responses": {
            "200": {"description": "Done.", "content": {operation.answer: {"schema": {}}}},
            **{str(status): refused for status in REFUSED_WITH},
        },
    }
    if operation.body == "text":
        told["requestBody"] = {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}
    elif operation.body is not None:
        schema = {"$ref": _REFS.format(name=operation.body.__name__)}
        told["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
    if operation.with_key:
        told["security"] = [{"key": []}]
    return told


def _in_path(path: str) -> list[dict[str, Any]]:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(arguments: type[Struct] | None) -> list[dict[str, Any]]:
    if arguments is None:
        return []
    (_,), schemas = msgspec.json.schema_components([arguments], ref_template=_REFS)
    told = schemas[arguments.__name__]
    required = told.get("required", ())
    return [
        # What is not said is left out: an address has no null.
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(schema)}
        for name, schema in told["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else schema
