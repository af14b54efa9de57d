"""Cutting messages to what a stream does not have yet; pure, nothing is stored here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from lumbar_gateway.messages import (
    Claim,
    ClockFit,
    IndexRanges,
    LostSamples,
    Refusal,
    SampleBatch,
    StreamEnd,
    StreamMessage,
)
from lumbar_gateway.messages.cbor import checksum_of
from lumbar_gateway.messages.clock_fit import SETTLED_S
from lumbar_server.store.incidents import Contradiction
from lumbar_server.store.samples import Observation, Piece, Run
from lumbar_server.store.streams import SampleFormat, StreamRecord

SAME_S = 1e-3
"""A settled fit that moves by less stays (chosen): each change is written to stream and session."""


class Intake:
    """What one transaction adds to one stream.

    Attributes
    ----------
    record
        The stream as it will be.
    pieces
        New samples; they overlap neither one another nor what is stored.
    repeats
        Samples that are stored already or among ``pieces``, each with the message it came in;
        whether they are the same is still to be checked, see ``contradicts``.
    contradictions
        Messages to set aside.
    refusals
        What the senders are told not to send again, by the sensor whose topic it came by.
    recent
        The indices that came, whether new or not.
    newest_live
        The last batch that did not come from the sensor's log.
    """

    __slots__ = (
        "contradictions",
        "newest_live",
        "pieces",
        "recent",
        "record",
        "refusals",
        "repeats",
    )

    def __init__(self, record: StreamRecord) -> None:
        self.record = record.fork()
        self.pieces: list[Piece] = []
        self.repeats: list[tuple[Run, bytes]] = []
        self.contradictions: list[Contradiction] = []
        self.refusals: dict[str, list[Refusal]] = {}
        self.recent = IndexRanges()
        self.newest_live: SampleBatch | None = None

    def take(self, sensor_id: str, message: StreamMessage | Claim, payload: bytes) -> None:
        """Add what is new in ``message``, whose bytes were ``payload``."""
        first, end = _extent(message)
        if first < end:
            self.recent.add(first, end)
        if sensor_id != self.record.sensor_id:
            reason = f"the stream belongs to sensor {self.record.sensor_id}"
            self._refuse(sensor_id, message, reason, payload)
        elif isinstance(message, SampleBatch):
            self._take_samples(message, payload)
        elif isinstance(message, LostSamples):
            self._take_lost(first, end)
        elif isinstance(message, Claim):
            self._refuse(sensor_id, message, "cannot be read or stored", payload)
            self._take_lost(first, end)
        else:
            end = max(message.end_index, self.record.end_index or 0)
            self.record = replace(self.record, end_index=end)

    def _take_lost(self, first: int, end: int) -> None:
        self.record.lost.update(self.record.stored.missing(first, end) if first < end else ())

    def _refuse(
        self, sensor_id: str, message: StreamMessage | Claim, reason: str, payload: bytes
    ) -> None:
        """Set a message aside and have its sender told that it need not come again."""
        first, end = _extent(message)
        self.set_aside("refused", sensor_id, first, end - first, reason, payload)
        refusal = Refusal(first, end, checksum_of(payload))
        self.refusals.setdefault(sensor_id, []).append(refusal)

    def set_aside(
        self, kind: str, sensor_id: str, first: int, n: int, reason: str, payload: bytes
    ) -> None:
        """Keep ``payload`` for the quarantine, unless samples in it were deleted."""
        if self.record.erased.overlap(first, first + n):
            return
        stream_id = self.record.stream_id
        found = Contradiction(kind, sensor_id, stream_id, first, n, reason, payload)
        self.contradictions.append(found)

    def _take_samples(self, batch: SampleBatch, payload: bytes) -> None:
        form = self.record.sample_format or SampleFormat.of(batch)
        if not form.is_of(batch):
            reason = "rate, scale or channels differ from those of the stream"
            self._refuse(self.record.sensor_id, batch, reason, payload)
            self._take_lost(batch.first_index, batch.end_index)
            return
        run = Run(batch.first_index, batch.samples)
        stored = self.record.stored
        whole = run.first_index, run.end_index
        new = stored.missing(*whole)
        if self.record.erased.overlap(*whole):
            self._take_kept(run, new, batch)
        elif new == [whole]:
            self._add_piece(run, batch, _observations(batch))
        else:
            self._take_parts(run, new, batch, payload)
        stored.add(*whole)
        if batch.live and whole[1] >= stored.end and not self.record.erased.covers(*whole):
            self.newest_live = batch
        record = self.record
        clock = _better(record.clock, batch.fit, stored.end)
        if record.lost or clock is not record.clock or record.sample_format is None:
            lost = record.lost.less(stored)
            self.record = replace(record, sample_format=form, clock=clock, lost=lost)

    def _take_parts(
        self, run: Run, new: Iterable[tuple[int, int]], batch: SampleBatch, payload: bytes
    ) -> None:
        observations = _observations(batch)
        for start, end in self.record.stored.overlap(run.first_index, run.end_index):
            self.repeats.append((run.cut(start, end), payload))
        for start, end in new:
            within = [one for one in observations if one[0] < end and start < one[0] + one[1]]
            self._add_piece(run.cut(start, end), batch, within)

    def _take_kept(self, run: Run, new: Iterable[tuple[int, int]], batch: SampleBatch) -> None:
        """Take what may be kept of a batch; the rest was deleted, and is as good as stored.

        Nothing of it is compared: a difference would put the deleted samples into quarantine.
        """
        for start, end in IndexRanges(new).less(self.record.erased):
            within = [
                one for one in _observations(batch) if one[0] < end and start < one[0] + one[1]
            ]
            self._add_piece(run.cut(start, end), batch, within)

    def _add_piece(self, run: Run, batch: SampleBatch, observations: list[Observation]) -> None:
        self.pieces.append(Piece(run, batch.live, batch.gateway_boot, tuple(observations)))


def contradicts(known: Iterable[Run], repeated: Run) -> bool:
    """Tell whether ``repeated`` differs from ``known``, which covers the same indices."""
    for run in known:
        start = max(run.first_index, repeated.first_index)
        end = min(run.end_index, repeated.end_index)
        if start < end and not np.array_equal(
            run.cut(start, end).samples, repeated.cut(start, end).samples
        ):
            return True
    return False


def _extent(message: StreamMessage | Claim) -> tuple[int, int]:
    if isinstance(message, StreamEnd):
        return message.end_index, message.end_index
    return message.first_index, message.end_index


def _observations(batch: SampleBatch) -> list[Observation]:
    found, at = [], batch.first_index
    for packet in batch.packets:
        came_s = math.nan if packet.monotonic_s is None else packet.monotonic_s
        found.append((at, packet.n, packet.ticks, came_s))
        at += packet.n
    return found


def _better(known: ClockFit | None, heard: ClockFit, end_index: int) -> ClockFit:
    if known is None:
        return heard
    if known == heard:
        return known
    if not known.gives_way_to(heard):
        return known
    is_settled = min(known.observed_s, heard.observed_s) >= SETTLED_S
    moves_s = max(abs(known.wall_s(index) - heard.wall_s(index)) for index in (0, end_index))
    return known if is_settled and moves_s < SAME_S else heard
