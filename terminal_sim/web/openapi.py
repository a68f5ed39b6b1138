"""The OpenAPI 3.1 document of the API, made from its table of operations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from terminal_sim.web.operations import Media, Operation, Query
from terminal_sim.web.problem import MEDIA_TYPE, ProblemKind

_ALWAYS = (
    ProblemKind.NO_TOKEN,
    ProblemKind.FOREIGN_ORIGIN,
    ProblemKind.NO_METHOD,
    ProblemKind.TOO_LARGE,
    ProblemKind.NOT_THAT_TYPE,
    ProblemKind.FOREIGN_HOST,
    ProblemKind.TOO_MANY,
    ProblemKind.STOPPING,
)
_IN_PATH = re.compile(r"\{(\w+)\}")
_REF = "#/components/schemas/{name}"


def document(operations: Sequence[Operation], *, prefix: str, version: str, server: str) -> dict[str, object]:
    """The document for a bench that is served at `server`."""
    bodies = [each.body for each in operations if each.body is not None]
    _, components = msgspec.json.schema_components(bodies, ref_template=_REF)
    paths: dict[str, dict[str, object]] = {}
    for each in operations:
        paths.setdefault(prefix + each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "terminal-sim",
            "version": version,
            "description": "Virtual payment terminals on a bench. Test cards only.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that `terminal-sim serve` printed",
                }
            },
        },
    }


_PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457)",
    "properties": {
        "code": {"type": "string", "enum": [kind.code for kind in ProblemKind]},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
    },
    "required": ["code", "status", "detail"],
}


def _operation(each: Operation) -> dict[str, object]:
    said: dict[str, Any] = {
        "operationId": each.id,
        "summary": each.summary,
        "parameters": [*map(_of_path, _IN_PATH.findall(each.path)), *map(_of_query, each.parameters)],
        "responses": {str(each.status): _answer(each), **_problems(each)},
    }
    if each.takes_text:
        said["requestBody"] = {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}
    elif each.body is not None or each.schema is not None:
        schema = each.schema or {"$ref": _REF.format(name=each.body.__name__ if each.body else "")}
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return said


def _answer(each: Operation) -> dict[str, object]:
    content = {media.bare: {"schema": _schema(media)} for media in (each.answer, *each.also)}
    return {"description": "Done", "content": content}


def _schema(media: Media) -> dict[str, str]:
    return {} if media is Media.JSON else {"type": "string", "format": "binary"}


def _problems(each: Operation) -> dict[str, object]:
    kinds = sorted({*_ALWAYS, *each.refusals}, key=lambda kind: kind.status)
    problem = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}
    return {str(kind.status): {"description": kind.code, "content": problem} for kind in kinds}


def _of_path(name: str) -> dict[str, object]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _of_query(query: Query) -> dict[str, object]:
    schema: dict[str, object] = (
        {"type": "string"} if query.text else {"type": "integer", "minimum": 0, "maximum": query.maximum}
    )
    return {"name": query.name, "in": "query", "description": query.meaning, "schema": schema}
