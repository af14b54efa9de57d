"""What is told about streams beside their samples: losses and ends, until the server has them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from lumbar_gateway.group_commit import Spool
from lumbar_gateway.messages import LostSamples, StreamEnd
from lumbar_gateway.outbox import StreamOutbox
from lumbar_gateway.spool import SpoolFile

Notice = LostSamples | StreamEnd


async def unrecorded(spool: Spool, outboxes: Mapping[int, StreamOutbox]) -> list[Notice]:
    """Return what the server has not recorded; the end of a stream after all else of it."""
    losses = await spool.ask(SpoolFile.unacked_lost)
    ends = (
        StreamEnd(stream.stream_id, stream.end_index)
        for stream in spool.streams()
        if stream.end_index is not None and not stream.end_is_acked
        if not (box := outboxes.get(stream.stream_id)) or not box.has_unpublished
    )
    return [
        *(LostSamples(one.stream_id, one.first_index, one.end_index, one.reason) for one in losses),
        *ends,
    ]


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
