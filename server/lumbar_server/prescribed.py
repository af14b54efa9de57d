"""From the blocks of guided sessions to what the detector takes as prescribed in a stream."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from lumbar_gateway.messages import ClockFit
from lumbar_server.clock_grid import index_near
from lumbar_server.store.blocks import BlockRow
from lumbar_signal import Prescription
from lumbar_signal.events import Exercise

_EXERCISES = frozenset(one.value for one in Exercise if one is not Exercise.UNKNOWN)


def prescription_of(blocks: Sequence[BlockRow], clock: ClockFit) -> Prescription:
    """Return what was prescribed when, by a stream's clock.

    A block lasts until the next begins. An exercise that the detector does not know tells it
    nothing.

    Parameters
    ----------
    blocks
        The first begun first, of the wearer of the stream.
    """
    changes: dict[int, Exercise | None] = {}
    for block, following in zip_longest(blocks, blocks[1:]):
        first = index_near(clock, block.begun_utc)
        ends = [one for one in (block.ended_utc, following and following.begun_utc) if one]
        end = index_near(clock, min(ends)) if ends else None
        if block.exercise not in _EXERCISES or (end is not None and end <= first):
            continue
        changes[first] = Exercise(block.exercise)
        if end is not None:
            changes[end] = None
    return Prescription(tuple(sorted(changes.items())))
