"""Sets of sample indices, kept as sorted, disjoint, half-open ranges."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from lumbar_gateway.errors import MessageError


class IndexRanges:
    """A set of non-negative integers as half-open ranges, e.g. ``[0, 500) [700, 900)``."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in ranges:
            self.add(start, end)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self._starts, self._ends, strict=True))

    def __len__(self) -> int:
        """Return the number of ranges; for indices see ``count``."""
        return len(self._starts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexRanges) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"IndexRanges({list(self)})"

    @property
    def count(self) -> int:
        """Number of indices in the set."""
        return sum(end - start for start, end in self)

    @property
    def end(self) -> int:
        """One past the largest index; 0 for the empty set."""
        return self._ends[-1] if self._ends else 0

    def copy(self) -> IndexRanges:
        """Return an independent copy."""
        twin = IndexRanges()
        twin._starts, twin._ends = self._starts.copy(), self._ends.copy()
        return twin

    def add(self, start: int, end: int) -> tuple[list[int], tuple[int, int]]:
        """Add the indices from ``start`` up to, not including, ``end``.

        Returns where the ranges began that were replaced, and the one in their place.
        """
        if not 0 <= start < end:
            raise MessageError(f"range [{start}, {end}): needs 0 <= start < end")
        if self._ends and start == self._ends[-1]:  # as nearly always: what comes live
            self._ends[-1] = end
            return [self._starts[-1]], (self._starts[-1], end)
        first = bisect_left(self._ends, start)  # the first range that touches or follows
        last = bisect_right(self._starts, end)  # one past the last range that touches
        if first < last:
            start = min(start, self._starts[first])
            end = max(end, self._ends[last - 1])
        replaced = self._starts[first:last]
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]
        return replaced, (start, end)

    def remove(self, start: int, end: int) -> None:
        """Take the indices from ``start`` up to, not including, ``end`` out of the set."""
        kept = [*self.overlap(0, start), *self.overlap(end, max(end, self.end))]
        self._starts = [first for first, _ in kept]
        self._ends = [last for _, last in kept]

    def update(self, other: Iterable[tuple[int, int]]) -> None:
        """Add every range of ``other``."""
        for start, end in other:
            self.add(start, end)

    def covers(self, start: int, end: int) -> bool:
        """Tell whether every index in ``[start, end)`` is in the set."""
        at = bisect_right(self._starts, start) - 1
        return start >= end or (at >= 0 and end <= self._ends[at])

    def missing(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the parts of ``[start, end)`` that are not in the set."""
        holes = []
        at = start
        for i in range(bisect_right(self._ends, start), len(self._starts)):
            if self._starts[i] >= end:
                break
            if self._starts[i] > at:
                holes.append((at, self._starts[i]))
            at = self._ends[i]
        if at < end:
            holes.append((at, end))
        return holes

    def less(self, other: IndexRanges) -> IndexRanges:
        """Return what is in this set and not in ``other``."""
        return IndexRanges(hole for start, end in self for hole in other.missing(start, end))

    def overlap(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the parts of ``[start, end)`` that are in the set."""
        parts = []
        for i in range(bisect_right(self._ends, start), len(self._starts)):
            if self._starts[i] >= end:
                break
            parts.append((max(start, self._starts[i]), min(end, self._ends[i])))
        return parts

    def contiguous_end(self, start: int = 0) -> int:
        """Return where the unbroken run that begins at ``start`` ends (``start`` if none)."""
        at = bisect_right(self._starts, start) - 1
        return max(start, self._ends[at]) if at >= 0 else start
