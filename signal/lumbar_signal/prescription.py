"""What the wearer set out to do, and when: a prior that is a function of time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from lumbar_signal.events import Exercise

_NOTHING = frozenset[Exercise]()


@dataclass(frozen=True, slots=True)
class Prescription:
    """Which exercise was prescribed from which sample on; nothing before the first.

    Parameters
    ----------
    changes
        Sample index and exercise, or ``None`` where nothing is prescribed from there on.

    Raises
    ------
    ValueError
        For indices that are below 0 or do not increase.
    """

    changes: tuple[tuple[int, Exercise | None], ...] = ()

    def __post_init__(self) -> None:
        firsts = [first for first, _ in self.changes]
        if any(first < 0 for first in firsts) or any(a >= b for a, b in pairwise(firsts)):
            raise ValueError(f"prescribed from samples {firsts}: need indices of 0 or more, rising")

    @classmethod
    def throughout(cls, exercise: Exercise | None) -> Prescription:
        """Return one exercise for all of a recording; for ``None`` nothing is prescribed."""
        return cls() if exercise is None else cls(((0, exercise),))

    def during(self, start: float, end: float) -> frozenset[Exercise]:
        """Return what was prescribed at any time from ``start`` to ``end``.

        Nobody begins with the voice that tells to, nor stops with it.
        """
        if not self.changes:
            return _NOTHING
        place = bisect_right(self.changes, start, key=_first)
        found = self.changes[max(0, place - 1) : bisect_right(self.changes, end, key=_first)]
        return frozenset(exercise for _, exercise in found if exercise is not None)

    def until(self, index: int) -> Prescription:
        """Return what was prescribed before a sample: all that results up to there depend on."""
        return Prescription(self.changes[: bisect_right(self.changes, index - 1, key=_first)])


def _first(change: tuple[int, Exercise | None]) -> int:
    return change[0]


NOTHING_PRESCRIBED = Prescription()
