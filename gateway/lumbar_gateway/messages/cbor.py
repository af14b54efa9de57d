"""Reading CBOR from strangers: sizes bounded, every field checked before it is used."""

from __future__ import annotations

import math
from typing import Any

import cbor2
import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import MessageError

SCHEMA_VERSION = 1
MAX_MESSAGE_BYTES = 256 * 1024
_MULTI_DIMENSIONAL, _INT16_LE = 40, 77  # RFC 8746: row-major array; typed array sint16le


def dumps(kind: str, fields: dict[str, Any]) -> bytes:
    """Encode a message of ``kind`` with the current schema version."""
    return cbor2.dumps({"v": SCHEMA_VERSION, "kind": kind, **fields})


def loads(payload: bytes) -> dict[str, Any]:
    """Decode a message; raises ``MessageError`` for anything but a map of our version."""
    if len(payload) > MAX_MESSAGE_BYTES:
        raise MessageError(f"message of {len(payload)} bytes; the limit is {MAX_MESSAGE_BYTES}")
    try:
        message = cbor2.loads(payload)
    except Exception as error:  # the decoder raises many kinds on hostile bytes
        raise MessageError(f"message is not CBOR: {error}") from None
    if not isinstance(message, dict):
        raise MessageError(f"message is a CBOR {type(message).__name__}, not a map")
    if message.get("v") != SCHEMA_VERSION:
        raise MessageError(
            f"schema version {message.get('v')!r}; this program reads {SCHEMA_VERSION}: update it"
        )
    return message


def typed_array(samples: NDArray[np.int16]) -> cbor2.CBORTag:
    """Wrap ``samples`` (n, c) as an RFC 8746 array of int16."""
    body = cbor2.CBORTag(_INT16_LE, samples.astype("<i2", copy=False).tobytes())
    return cbor2.CBORTag(_MULTI_DIMENSIONAL, [list(samples.shape), body])


def read_typed_array(value: object, widths: tuple[int, ...]) -> NDArray[np.int16]:
    """Unwrap an RFC 8746 int16 array of shape (n, c) with ``c`` in ``widths``."""
    try:
        if not isinstance(value, cbor2.CBORTag) or value.tag != _MULTI_DIMENSIONAL:
            raise TypeError
        (n, width), body = value.value
        if body.tag != _INT16_LE or width not in widths or n < 1:
            raise ValueError
        return np.frombuffer(body.value, "<i2").reshape(n, width).astype(np.int16, copy=False)
    except (TypeError, ValueError, AttributeError):
        raise MessageError(f"samples are not an RFC 8746 int16 array of width {widths}") from None


def integer(message: dict[str, Any], name: str, below: int = 2**63) -> int:
    """Return an unsigned integer field."""
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        raise MessageError(f"{name} is {_short(value)}: needs an integer from 0 below {below}")
    return value


def number(message: dict[str, Any], name: str, low: float, high: float) -> float:
    """Return a finite number field between ``low`` and ``high``."""
    value = message.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise MessageError(f"{name} is {_short(value)}: needs a number")
    if not low <= value <= high:
        raise MessageError(f"{name} is {value}: needs {low} to {high}")
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
