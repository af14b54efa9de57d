"""What can be asked of a trace with gaps: a repetition that lies in one cannot.

A repetition may not straddle a gap (the contract): nobody who labels the trace knows what happened
there. So a true repetition that a gap touches is not asked for, and one that is reported there is
one too many. Holds go on over a short gap, and are asked for as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lumbar.scoring.span import Span
from lumbar.scoring.truth_document import TrueSet, Truth

SET_REPETITIONS = 2  # the contract: fewer are no set


def as_seen(truth: Truth) -> Truth:
    """Return the truth without what the gaps of the trace took."""
    gaps = truth.recording.gaps
    seen = [_without_broken(one, gaps) for one in truth.sets]
    return replace(truth, sets=tuple(one for one in seen if one is not None))


def _without_broken(done: TrueSet, gaps: Sequence[Span]) -> TrueSet | None:
    broken = [one for one in done.repetitions if _touches(one, gaps)]
    if not broken:
        return done
    whole = tuple(one for one in done.repetitions if one not in broken)
    left = (*whole, *done.holds)
    if len(whole) < SET_REPETITIONS and not done.holds:
        return None
    return replace(
        done,
        start_s=min(one.start_s for one in left),
        end_s=max(one.end_s for one in left),
        repetitions=whole,
        deviations=tuple(one for one in done.deviations if not _touches(one, broken)),
    )


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(one.start_s < span.end_s and span.start_s < one.end_s for one in others)
