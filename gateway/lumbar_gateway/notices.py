"""What is told about streams beside their samples: losses and ends, until the server has them."""

from __future__ import annotations

from collections.abc import Container, Iterable

from lumbar_gateway.messages import LostSamples, StreamEnd

Notice = LostSamples | StreamEnd


class Notices:
    """When each notice was published, and in which message; times are the event loop's."""

    def __init__(self) -> None:
        self._told: dict[Notice, tuple[float, int]] = {}  # when, with which checksum

    def forget(self) -> None:
        """Tell everything again: the broker may have lost it."""
        self._told.clear()

    def keep(self, unrecorded: Iterable[Notice]) -> None:
        """Forget all but what the server has not recorded yet."""
        self._told = {notice: self._told[notice] for notice in unrecorded if notice in self._told}

    def is_due(self, notice: Notice, at_s: float, retry_s: float) -> bool:
        """Tell whether a notice was not published yet, or ``retry_s`` ago."""
        return notice not in self._told or at_s - self._told[notice][0] >= retry_s

    def published(self, notice: Notice, at_s: float, checksum: int) -> None:
        """Note that a notice was handed to the broker."""
        self._told[notice] = at_s, checksum

    def refused(self, stream_id: int, checksums: Container[int]) -> list[Notice]:
        """Return the notices of a stream whose message the server refused for ever."""
        return [
            notice
            for notice, (_, checksum) in self._told.items()
            if notice.stream_id == stream_id and checksum in checksums
        ]
