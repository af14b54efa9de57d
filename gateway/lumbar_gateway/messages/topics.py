"""Topics: ``lumbar/v1/<shard>/<sensor_id>/<what>``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import MessageError

ROOT = "lumbar/v1"
_SENSOR_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SHARD = re.compile(r"[0-9a-f]{2}")


def shard_of(sensor_id: str) -> str:
    """Return the two hex digits by which work on a sensor is partitioned."""
    return hashlib.sha256(sensor_id.encode()).hexdigest()[:2]


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of one sensor; ``what`` is e.g. ``samples`` or ``ack/<stream_id>``."""

    sensor_id: str
    what: str

    def __post_init__(self) -> None:
        """Refuse a sensor id that would break out of its topic level."""
        if not _SENSOR_ID.fullmatch(self.sensor_id):
            raise MessageError(
                f"sensor id {self.sensor_id!r}: use 1 to 64 letters, digits, dots, - or _"
            )

    def __str__(self) -> str:
        return f"{ROOT}/{shard_of(self.sensor_id)}/{self.sensor_id}/{self.what}"

    @classmethod
    def parse(cls, topic: str) -> Self:
        """Read a topic back; raises ``MessageError`` where the shard is not the sensor's."""
        parts = topic.split("/", 4)
        if len(parts) != 5 or "/".join(parts[:2]) != ROOT:
            raise MessageError(f"topic {topic!r} is not below {ROOT}/")
        parsed = cls(parts[3], parts[4])
        if parts[2] != shard_of(parsed.sensor_id):
            raise MessageError(f"topic {topic!r}: {parts[2]!r} is not the shard of its sensor")
        return parsed


def pattern(what: str, shard: str = "+") -> str:
    """Return the subscription for ``what`` of every sensor in ``shard`` (``+`` for all)."""
    if shard != "+" and not _SHARD.fullmatch(shard):
        raise MessageError(f"shard {shard!r}: use two hex digits, or + for all")
    return f"{ROOT}/{shard}/+/{what}"
