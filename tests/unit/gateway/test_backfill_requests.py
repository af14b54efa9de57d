"""Which part of the log is asked for next."""

from hypothesis import given
from hypothesis import strategies as st

from lumbar_gateway.backfill import MOST_ASKED, next_request
from lumbar_gateway.messages import IndexRanges


def test_nothing_is_asked_where_nothing_is_missing() -> None:
    assert next_request(IndexRanges([(0, 100)]), 100) is None
    assert next_request(IndexRanges(), 0) is None


def test_first_hole_comes_first() -> None:
    assert next_request(IndexRanges([(0, 10), (20, 1000)]), 1100) == (10, 20)


def test_holes_within_a_block_are_asked_for_together() -> None:
    settled = IndexRanges([(0, 10), (20, 30), (40, 500)])
    assert next_request(settled, 600) == (10, 40)


def test_requests_are_bounded() -> None:
    assert next_request(IndexRanges(), 10**6) == (0, MOST_ASKED)


spans = st.tuples(st.integers(0, 5000), st.integers(1, 400)).map(lambda s: (s[0], s[0] + s[1]))


@given(st.lists(spans, max_size=20), st.integers(0, 6000))
def test_asking_until_nothing_is_missing_ends(settled: list[tuple[int, int]], end: int) -> None:
    ranges = IndexRanges(settled)
    asked = 0
    while (request := next_request(ranges, end)) is not None:
        assert 0 <= request[0] < request[1] <= end
        assert request[1] - request[0] <= MOST_ASKED
        missing = sum(b - a for a, b in ranges.missing(*request))
        assert missing > 0
        ranges.add(*request)
        asked += 1
    assert ranges.covers(0, end)
    assert asked <= len(settled) + end // MOST_ASKED + 1
