"""Topics: ``lumbar/v1/<shard>/<sensor_id>/<what>``.

What a gateway says of a sensor has the gateway's id as its last level, so that a broker can grant
each gateway its own topics only.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from lumbar_gateway.errors import MessageError

ROOT = "lumbar/v1"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SHARD = re.compile(r"[0-9a-f]{2}")
_REMEMBERED = 4096  # topics come again and again: as many sensors as a worker has at a time


@lru_cache(_REMEMBERED)
def shard_of(sensor_id: str) -> str:
    """Return the two hex digits by which work on a sensor is partitioned."""
    return hashlib.sha256(sensor_id.encode()).hexdigest()[:2]


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of one sensor; ``what`` is e.g. ``events`` or ``ack/<stream_id>``."""

    sensor_id: str
    what: str

    def __post_init__(self) -> None:
        """Refuse a sensor id that would break out of its topic level."""
        if not _ID.fullmatch(self.sensor_id):
            raise MessageError(
                f"sensor id {self.sensor_id!r}: use 1 to 64 letters, digits, dots, - or _"
            )

    @property
    def kind(self) -> str:
        """What the messages are, e.g. ``samples`` or ``ack``."""
        return self.what.partition("/")[0]

    @property
    def gateway_id(self) -> str:
        """The gateway that speaks here; raises ``MessageError`` where the topic names none."""
        gateway_id = self.what.partition("/")[2]
        if not _ID.fullmatch(gateway_id):
            raise MessageError(f"topic {str(self)!r} does not end with the id of a gateway")
        return gateway_id

    def __str__(self) -> str:
        return f"{ROOT}/{shard_of(self.sensor_id)}/{self.sensor_id}/{self.what}"

    @staticmethod
    @lru_cache(_REMEMBERED)
    def parse(topic: str) -> Topic:
        """Read a topic back; raises ``MessageError`` where the shard is not the sensor's."""
        parts = topic.split("/", 4)
        if len(parts) != 5 or "/".join(parts[:2]) != ROOT:
            raise MessageError(f"topic {topic!r} is not below {ROOT}/")
        parsed = Topic(parts[3], parts[4])
        if parts[2] != shard_of(parsed.sensor_id):
            raise MessageError(f"topic {topic!r}: {parts[2]!r} is not the shard of its sensor")
        return parsed


def said_by(gateway_id: str, kind: str) -> str:
    """Return the ``what`` of a gateway's own topic, ``kind`` being ``samples`` or ``status``."""
    return f"{kind}/{gateway_id}"


def pattern(what: str, shard: str = "+") -> str:
    """Return the subscription for ``what`` of every sensor in ``shard`` (``+`` for all)."""
    if shard != "+" and not _SHARD.fullmatch(shard):
        raise MessageError(f"shard {shard!r}: use two hex digits, or + for all")
    return f"{ROOT}/{shard}/+/{what}"
