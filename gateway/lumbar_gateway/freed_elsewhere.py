"""Samples that another gateway took out of a sensor's log: they come to the server from there.

They are not lost. The server's acknowledgement, which every gateway hears, settles them as soon as
the other gateway has delivered. Only where that never happens are they declared lost in the end.
"""

from __future__ import annotations

from collections.abc import Iterable

from lumbar_gateway.messages import IndexRanges


class FreedElsewhere:
    """Which samples of one sensor are with another gateway, and since when that is known.

    Times are the event loop's. A gateway that is started anew begins to wait anew.
    """

    def __init__(self) -> None:
        self._since_s: dict[int, dict[tuple[int, int], float]] = {}  # by stream, by range

    def note(self, stream_id: int, start: int, end: int, at_s: float) -> None:
        """Take in that the sensor says ``[start, end)`` was freed; what is known keeps its time."""
        for hole in self.ranges(stream_id).missing(start, end):
            self._since_s.setdefault(stream_id, {})[hole] = at_s

    def ranges(self, stream_id: int) -> IndexRanges:
        """Return everything of a stream that is awaited from another gateway."""
        return IndexRanges(self._since_s.get(stream_id, ()))

    def settle(self, stream_id: int, settled: IndexRanges) -> None:
        """Await no longer what is settled."""
        waiting = {
            hole: since_s
            for (start, end), since_s in self._since_s.pop(stream_id, {}).items()
            for hole in settled.missing(start, end)
        }
        if waiting:
            self._since_s[stream_id] = waiting

    def overdue(self, stream_id: int, before_s: float) -> Iterable[tuple[int, int]]:
        """Return the ranges that were noted before a time."""
        noted = self._since_s.get(stream_id, {})
        return [hole for hole, since_s in noted.items() if since_s <= before_s]
