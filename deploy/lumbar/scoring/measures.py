"""The forms a figure can have; one without anything to measure is None with n = 0."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``n``, with a 95 % interval over bodies (None where fewer than two have any)."""

    value: float | None
    low: float | None
    high: float | None
    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value made from ``n`` things, with a 95 % interval over bodies where there is one."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Signed errors: median; and median and 95th percentile of their magnitudes."""

    median: float | None
    median_abs: float | None
    p95_abs: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Rate:
    """``n`` events in ``hours``, and the highest rate that so few still fit."""

    per_hour: float | None
    at_most_per_hour: float | None  # one-sided 95 % Poisson bound
    n: int
    hours: float


def spread(errors: Iterable[float | None]) -> Spread:
    """Summarise errors, passing over those that are None."""
    known = np.array([one for one in errors if one is not None])
    if not len(known):
        return Spread(None, None, None, 0)
    sizes = np.abs(known)
    return Spread(
        median=float(np.median(known)),
        median_abs=float(np.median(sizes)),
        p95_abs=float(np.percentile(sizes, 95)),
        n=len(known),
    )


def rate(n: int, hours: float) -> Rate:
    """Return events per hour."""
    if hours <= 0:
        return Rate(None, None, n, 0.0)
    return Rate(n / hours, poisson_upper(n) / hours, n, hours)


def poisson_upper(n: int, miss: float = 0.05) -> float:
    """Return the mean at which ``n`` or fewer events have probability ``miss`` (Garwood 1936)."""
    low, high = float(n), 2.0 * n + 20.0
    while high - low > 1e-9 * high:
        mean = (low + high) / 2
        logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(n + 1))
        low, high = (mean, high) if sum(map(math.exp, logs)) > miss else (low, mean)
    return high
