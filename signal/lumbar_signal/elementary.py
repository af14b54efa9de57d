"""Logarithm and exponential by plain arithmetic: every machine gets the same bits.

Densities stand here too: numba keeps compiled code by the text of its file, and they need ``ln``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.jit import entry, stage

LN_2 = 0.6931471805599453
HALF_LN_2PI = 0.9189385332046727
SQRT_HALF = 0.7071067811865476


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
    t = x - halvings * LN_2
    # Written out, for a loop takes three times the time.
    series = 1.0 / 3628800.0 + t * (1.0 / 39916800.0 + t * (1.0 / 479001600.0))
    series = 1.0 / 5040.0 + t * (1.0 / 40320.0 + t * (1.0 / 362880.0 + t * series))
    series = 1.0 / 24.0 + t * (1.0 / 120.0 + t * (1.0 / 720.0 + t * series))
    series = 1.0 + t * (1.0 + t * (0.5 + t * (1.0 / 6.0 + t * series)))
    return math.ldexp(series, halvings)  # exact


def logistic(x: float) -> float:
    """Return the probability whose odds are e to ``x``."""
    return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, x))))


_ln = stage(ln)


@entry
def log_densities(
    features: NDArray[np.float64], rows: NDArray[np.float64], farthest: float
) -> NDArray[np.float64]:
    """Return the log density of features under each row of independent normals, shape (k,).

    Parameters
    ----------
    features
        Shape (n, 2): a value, and the standard deviation of its own error.
    rows
        Shape (k, n, 3): mean, variance, and the log density at the mean.
    farthest
        What a feature costs at the most.
    """
    found = np.zeros(len(rows))
    for k in range(len(rows)):
        for n in range(len(features)):
            value, error = features[n, 0], features[n, 1]
            mean, variance, most = rows[k, n, 0], rows[k, n, 1], rows[k, n, 2]
            if error != 0.0:
                variance += error * error
                most = -HALF_LN_2PI - 0.5 * _ln(variance)
            off = value - mean
            cost = 0.5 * off * off / variance
            found[k] += most - (cost if cost < farthest else farthest)  # farthest where unknown
    return found
