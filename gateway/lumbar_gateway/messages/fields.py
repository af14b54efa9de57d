"""Fields of messages from strangers: sizes bounded, each value checked before it is used."""

from __future__ import annotations

import json
from typing import Any

from lumbar_gateway.errors import MessageError

SCHEMA_VERSION = 1
MAX_MESSAGE_BYTES = 256 * 1024
LAST_WALL_S = 253402300800.0  # the year 10000


def check_size(payload: bytes) -> None:
    """Refuse a payload that no message of ours reaches."""
    if len(payload) > MAX_MESSAGE_BYTES:
        raise MessageError(f"message of {len(payload)} bytes; the limit is {MAX_MESSAGE_BYTES}")


def check_version(message: dict[str, Any]) -> None:
    """Refuse another schema version."""
    if integer(message, "v") != SCHEMA_VERSION:
        raise MessageError(
            f"schema version {message['v']}; this program reads {SCHEMA_VERSION}: update it"
        )


def from_json(payload: bytes) -> dict[str, Any]:
    """Decode a JSON object of our version; raises ``MessageError``."""
    check_size(payload)
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        raise MessageError("message is not JSON") from None
    if not isinstance(message, dict):
        raise MessageError(f"message is a JSON {type(message).__name__}, not an object")
    check_version(message)
    return message


def integer(message: dict[str, Any], name: str, below: int = 2**63) -> int:
    """Return an unsigned integer field."""
    value = message.get(name)
    if type(value) is int and 0 <= value < below:
        return value
    raise MessageError(f"{name} is {_short(value)}: needs an integer from 0 below {below}")


def number(message: dict[str, Any], name: str, low: float, high: float) -> float:
    """Return a finite number field between ``low`` and ``high``."""
    value: Any = message.get(name)
    if type(value) not in (float, int) or value != value:
        raise MessageError(f"{name} is {_short(value)}: needs a number")
    if not low <= value <= high:
        raise MessageError(f"{name} is {_short(value)}: needs {low} to {high}")
    return float(value)


def boolean(message: dict[str, Any], name: str) -> bool:
    """Return a true-or-false field."""
    value = message.get(name)
    if not isinstance(value, bool):
        raise MessageError(f"{name} is {_short(value)}: needs true or false")
    return value


def text(message: dict[str, Any], name: str, longest: int = 200) -> str:
    """Return a text field of bounded length."""
    value = message.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise MessageError(f"{name} is {_short(value)}: needs text of at most {longest} letters")
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "..."
