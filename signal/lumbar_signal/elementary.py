"""Logarithm and exponential by plain arithmetic: every machine gets the same bits."""

from __future__ import annotations

import math

LN_2 = 0.6931471805599453
SQRT_HALF = 0.7071067811865476
_WHOLE = tuple(float(n) for n in range(14, 0, -1))


def ln(x: float) -> float:
    """Return the natural logarithm of a positive number, to within 1e-15 of its size."""
    mantissa, exponent = math.frexp(x)  # exact
    if mantissa < SQRT_HALF:
        mantissa, exponent = 2.0 * mantissa, exponent - 1
    t = (mantissa - 1.0) / (mantissa + 1.0)
    q = t * t
    # Written out, for a loop takes twice the time.
    series = 1.0 / 17.0 + q * (1.0 / 19.0 + q * (1.0 / 21.0 + q * (1.0 / 23.0)))
    series = 1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0 + q * (1.0 / 15.0 + q * series)))
    series = 1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * series)))
    return exponent * LN_2 + 2.0 * t * series


def exp(x: float) -> float:
    """Return e to a power between -700 and 700, to within 1e-14 of its size."""
    halvings = round(x / LN_2)
    rest = x - halvings * LN_2
    series = 1.0
    for n in _WHOLE:
        series = 1.0 + rest * series / n
    return math.ldexp(series, halvings)  # exact


def logistic(x: float) -> float:
    """Return the probability whose odds are e to ``x``."""
    return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, x))))
