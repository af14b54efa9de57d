"""The check value at the end of everything that our sensor and its gateway send each other."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from lumbar_gateway.errors import ProfileError

_CRC = struct.Struct("<I")
CRC_BYTES = _CRC.size


def sealed(body: bytes) -> bytes:
    """Return ``body`` and its CRC-32 (ISO-HDLC, as in zlib and Ethernet)."""
    return body + _CRC.pack(zlib.crc32(body))


def opened(data: bytes, what: str) -> bytes:
    """Return what comes before the CRC-32; raises ``ProfileError`` where that does not fit.

    A bit that was turned over on the way is therefore never taken for another value.
    """
    if len(data) <= CRC_BYTES:
        raise ProfileError(f"{what} of {len(data)} bytes is too short")
    body = data[:-CRC_BYTES]
    if _CRC.unpack(data[-CRC_BYTES:])[0] != zlib.crc32(body):
        raise ProfileError(f"{what} with a wrong CRC: damaged on the way")
    return body


def fields(layout: struct.Struct, data: bytes, what: str) -> tuple[Any, ...]:
    """Open a packet of one fixed ``layout``."""
    body = opened(data, what)
    if len(body) != layout.size:
        raise ProfileError(f"{what} of {len(data)} bytes, not {layout.size + CRC_BYTES}")
    return layout.unpack(body)
