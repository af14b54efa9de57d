"""Reading CBOR from strangers: sizes bounded, the typed array of samples checked."""

from __future__ import annotations

from typing import Any

import cbor2
import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import fields

MAX_MESSAGE_BYTES = fields.MAX_MESSAGE_BYTES
_MULTI_DIMENSIONAL, _INT16_LE = 40, 77  # RFC 8746: row-major array; typed array sint16le


def dumps(kind: str, content: dict[str, Any]) -> bytes:
    """Encode a message of ``kind`` with the current schema version."""
    return cbor2.dumps({"v": fields.SCHEMA_VERSION, "kind": kind, **content})


def loads(payload: bytes) -> dict[str, Any]:
    """Decode a message; raises ``MessageError`` for anything but a map of our version."""
    fields.check_size(payload)
    try:
        message = cbor2.loads(payload)
    except Exception as error:  # the decoder raises many kinds on hostile bytes
        raise MessageError(f"message is not CBOR: {error}") from None
    if not isinstance(message, dict):
        raise MessageError(f"message is a CBOR {type(message).__name__}, not a map")
    fields.check_version(message)
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
    except (TypeError, ValueError, AttributeError, OverflowError):
        raise MessageError(f"samples are not an RFC 8746 int16 array of width {widths}") from None
