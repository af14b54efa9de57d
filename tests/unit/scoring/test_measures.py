import pytest

from lumbar.scoring.measures import poisson_upper, rate, spread


@pytest.mark.parametrize(
    ("n", "bound"), [(0, 2.9957), (1, 4.7439), (5, 10.513), (100, 118.079)]
)  # half the 0.95 quantile of chi-square with 2n + 2 degrees of freedom
def test_upper_bound_of_a_rate_is_garwoods(n: int, bound: float) -> None:
    assert poisson_upper(n) == pytest.approx(bound, rel=1e-3)


def test_no_event_in_many_hours_still_allows_a_small_rate() -> None:
    one = rate(0, 1000.0)
    assert (one.per_hour, one.n, one.hours) == (0.0, 0, 1000.0)
    assert one.at_most_per_hour == pytest.approx(0.003, abs=1e-5)


def test_no_hours_make_no_rate() -> None:
    one = rate(0, 0.0)
    assert (one.per_hour, one.at_most_per_hour, one.n, one.hours) == (None, None, 0, 0.0)


def test_spread_keeps_the_sign_of_the_median_and_the_size_of_the_tail() -> None:
    one = spread([-0.4, -0.1, None, -0.1, 0.0, 0.2])
    assert (one.median, one.n) == (-0.1, 5)
    assert one.p95_abs == pytest.approx(0.36)


def test_nothing_has_no_spread() -> None:
    one = spread([None])
    assert (one.median, one.p95_abs, one.n) == (None, None, 0)
