"""The server's acknowledgements: the only word on which the spool lets go of anything."""

from __future__ import annotations

import logging

from lumbar_gateway.errors import MessageError, SpoolError
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.messages import Ack, LostSamples, StreamEnd, Topic
from lumbar_gateway.messages.ack import ack_topic
from lumbar_gateway.notices import Notices
from lumbar_gateway.outbox import StreamOutbox
from lumbar_gateway.spool import Refused, SpoolFile

TOGETHER_S = 0.5  # acknowledgements wait so long for others to share their transaction (chosen)

_log = logging.getLogger(__name__)


class Acknowledgements:
    """Those that have arrived and wait to be applied to the spool, ``outboxes`` and ``notices``.

    Times are the event loop's.
    """

    def __init__(self, spool: Spool, outboxes: dict[int, StreamOutbox], notices: Notices) -> None:
        self._spool = spool
        self._outboxes = outboxes
        self._notices = notices
        self._waiting: list[Ack] = []
        self._next_s = 0.0
        self._told_refused: set[int] = set()  # streams

    def take(self, topic: str, payload: bytes) -> bool:
        """Take what came on a topic; tells whether it was an acknowledgement of ours."""
        if "/ack/" not in topic:  # some brokers also return what a session's last will said
            return False
        try:
            ack, named = Ack.from_bytes(payload), Topic.parse(topic)
        except MessageError as error:
            _log.warning("acknowledgement on %s ignored: %s", topic, error)
            return False
        stream = self._spool.stream(ack.stream_id)
        if stream is None or named != Topic(stream.sensor_id, ack_topic(stream.stream_id)):
            return False
        self._waiting.append(ack)
        return True

    def due_in_s(self, now_s: float, most_s: float) -> float:
        """Return how long to wait until there is something to apply, at most ``most_s``."""
        return min(max(0.0, self._next_s - now_s), most_s) if self._waiting else most_s

    async def apply(self, now_s: float) -> None:
        """Let go of what the server has stored or refused; raises ``SpoolError``."""
        if not self._waiting or now_s < self._next_s:
            return
        self._next_s = now_s + TOGETHER_S
        acks, self._waiting = self._waiting, []
        try:
            await self._spool.ask(SpoolFile.apply_acks, acks)
        except SpoolError:
            newest = {ack.stream_id: ack for ack in acks + self._waiting}
            self._waiting = list(newest.values())  # what is not in them is published again
            raise
        for ack in acks:
            if ack.stream_id in self._outboxes:
                self._outboxes[ack.stream_id].acked(ack.stored)
            if ack.refused:
                await self._drop_refused(ack)

    async def _drop_refused(self, ack: Ack) -> None:
        """Let go of what the server will never take: it would be published for ever."""
        checksums = {one.checksum for one in ack.refused}
        box = self._outboxes.get(ack.stream_id)
        sent = box.refused(checksums) if box else []
        notices = self._notices.refused(ack.stream_id, checksums)
        if not sent and not notices:
            return
        refused = Refused(
            ack.stream_id,
            rows=[(one.first_row, one.last_row) for one in sent],
            lost=[one.first_index for one in notices if isinstance(one, LostSamples)],
            end=any(isinstance(one, StreamEnd) for one in notices),
        )
        samples = await self._spool.ask(SpoolFile.drop_refused, refused)
        if ack.stream_id not in self._told_refused:
            _log.warning(
                "stream %016x: the server refused %d samples, which are dropped here; its status "
                "page tells why (more of this stream are only counted)",
                ack.stream_id,
                samples,
            )
        self._told_refused.add(ack.stream_id)
