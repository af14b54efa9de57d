"""The OpenAPI document: FastAPI's, with every status that occurs, and examples of everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from lumbar_server import problem_kinds

_EXAMPLES = Path(__file__).with_name("openapi_examples.json")
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_EVERYWHERE = (413, 421, 422, 503)
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the copy at hand: 304 if it is still good",
}
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Stands for this answer"}}
_LINK = {"Link": {"schema": {"type": "string"}, "description": "The next page, rel=next"}}

Json = dict[str, Any]


def operation_id(route: APIRoute) -> str:
    """Return a short name of an operation: what it is about, and what it does."""
    return f"{route.tags[0]}-{route.name}".replace("_", "-") if route.tags else route.name


def describe_api(app: FastAPI) -> None:
    """Let ``app`` give its document with statuses and examples."""
    plain = app.openapi

    def document() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _completed(plain: Json) -> Json:
    document = deepcopy(plain)
    examples = json.loads(_EXAMPLES.read_text())
    for _, method, operation in operations(document):
        _add_statuses(method, operation)
        _add_examples(operation, examples)
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, never sent
        document["components"]["schemas"].pop(name, None)
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield path, method and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def is_file(content: Json) -> bool:
    """Tell whether an answer is a file to be taken away, which has neither tag nor example."""
    schema = content.get("schema", {})
    return "$ref" not in schema and schema.get("type") != "array"


def _add_statuses(method: str, operation: Json) -> None:
    responses = operation["responses"]
    statuses = {int(code) for code in responses if int(code) >= 400} | set(_EVERYWHERE)
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        _take_null_out(parameter)
    names = {one["name"] for one in parameters}
    if "cursor" in names:
        statuses.add(400)
    if method != "get":
        statuses.add(403)
    if "requestBody" in operation:
        statuses |= {400, 415}
    answers = responses.get("200") or responses.get("201", {})
    json_answer = answers.get("content", {}).get("application/json")
    if json_answer is not None and not is_file(json_answer):
        answers["headers"] = {**_ETAG, **answers.get("headers", {})}
        if names & {"cursor", "since"}:
            answers["headers"] |= _LINK
        if method == "get":
            parameters.append(_IF_NONE_MATCH)
            responses["304"] = {"description": "The copy at hand is still good", "headers": _ETAG}
    for status in sorted(statuses):
        said = responses.pop(str(status), {})
        responses[str(status)] = _problem(status, said.get("description"))


def _take_null_out(parameter: Json) -> None:
    """Describe a parameter as it can be sent: left out, but never null."""
    schema = parameter["schema"]
    kinds = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        schema |= kinds[0]


def _problem(status: int, description: str | None) -> Json:
    kind = problem_kinds.of_status(status)
    example = {
        "type": kind.type,
        "title": kind.title,
        "status": status,
        "detail": kind.meaning,
    }
    if description is None or description == "Validation Error":
        description = kind.title
    content = {"application/problem+json": {"schema": _PROBLEM, "example": example}}
    return {"description": description, "content": content}


def _add_examples(operation: Json, examples: Json) -> None:
    for parameter in operation["parameters"]:
        if parameter["name"] in examples["parameters"]:
            parameter["example"] = examples["parameters"][parameter["name"]]
    known = examples["operations"].get(operation["operationId"], {})
    if "request" in known:
        operation["requestBody"]["content"]["application/json"]["example"] = known["request"]
    for status in ("200", "201"):
        content = operation["responses"].get(status, {}).get("content", {})
        if "answer" in known and "application/json" in content:
            content["application/json"]["example"] = known["answer"]
