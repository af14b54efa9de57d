"""The server's acknowledgement of a stream, retained on ``.../ack/<stream_id>`` (QoS 1, CBOR)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Self

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import cbor, fields
from lumbar_gateway.messages.ranges import IndexRanges

MAX_RANGES = 1000
"""Entries in each list of an acknowledgement: together below 60 kB, however large the indices."""


def ack_topic(stream_id: int) -> str:
    """Return the ``what`` of a stream's acknowledgement topic."""
    return f"ack/{stream_id:016x}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that the server will never take, however often it comes.

    It is told by its checksum: another gateway may have better samples under the same indices.
    """

    first_index: int
    end_index: int  # the same as first_index where the message held no indices
    checksum: int


@dataclass(frozen=True, slots=True)
class Ack:
    """What the server has decided of a stream; of what it leaves out it says nothing."""

    stream_id: int
    stored: IndexRanges  # samples stored: they may be deleted upstream
    lost: IndexRanges  # ranges recorded as lost
    end_index: int | None  # the stream's end, once the server has recorded it
    refused: tuple[Refusal, ...] = field(default=())

    def __bytes__(self) -> bytes:
        return cbor.dumps(
            "ack",
            {
                "stream": self.stream_id,
                "stored": [list(pair) for pair in self.stored],
                "lost": [list(pair) for pair in self.lost],
                "end": self.end_index,
                "refused": [[one.first_index, one.end_index, one.checksum] for one in self.refused],
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
            _refusals(message.get("refused")),
        )


def excerpt(ranges: IndexRanges, recent: IndexRanges) -> IndexRanges:
    """Return what an acknowledgement has room for: the first ranges and what is in ``recent``.

    ``recent`` is what a gateway has just sent. Should even that not fit, the gateway sends what
    was left out again, and then that is recent.
    """
    if len(ranges) <= MAX_RANGES:
        return ranges
    shown = IndexRanges(islice(ranges, MAX_RANGES // 2))
    for start, end in recent:
        for part in ranges.overlap(start, end):
            if len(shown) >= MAX_RANGES:
                return shown
            shown.add(*part)
    return shown


def _ranges(value: object, name: str) -> IndexRanges:
    """Check that ``value`` is a list of ranges in ascending order, as ``bytes`` writes them."""
    ranges = IndexRanges()
    for start, end in _rows(value, name, ("start", "end")):
        if start < ranges.end:
            raise MessageError(f"{name} needs ranges in ascending order")
        ranges.add(start, end)
    return ranges


def _refusals(value: object) -> tuple[Refusal, ...]:
    return tuple(Refusal(*row) for row in _rows(value, "refused", ("start", "end", "checksum")))


def _rows(value: object, name: str, columns: tuple[str, ...]) -> list[list[int]]:
    """Check that ``value`` is a list of rows of integers."""
    complaint = f"{name} needs a list of [{', '.join(columns)}]"
    if not isinstance(value, list):
        raise MessageError(complaint)
    rows = []
    for row in value:
        if not isinstance(row, list) or len(row) != len(columns):
            raise MessageError(complaint)
        named = dict(zip(columns, row, strict=True))
        rows.append([fields.integer(named, column, 2**48 + 1) for column in columns])
    return rows
