"""The streams in the spool's file, and how many samples of each are where."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lumbar_gateway.clock import ClockState
from lumbar_gateway.errors import ProfileError
from lumbar_gateway.messages import Ack
from lumbar_gateway.packet_table import stream_key
from lumbar_gateway.profiles.lumbar import StreamDescription
from lumbar_gateway.streams import Stream

CLOCK_S = 5.0  # a clock can be fitted again: it is written with a commit at most this often

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (
    stream BLOB PRIMARY KEY, sensor_id TEXT NOT NULL, description BLOB NOT NULL,
    clock TEXT NOT NULL, end_index INTEGER, end_is_acked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""


@dataclass(slots=True)
class SampleCounts:
    """How many samples of a stream are where."""

    waiting: int = 0  # in the file, not yet acknowledged
    acked: int = 0  # acknowledged and deleted since the file was opened
    lost: int = 0  # declared lost
    refused: int = 0  # refused by the server and dropped since the file was opened


def stream_of(row: tuple[Any, ...]) -> Stream:
    """Return the stream of a row without its key; raises what a damaged one leads to."""
    sensor_id, description, clock, end_index, end_is_acked = row
    return Stream(
        sensor_id,
        StreamDescription.from_bytes(description),
        ClockState.from_json(clock),
        end_index,
        bool(end_is_acked),
    )


class StreamTable:
    """Streams as last committed; the caller of what writes opens and commits the transaction."""

    def __init__(self, db: sqlite3.Connection, monotonic_s: Callable[[], float]) -> None:
        self._db = db
        self._monotonic_s = monotonic_s
        self._clock_written_s: dict[int, float] = {}  # monotonic
        self.known: dict[int, Stream] = {}
        self.counts: dict[int, SampleCounts] = {}
        db.executescript(_SCHEMA)
        for row in db.execute(
            "SELECT sensor_id, description, clock, end_index, end_is_acked FROM stream"
        ):
            self.take(stream_of(row))

    def refuse_clash(self, stream: Stream) -> None:
        """Raise ``ProfileError`` where its id is another sensor's or means other samples."""
        known = self.known.get(stream.stream_id, stream)
        if known.sensor_id != stream.sensor_id:
            raise ProfileError(f"its stream {stream.stream_id:016x} is {known.sensor_id}'s")
        if known.description != stream.description:
            raise ProfileError(f"stream {stream.stream_id:016x} has another rate or scale now")

    def insert(self, stream: Stream) -> None:
        """Write a new stream."""
        self._db.execute(
            "INSERT INTO stream (stream, sensor_id, description, clock) VALUES (?,?,?,?)",
            (
                stream_key(stream.stream_id),
                stream.sensor_id,
                bytes(stream.description),
                stream.clock.to_json(),
            ),
        )

    def take(self, stream: Stream) -> None:
        """Let a stream be known: it is on disk."""
        self.counts[stream.stream_id] = SampleCounts()
        self.known[stream.stream_id] = stream  # last: other threads look here first

    def write_clocks(self, clocks: Mapping[int, ClockState]) -> None:
        """Write clocks that were not written for some time."""
        now_s = self._monotonic_s()
        for stream_id, clock in clocks.items():
            if now_s - self._clock_written_s.get(stream_id, -CLOCK_S) >= CLOCK_S:
                self._db.execute(
                    "UPDATE stream SET clock = ? WHERE stream = ?",
                    (clock.to_json(), stream_key(stream_id)),
                )
                self._clock_written_s[stream_id] = now_s

    def take_clocks(self, clocks: Mapping[int, ClockState]) -> None:
        """Let clocks be known."""
        for stream_id, clock in clocks.items():
            if self.known[stream_id].clock is not clock:  # it is fitted anew once a second at most
                self.known[stream_id] = replace(self.known[stream_id], clock=clock)

    def write_end(self, stream_id: int, end_index: int) -> None:
        """Write where a stream ends."""
        self._db.execute(
            "UPDATE stream SET end_index = ? WHERE stream = ?", (end_index, stream_key(stream_id))
        )

    def take_end(self, stream_id: int, end_index: int) -> None:
        """Let a stream's end be known."""
        self.known[stream_id] = replace(self.known[stream_id], end_index=end_index)

    def ended_by(self, acks: Iterable[Ack]) -> list[int]:
        """Return the streams whose end the server now knows; another gateway may have seen more."""
        ended = []
        for ack in acks:
            stream = self.known[ack.stream_id]
            ours, theirs = stream.end_index, ack.end_index
            if ours is not None and theirs is not None and theirs >= ours:
                ended.append(ack.stream_id)
        return [stream_id for stream_id in ended if not self.known[stream_id].end_is_acked]

    def write_end_acked(self, stream_ids: Iterable[int]) -> None:
        """Write that the server has dealt with the streams' ends."""
        self._db.executemany(
            "UPDATE stream SET end_is_acked = 1 WHERE stream = ?",
            [(stream_key(stream_id),) for stream_id in stream_ids],
        )

    def take_end_acked(self, stream_ids: Iterable[int]) -> None:
        """Let it be known that the server has dealt with the streams' ends."""
        for stream_id in stream_ids:
            self.known[stream_id] = replace(self.known[stream_id], end_is_acked=True)
