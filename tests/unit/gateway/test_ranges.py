"""Index ranges against a plain set of integers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import IndexRanges

spans = st.tuples(st.integers(0, 60), st.integers(1, 15)).map(lambda s: (s[0], s[0] + s[1]))
range_lists = st.lists(spans, max_size=12)


def indices(ranges: list[tuple[int, int]]) -> set[int]:
    return {i for start, end in ranges for i in range(start, end)}


@given(range_lists)
def test_same_indices_as_a_set_sorted_and_disjoint(added: list[tuple[int, int]]) -> None:
    ranges = IndexRanges(added)
    pairs = list(ranges)
    assert indices(pairs) == indices(added)
    assert ranges.count == len(indices(added))
    assert ranges.end == max(indices(added), default=-1) + 1
    assert len(ranges) == len(pairs)
    assert all(end < start for (_, end), (start, _) in pairwise(pairs))


@given(range_lists, spans)
def test_missing_and_overlap_divide_a_span(
    added: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    ranges, wanted = IndexRanges(added), set(range(*span))
    missing, overlap = ranges.missing(*span), ranges.overlap(*span)
    assert indices(missing) == wanted - indices(added)
    assert indices(overlap) == wanted & indices(added)
    assert ranges.covers(*span) == (not missing)
    assert all(start < end for start, end in missing + overlap)


@given(range_lists, st.integers(0, 70))
def test_contiguous_end_is_the_first_index_not_in_the_set(
    added: list[tuple[int, int]], start: int
) -> None:
    end = IndexRanges(added).contiguous_end(start)
    assert end >= start
    assert end not in indices(added)
    assert set(range(start, end)) <= indices(added)


@given(range_lists, range_lists)
def test_copies_are_independent(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    ranges = IndexRanges(first)
    copy = ranges.copy()
    copy.update(second)
    assert ranges == IndexRanges(first)
    assert copy == IndexRanges(first + second)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5)])
def test_impossible_range_is_refused(start: int, end: int) -> None:
    with pytest.raises(MessageError, match="0 <= start < end"):
        IndexRanges().add(start, end)
