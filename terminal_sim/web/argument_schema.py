"""The JSON Schema of the arguments of a verb, from its row in the table of verbs."""

from __future__ import annotations

from terminal_sim.script.line_of import FIELDS, parameters, said
from terminal_sim.verbs import Verb
from terminal_sim.verbs.signature import NEGATION, ValueKind


def schema_of(verb: Verb) -> dict[str, object]:
    """The JSON Schema of a verb's arguments."""
    number = {ValueKind.COUNT}
    properties: dict[str, object] = {}
    required = []
    for parameter in parameters(verb):
        one: dict[str, object] = {
            "type": ["string", "integer"] if parameter.kind in number else "string",
            "description": parameter.kind.value,
        }
        if parameter.choices:
            one["enum"] = [*parameter.choices]
        if parameter is verb.rest:
            one = {"type": "array", "items": one, "minItems": 1 if parameter.required else 0}
        properties[said(parameter)] = one
        required += [said(parameter)] if parameter.required else []
    if verb.fields:
        properties[FIELDS] = {
            "type": "object",
            "description": f"fields of {verb.fields} rows with the values that they must have",
            "additionalProperties": {"type": ["string", "integer"]},
        }
    if verb.negatable:
        properties[NEGATION] = {"type": "boolean", "description": "true: it must not be so"}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
