"""The JSON Schema of ``lumbar.record/1``.

``python -m lumbar_server.exports.document_schema`` prints it, for ``docs/record.schema.json``.
"""

from __future__ import annotations

import json
from typing import Any

from lumbar_server.exports.document import LISTS, SCHEMA


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a whole document."""
    definitions: dict[str, Any] = {}
    properties: dict[str, Any] = {
        "schema": {"const": SCHEMA},
        "written_by": {"type": "string"},
        "written_utc": {"type": "string", "format": "date-time"},
    }
    for name, kind in LISTS.items():
        schema = kind.model_json_schema(ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        definitions[kind.__name__] = schema
        properties[name] = {"type": "array", "items": {"$ref": f"#/$defs/{kind.__name__}"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "A household's record of exercise: samples, what was found, what was said.",
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
        "$defs": {name: _untitled(definitions[name]) for name in sorted(definitions)},
    }


def _untitled(schema: Any) -> Any:
    """Return a schema without the titles that only repeat a name."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
