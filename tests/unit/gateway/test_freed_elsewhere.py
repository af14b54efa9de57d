"""What is with another gateway is awaited, then settled by the server's word or given up."""

from lumbar_gateway.freed_elsewhere import FreedElsewhere
from lumbar_gateway.messages import IndexRanges


def test_what_is_noted_is_awaited_and_keeps_its_first_time() -> None:
    freed = FreedElsewhere()
    freed.note(1, 0, 100, at_s=10.0)
    freed.note(1, 50, 150, at_s=20.0)
    assert freed.ranges(1) == IndexRanges([(0, 150)])
    assert list(freed.overdue(1, 9.0)) == []
    assert list(freed.overdue(1, 10.0)) == [(0, 100)]
    assert sorted(freed.overdue(1, 20.0)) == [(0, 100), (100, 150)]
    assert list(freed.overdue(2, 99.0)) == []


def test_what_is_settled_is_awaited_no_longer_and_the_rest_keeps_its_time() -> None:
    freed = FreedElsewhere()
    freed.note(1, 0, 100, at_s=10.0)
    freed.settle(1, IndexRanges([(20, 60)]))
    assert freed.ranges(1) == IndexRanges([(0, 20), (60, 100)])
    assert sorted(freed.overdue(1, 10.0)) == [(0, 20), (60, 100)]
    freed.settle(1, IndexRanges([(0, 100)]))
    assert freed.ranges(1).count == 0
