"""Checks a value against the part of JSON Schema that the project's schemas use."""

from __future__ import annotations

import operator
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
_WORDS = {"$schema", "$defs", "title", "description", "default", "format", "type"}
_IS_WITHIN = {"minimum": operator.ge, "maximum": operator.le, "exclusiveMaximum": operator.lt}


def violations(
    value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$"
) -> list[str]:
    """Return what in ``value`` does not fit; an unknown keyword is an error of the schema."""
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(_is(value, name) for name in names):
        return [f"{at} is {value!r}, not {names}"]
    found: list[str] = []
    for keyword, argument in schema.items():
        match keyword:
            case "$ref":
                target = root["$defs"][argument.removeprefix("#/$defs/")]
                found += violations(value, target, root, at)
            case "const" | "enum":
                if value not in ([argument] if keyword == "const" else argument):
                    found.append(f"{at} is {value!r}, not one of {argument}")
            case "anyOf":
                if all(violations(value, one, root, at) for one in argument):
                    found.append(f"{at} is {value!r}, none of {argument}")
            case "minimum" | "maximum" | "exclusiveMaximum":
                if isinstance(value, int | float) and not _IS_WITHIN[keyword](value, argument):
                    found.append(f"{at} is {value}, beyond {keyword} {argument}")
            case "minItems" | "maxItems" | "minLength" | "maxLength":
                if len(value) < argument if keyword[:3] == "min" else len(value) > argument:
                    found.append(f"{at} is {len(value)} long, beyond {keyword} {argument}")
            case "prefixItems":
                for i, (item, one) in enumerate(zip(value, argument, strict=False)):
                    found += violations(item, one, root, f"{at}[{i}]")
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
