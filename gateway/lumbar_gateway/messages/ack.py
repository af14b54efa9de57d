"""The server's acknowledgement: what it has stored of a stream (retained, CBOR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import cbor, fields
from lumbar_gateway.messages.ranges import IndexRanges


def ack_topic(stream_id: int) -> str:
    """Return the ``what`` of a stream's acknowledgement topic."""
    return f"ack/{stream_id:016x}"


@dataclass(frozen=True, slots=True)
class Ack:
    """Everything below is stored and may be deleted upstream."""

    stream_id: int
    stored: IndexRanges  # samples stored
    lost: IndexRanges  # ranges recorded as lost
    end_index: int | None  # the stream's end, once the server has recorded it

    def __bytes__(self) -> bytes:
        return cbor.dumps(
            "ack",
            {
                "stream": self.stream_id,
                "stored": [list(pair) for pair in self.stored],
                "lost": [list(pair) for pair in self.lost],
                "end": self.end_index,
            },
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Decode an acknowledgement; raises ``MessageError``."""
        message = cbor.loads(payload)
        if message.get("kind") != "ack":
            raise MessageError(f"message kind {message.get('kind')!r}, not 'ack'")
        end = None if message.get("end") is None else fields.integer(message, "end", 2**48)
        return cls(
            fields.integer(message, "stream", 2**64),
            _ranges(message.get("stored"), "stored"),
            _ranges(message.get("lost"), "lost"),
            end,
        )


def _ranges(value: object, name: str) -> IndexRanges:
    """Check that ``value`` is a list of ranges in ascending order, as ``bytes`` writes them."""
    ranges = IndexRanges()
    if not isinstance(value, list):
        raise MessageError(f"{name} needs a list of [start, end) pairs")
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise MessageError(f"{name} needs a list of [start, end) pairs")
        bounds = {"start": pair[0], "end": pair[1]}
        start, end = (fields.integer(bounds, key, 2**48 + 1) for key in ("start", "end"))
        if start < ranges.end:
            raise MessageError(f"{name} needs ranges in ascending order")
        ranges.add(start, end)
    return ranges
