"""What was found within stretches of a stream and outside of them.

Where samples were deleted and the results are to stay, they stay as they are, whatever is analysed
again around them; where the results are to go as well, they go from every analysis.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from lumbar_gateway.messages import IndexRanges
from lumbar_server.store.results import Findings
from lumbar_signal.events import Deviation, ExerciseSet, PostureInterval

_Found = TypeVar("_Found", ExerciseSet, PostureInterval, Deviation)


def within(found: Findings, ranges: IndexRanges) -> Findings:
    """Return the sets and deviations whose middle lies in ``ranges``, and the postures there."""
    return Findings(
        tuple(one for one in found.sets if _is_in(one, ranges)),
        tuple(part for one in found.postures for part in _cut(one, ranges)),
        tuple(one for one in found.deviations if _is_in(one, ranges)),
    )


def outside(found: Findings, ranges: IndexRanges) -> Findings:
    """Return the rest of what was found."""
    end = max([1, ranges.end, *(math.ceil(one.end) for one in found.postures)])
    rest = IndexRanges([(0, end)]).less(ranges)
    return Findings(
        tuple(one for one in found.sets if not _is_in(one, ranges)),
        tuple(part for one in found.postures for part in _cut(one, rest)),
        tuple(one for one in found.deviations if not _is_in(one, ranges)),
    )


def joined(some: Findings, others: Findings) -> Findings:
    """Return both, in order."""
    return Findings(
        _in_order([*some.sets, *others.sets]),
        _in_order([*some.postures, *others.postures]),
        _in_order([*some.deviations, *others.deviations]),
    )


def _is_in(one: ExerciseSet | Deviation, ranges: IndexRanges) -> bool:
    middle = int((one.start + one.end) / 2)
    return ranges.covers(middle, middle + 1)


def _cut(one: PostureInterval, ranges: IndexRanges) -> Iterator[PostureInterval]:
    for start, end in ranges.overlap(int(one.start), math.ceil(one.end)):
        part = replace(one, start=max(one.start, start), end=min(one.end, end))
        if part.start < part.end:
            yield part


def _in_order(found: Iterable[_Found]) -> tuple[_Found, ...]:
    return tuple(sorted(found, key=lambda one: one.start))
