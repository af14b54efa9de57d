"""A stretch of time, and how two of them are taken for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

# Half: the usual threshold of event-based scoring, and the least that makes a match unique.
MIN_OVERLAP = 0.5

Seconds = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start_s`` to ``end_s``, on the trace's own clock; raises ``ValueError`` backwards."""

    start_s: Seconds
    end_s: Seconds

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise ValueError(f"end_s {self.end_s:g} is before start_s {self.start_s:g}")

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s

    @property
    def middle_s(self) -> float:
        """The time half-way through."""
        return (self.start_s + self.end_s) / 2

    def contains(self, time_s: float) -> bool:
        """Tell whether a time lies in it."""
        return self.start_s <= time_s < self.end_s

    def common_s(self, other: Span) -> float:
        """Return how long both last at once."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


def match(true: Sequence[Span], found: Sequence[Span]) -> list[tuple[int, int]]:
    """Pair what was done with what was found, one to one.

    Two spans can be a pair where their intersection is at least ``MIN_OVERLAP`` of their union.
    Best overlap first is an optimal assignment as long as true spans do not overlap each other:

    Were a found span F paired with two true ones T and U, each would share at least half of its
    union with F, so at least half of F. T and U being apart, both shares are exactly half of F,
    and T and U are its two halves. That exact tie aside, a found span has one true span it can be
    paired with, so each true span takes the best of its own and no choice takes another's away.

    Parameters
    ----------
    true, found
        In any order. ``true`` may not overlap each other; ``found`` may.

    Returns
    -------
    list
        Positions in ``true`` and ``found``, in the order of ``true``.
    """
    overlap = _intersection_over_union(true, found)
    candidates = np.argwhere(overlap >= MIN_OVERLAP)
    best_first = sorted(candidates.tolist(), key=lambda pair: -overlap[pair[0], pair[1]])
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in best_first:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return sorted(pairs.items())


def _intersection_over_union(true: Sequence[Span], found: Sequence[Span]) -> NDArray[np.float64]:
    """Return shape (len(true), len(found)); 0 where both last no time."""
    t = _borders_s(true)[:, np.newaxis]
    f = _borders_s(found)[np.newaxis]
    common_s = np.maximum(np.minimum(t[..., 1], f[..., 1]) - np.maximum(t[..., 0], f[..., 0]), 0.0)
    union_s = (t[..., 1] - t[..., 0]) + (f[..., 1] - f[..., 0]) - common_s
    overlap: NDArray[np.float64] = np.zeros_like(common_s)
    np.divide(common_s, union_s, out=overlap, where=union_s > 0)
    return overlap


def _borders_s(spans: Sequence[Span]) -> NDArray[np.float64]:
    """Return starts and ends, shape (n, 2)."""
    return np.array([(one.start_s, one.end_s) for one in spans], np.float64).reshape(-1, 2)
