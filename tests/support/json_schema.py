"""Checks a value against the part of JSON Schema that the project's schemas use."""

from __future__ import annotations

import re
from typing import Any

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
_WORDS = {"$schema", "$defs", "title", "description"}


def violations(
    value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$"
) -> list[str]:
    """Return what in ``value`` does not fit; an unknown keyword is an error of the schema."""
    found: list[str] = []
    for keyword, argument in schema.items():
        match keyword:
            case "$ref":
                target = root["$defs"][argument.removeprefix("#/$defs/")]
                found += violations(value, target, root, at)
            case "type":
                names = [argument] if isinstance(argument, str) else argument
                if not any(_is(value, name) for name in names):
                    found.append(f"{at} is {value!r}, not {argument}")
            case "const" | "enum":
                if value not in ([argument] if keyword == "const" else argument):
                    found.append(f"{at} is {value!r}, not one of {argument}")
            case "minimum" | "maximum":
                if isinstance(value, int | float) and (
                    value < argument if keyword == "minimum" else value > argument
                ):
                    found.append(f"{at} is {value}, beyond {keyword} {argument}")
            case "minItems" | "maxItems":
                if len(value) < argument if keyword == "minItems" else len(value) > argument:
                    found.append(f"{at} has {len(value)} items, beyond {keyword} {argument}")
            case "pattern":
                if not re.search(argument, value):
                    found.append(f"{at} is {value!r}, not like {argument}")
            case "required":
                found += [f"{at}.{name} is missing" for name in argument if name not in value]
            case "properties":
                for name in argument.keys() & value.keys():
                    found += violations(value[name], argument[name], root, f"{at}.{name}")
            case "additionalProperties":
                extra = value.keys() - schema["properties"].keys()
                found += [f"{at}.{name} is not in the schema" for name in sorted(extra)]
            case "items":
                for i, item in enumerate(value):
                    found += violations(item, argument, root, f"{at}[{i}]")
            case _ if keyword not in _WORDS:
                raise ValueError(f"schema keyword {keyword} at {at} is not known here")
    return found


def _is(value: Any, name: str) -> bool:
    expected = _TYPES[name]
    return isinstance(value, expected) and (name == "boolean" or not isinstance(value, bool))
