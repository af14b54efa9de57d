"""The Current Time characteristic (0x2A2B) of the standard Current Time service."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

# Year, month, day, hours, minutes, seconds, day of the week (1 is Monday), 1/256 s, reason.
_LAYOUT = struct.Struct("<HBBBBBBBB")
UNKNOWN = bytes(_LAYOUT.size)  # year, month and day 0 mean "not known"


def encode(wall_s: float) -> bytes:
    """Encode seconds since 1970-01-01 UTC."""
    at = datetime.fromtimestamp(wall_s, UTC)
    fractions = at.microsecond * 256 // 1_000_000
    date = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    return _LAYOUT.pack(*date, at.isoweekday(), fractions, 0)


def decode(data: bytes) -> float:
    """Decode to seconds since 1970-01-01 UTC; ValueError for what is no date."""
    if len(data) != _LAYOUT.size:
        raise ValueError(f"current time of {len(data)} bytes, not {_LAYOUT.size}")
    year, month, day, hour, minute, second, _weekday, fractions, _reason = _LAYOUT.unpack(data)
    at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return at.timestamp() + float(fractions) / 256
