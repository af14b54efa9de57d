"""Logarithm and exponential by plain arithmetic, beside the mathematics library's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_signal.elementary import exp, ln, logistic


@given(st.floats(1e-300, 1e300))
def test_the_logarithm_is_that_of_the_library(x: float) -> None:
    assert ln(x) == pytest.approx(math.log(x), rel=1e-12, abs=1e-12)


@given(st.floats(-700.0, 700.0))
def test_the_exponential_is_that_of_the_library(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-12)


@given(st.floats(-50.0, 50.0))
def test_the_logistic_turns_log_odds_into_a_probability(x: float) -> None:
    assert logistic(x) == pytest.approx(1.0 / (1.0 + math.exp(-x)), rel=1e-12)
    assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=1e-12)


def test_the_logistic_of_any_odds_is_a_probability() -> None:
    assert 0.0 < logistic(-1e9) < 1e-20
    assert logistic(1e9) == pytest.approx(1.0)
