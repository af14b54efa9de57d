import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar.scoring.span import MIN_OVERLAP, Span, match

Borders = st.lists(st.integers(0, 24), min_size=0, max_size=8, unique=True).map(sorted)


def apart(borders: list[int]) -> list[Span]:
    """Spans that do not overlap, some of them touching."""
    return [Span(a, b) for a, b in itertools.pairwise(borders)][:: 1 if len(borders) % 2 else 2]


def overlap(a: Span, b: Span) -> float:
    common_s = a.common_s(b)
    union_s = a.length_s + b.length_s - common_s
    return common_s / union_s if union_s else 0.0


def most_pairs(true: list[Span], found: list[Span]) -> int:
    """Return the size of the largest one-to-one assignment, by trying them all."""
    if not true:
        return 0
    first, rest = true[0], true[1:]
    best = most_pairs(rest, found)
    for j, one in enumerate(found):
        if overlap(first, one) >= MIN_OVERLAP:
            best = max(best, 1 + most_pairs(rest, found[:j] + found[j + 1 :]))
    return best


@given(Borders, Borders)
def test_no_assignment_pairs_more(true_borders: list[int], found_borders: list[int]) -> None:
    true, found = apart(true_borders), apart(found_borders)
    pairs = match(true, found)
    assert len(pairs) == most_pairs(true, found)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(overlap(true[i], found[j]) >= MIN_OVERLAP for i, j in pairs)


@given(Borders, Borders)
def test_more_than_half_in_common_leaves_one_choice(
    true_borders: list[int], found_borders: list[int]
) -> None:
    true, found = apart(true_borders), apart(found_borders)
    close = [
        (i, j)
        for i, t in enumerate(true)
        for j, f in enumerate(found)
        if overlap(t, f) > MIN_OVERLAP
    ]
    assert len({i for i, _ in close}) == len({j for _, j in close}) == len(close)
    assert set(close) <= set(match(true, found))


def test_exact_halves_are_paired_with_one_of_them() -> None:
    assert match([Span(0, 5), Span(5, 10)], [Span(0, 10)]) == [(0, 0)]
    assert match([Span(0, 10)], [Span(0, 5), Span(5, 10)]) == [(0, 0)]


def test_the_best_of_several_found_ones_is_taken() -> None:
    assert match([Span(0, 10)], [Span(0, 6), Span(0, 9), Span(1, 8)]) == [(0, 1)]


def test_what_lasts_no_time_matches_nothing() -> None:
    assert match([Span(1, 1)], [Span(1, 1), Span(0, 2)]) == []


@pytest.mark.parametrize(("true", "found"), [([], []), ([Span(0, 1)], []), ([], [Span(0, 1)])])
def test_nothing_matches_nothing(true: list[Span], found: list[Span]) -> None:
    assert match(true, found) == []


def test_backward_span_is_refused() -> None:
    with pytest.raises(ValueError, match="end_s 1 is before start_s 2"):
        Span(2.0, 1.0)


def test_order_of_the_found_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    true = [Span(10.0 * i, 10.0 * i + 8) for i in range(20)]
    found = [Span(one.start_s + 1, one.end_s + 1) for one in true]
    order = rng.permutation(len(found))
    pairs = match(true, [found[j] for j in order])
    assert [int(order[j]) for _, j in pairs] == list(range(20))
