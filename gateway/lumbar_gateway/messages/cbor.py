"""Reading CBOR from strangers: sizes bounded, checksum and the typed array of samples checked.

A message is a CBOR sequence (RFC 8742) of a map and the CRC-32 of the map's bytes: TCP's own
checksum lets one damaged packet in 65,536 pass, and a flipped bit may decode as another sample.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import cbor2
import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import fields

MAX_MESSAGE_BYTES = fields.MAX_MESSAGE_BYTES
_MULTI_DIMENSIONAL, _INT16_LE = 40, 77  # RFC 8746: row-major array; typed array sint16le
_CHECKSUM = struct.Struct(">BI")  # an unsigned integer of 32 bits in CBOR: its head, its value
_UINT32_HEAD = 0x1A


def dumps(kind: str, content: dict[str, Any]) -> bytes:
    """Encode a message of ``kind`` with the current schema version."""
    return sealed(cbor2.dumps({"v": fields.SCHEMA_VERSION, "kind": kind, **content}))


def sealed(body: bytes) -> bytes:
    """Return the bytes of a map with their checksum."""
    return body + _CHECKSUM.pack(_UINT32_HEAD, zlib.crc32(body))


def checksum_of(payload: bytes) -> int:
    """Return the checksum that a message carries."""
    _, checksum = _CHECKSUM.unpack(payload[-_CHECKSUM.size :])
    return int(checksum)


def loads(payload: bytes) -> dict[str, Any]:
    """Decode a message; raises ``MessageError`` for anything but a whole map of our version."""
    fields.check_size(payload)
    try:
        message = cbor2.loads(_checked(payload))
    except MessageError:
        raise
    except Exception as error:  # the decoder raises many kinds on hostile bytes
        raise MessageError(f"message is not CBOR: {error}") from None
    if not isinstance(message, dict):
        raise MessageError(f"message is a CBOR {type(message).__name__}, not a map")
    fields.check_version(message)
    return message


def _checked(payload: bytes) -> bytes:
    body = payload[: -_CHECKSUM.size]
    if payload != sealed(body):
        raise MessageError("message is damaged: its CRC-32 does not fit")
    return body


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
