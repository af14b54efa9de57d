"""Compaction: what has come and settled is rewritten in less space, a little at a time."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from lumbar_server.database import reading, writing
from lumbar_server.errors import StreamConflictError
from lumbar_server.store import compact_chunks, streams
from lumbar_server.store.streams import StreamRecord

log = logging.getLogger(__name__)

CHUNK_S = 60.0
"""A compact chunk has so much of a stream's time, if none of it is missing."""
LOOK_S = 300.0
"""How often new work is looked for; a stream that did not change meanwhile is quiet (chosen)."""
BUSY_S = 600.0
"""Of a stream that goes on, so much is left as it came: late samples still change it (chosen)."""
PIECE_SAMPLES = 12_000
"""Rewritten in one transaction; measured for 600 chunks: 9 ms to plan it, 5 with a lock."""
PAUSE_S = 1.0
"""Between two pieces while messages wait, so that they wait a fiftieth longer at most (chosen)."""
LOOK_STREAMS = 500
"""Looked at in one go (chosen: a few milliseconds); the next look goes on from there."""


@dataclass(frozen=True, slots=True)
class _Due:
    record: StreamRecord
    end_index: int  # a multiple of the stretch; what begins there or later is left alone

    @property
    def stretch(self) -> int:
        return _stretch(self.record)


class Compaction:
    """Makes the samples of quiet streams compact; any number of workers may do so side by side.

    Parameters
    ----------
    now_s
        Wall time.
    is_ours
        Whether to care for the sensor of this id.
    """

    def __init__(
        self, engine: Engine, now_s: Callable[[], float], is_ours: Callable[[str], bool]
    ) -> None:
        self._engine = engine
        self._now_s = now_s
        self._is_ours = is_ours
        self._looked_s = self._worked_s = now_s()
        self._looked_to = ""  # the streams are looked at in rounds, by their ids
        self._versions: dict[str, int] = {}  # of the streams with raw chunks in this round ...
        self._versions_before: dict[str, int] = {}  # ... and in the last
        self._due: deque[_Due] = deque()
        self._damaged: set[str] = set()

    def step(self, *, is_idle: bool) -> None:
        """Rewrite one piece, if one is due and it is time.

        Raises
        ------
        DatabaseAwayError
            Nothing was changed; try again later.
        """
        if not self._due and self._has_passed(LOOK_S, self._looked_s):
            self._looked_s = self._now_s()
            self._look()
        if self._due and (is_idle or self._has_passed(PAUSE_S, self._worked_s)):
            self._worked_s = self._now_s()
            self._work(self._due[0])

    def _has_passed(self, pause_s: float, since_s: float) -> bool:
        return abs(self._now_s() - since_s) >= pause_s  # somebody may set the clock back

    def _look(self) -> None:
        with reading(self._engine) as connection:
            found = compact_chunks.streams_with_raw(connection, self._looked_to, LOOK_STREAMS)
            records = streams.read(connection, found)
        for record in records.values():
            if self._is_ours(record.sensor_id) and record.stream_id not in self._damaged:
                self._due.append(_Due(record, self._settled_end(record)))
                self._versions[record.stream_id] = record.version
        self._looked_to = found[-1] if len(found) == LOOK_STREAMS else ""
        if not self._looked_to:
            self._versions_before, self._versions = self._versions, {}

    def _settled_end(self, record: StreamRecord) -> int:
        stretch, end = _stretch(record), record.stored.end
        if record.is_settled or self._versions_before.get(record.stream_id) == record.version:
            return -(-end // stretch) * stretch
        return max(0, end - round(BUSY_S / CHUNK_S) * stretch) // stretch * stretch

    def _work(self, due: _Due) -> None:
        stream_id = due.record.stream_id
        try:
            is_done = self._rewrite(due)
        except StreamConflictError:
            log.info("stream %s: another worker makes it compact", stream_id)
            is_done = True
        except ValueError as error:
            log.error("stream %s is left as it is, its samples are damaged: %s", stream_id, error)
            self._damaged.add(stream_id)
            is_done = True
        if is_done:
            self._due.popleft()

    def _rewrite(self, due: _Due) -> bool:
        """Rewrite the first piece that is left; tell whether there was none."""
        stream_id, form = due.record.stream_id, due.record.sample_format
        assert form is not None  # samples came, so it is known
        with reading(self._engine) as connection:
            first = compact_chunks.first_raw(connection, stream_id)
            if first is None or first >= due.end_index:
                return True
            start = first // due.stretch * due.stretch
            end = min(start + max(1, PIECE_SAMPLES // due.stretch) * due.stretch, due.end_index)
            plans = compact_chunks.plan(
                connection, stream_id, form.channels, due.stretch, start, end
            )
        with writing(self._engine) as connection:
            compact_chunks.replace(connection, plans)
        return False


def _stretch(record: StreamRecord) -> int:
    """Return how many samples a compact chunk has."""
    assert record.sample_format is not None  # samples came, so it is known
    return max(1, round(CHUNK_S * record.sample_format.sampling_rate_hz))
