"""What one analysis of a stream found, and another did not."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from lumbar_server.record import SAME_SET
from lumbar_signal.events import ExerciseSet


class Difference(enum.StrEnum):
    """How a set differs."""

    SAME = "same"
    GAINED = "gained"
    LOST = "lost"
    RENAMED = "renamed"  # its counts may differ, too
    RECOUNTED = "recounted"


@dataclass(frozen=True, slots=True)
class SetPair:
    """One set by the one and by the other analysis; None where it was not found."""

    before: ExerciseSet | None
    after: ExerciseSet | None

    @property
    def difference(self) -> Difference:
        """How it differs; borders and measures may do so in any case."""
        if self.before is None:
            return Difference.GAINED
        if self.after is None:
            return Difference.LOST
        if self.before.exercise is not self.after.exercise:
            return Difference.RENAMED
        if _counts(self.before) != _counts(self.after):
            return Difference.RECOUNTED
        return Difference.SAME

    @property
    def start(self) -> float:
        """Where it begins, in samples of the stream."""
        return min(one.start for one in (self.before, self.after) if one is not None)


def paired(before: Sequence[ExerciseSet], after: Sequence[ExerciseSet]) -> list[SetPair]:
    """Return the sets of both in order of time; those that share most of their time are one."""
    shares = sorted(
        (
            (_shared(one, other), i, j)
            for i, one in enumerate(before)
            for j, other in enumerate(after)
            if one.start <= other.end and other.start <= one.end
        ),
        key=lambda share: (-share[0], share[1:]),
    )
    partner: dict[int, int] = {}
    for share, i, j in shares:
        if share >= SAME_SET and i not in partner and j not in partner.values():
            partner[i] = j
    pairs = [
        SetPair(one, after[partner[i]] if i in partner else None) for i, one in enumerate(before)
    ]
    taken = set(partner.values())
    pairs += [SetPair(None, one) for j, one in enumerate(after) if j not in taken]
    return sorted(pairs, key=lambda pair: pair.start)


def _shared(one: ExerciseSet, other: ExerciseSet) -> float:
    common = min(one.end, other.end) - max(one.start, other.start)
    longest = max(one.end - one.start, other.end - other.start)
    return common / longest if longest else 1.0


def _counts(one: ExerciseSet) -> tuple[int, int]:
    return len(one.repetitions), len(one.holds)
