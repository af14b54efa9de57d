"""How likely a measured movement or stay is under each row of the table: independent normals."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.elementary import HALF_LN_2PI, ln, log_densities
from lumbar_signal.emission_table import (
    BOWS,
    MOVEMENTS,
    STAYS,
    MovementRow,
    Name,
    Normal,
    StayRow,
)
from lumbar_signal.events import Exercise, Movement, Stay

Scaled = tuple[tuple[float, float, float], ...]  # mean, variance, log density at the mean

# A feature costs at most that of a deviation of 4 in a movement, where one may always be off, of 8
# in a stay.
FARTHEST_MOVEMENT, FARTHEST_STAY = 9.0, 32.0
HEAVE_SHARE = 0.045  # of the converter's noise in 3 to 12 Hz, on three axes: 1.2 Hz on one
HEAVE_LEAK = 0.0015  # of the tremor's energy in 3 to 12 Hz: what gravity's filter lets through
HEAVE_FREE = 0.2  # degrees of freedom in a tick of what is near 1 Hz
UNSEEN = (2.0, 5.0)  # so wide that every row is alike
SIDE_TICKS = 100.0  # a bird dog turns from one side to the other about every 8 s
ASKEW = 0.2  # lateral share that a belt turned by 12 deg shows where no bow has told it
LENGTH_SHARE = 0.35  # of a change from base to peak and back: its standard deviation
CALM_G = 0.003  # breath and sway: what is left of less, noise taken out, tells nothing
LIFT_ERROR_M = 0.005  # of integrating twice what is no pure rise


def movement_features(movement: Movement) -> tuple[Normal, ...]:
    """Return each feature of a movement, in the order of `MovementRow`, with its own error."""
    range_deg = max(movement.range_deg, 0.5)
    ln_duration = ln(max(movement.duration_s, 0.1))
    lift_m = 0.5 * (movement.rise_m + movement.fall_m)
    lift_error_m = LIFT_ERROR_M + movement.lift_error_m
    accel_error = LENGTH_SHARE * movement.length_error_g / (movement.accel_g + 0.001)
    return (
        (movement.base_deg, 0.0),
        (ln(range_deg), 0.0),
        (ln_duration, 0.0),
        (100.0 * lift_m, 100.0 * lift_error_m),
        (ln(1000.0 * movement.accel_g + 1.0) + ln_duration, accel_error),
        (movement.end_offset, 0.0),
        (abs(movement.rolled_deg) / range_deg, ASKEW if movement.calibrating else 0.0),
        (movement.top_s / max(movement.duration_s, 0.1), 0.0),
        (_ln_unrest(movement), 0.0) if movement.unrest_g >= 0.0 else UNSEEN,
    )


def _ln_unrest(movement: Movement) -> float:
    return ln(1000.0 * max(movement.unrest_g, CALM_G) + 2.0)


def stay_features(stay: Stay) -> tuple[Normal, ...]:
    """Return each feature of a stay, in the order of `StayRow`, with its own error."""
    ticks = max(stay.shake_ticks, 1.0)
    error_g2 = stay.shake_g2 * (2.0 / (4.0 * ticks)) ** 0.5 + 0.1 * stay.noise_g2
    effort_g = max(0.0, stay.shake_g2 - stay.noise_g2) ** 0.5
    doubt = error_g2**0.5 / (effort_g + error_g2**0.5 + 0.002)
    leak_g2 = HEAVE_SHARE * stay.noise_g2 + HEAVE_LEAK * effort_g * effort_g
    heave_g = max(0.0, stay.heave_g * stay.heave_g - leak_g2) ** 0.5
    leak_error_g = (leak_g2 * (0.1 + (2.0 / (HEAVE_FREE * ticks)) ** 0.5)) ** 0.5
    return (
        (stay.sagittal_deg, 0.0),
        (stay.lateral_deg, 0.0),
        (ln(1000.0 * effort_g + 2.0), doubt),
        (ln(1000.0 * heave_g + 0.5), leak_error_g / (heave_g + leak_error_g + 0.0005)),
        (ln((max(0.0, stay.turns - 1.0) + 0.5) / (ticks / SIDE_TICKS + 0.5)), 0.0),
        (ln(1000.0 * stay.entry_g + 2.0), 0.0) if stay.entry_g >= 0.0 else UNSEEN,
    )


def log_density(features: Iterable[Normal], normals: Iterable[Normal]) -> float:
    """Return the log density of features with errors under independent normals."""
    return _log_densities(features, np.array([_scaled(normals)]), FARTHEST_STAY)[0]


def _scaled(normals: Iterable[Normal]) -> Scaled:
    """Return mean, variance and the logarithm of the density at the mean of each normal."""
    return tuple((mean, sd * sd, -HALF_LN_2PI - ln(sd)) for mean, sd in normals)


def _log_densities(
    features: Iterable[Normal], rows: NDArray[np.float64], farthest: float
) -> list[float]:
    found: list[float] = log_densities(np.array(features), rows, farthest).tolist()
    return found


def _row(row: MovementRow | StayRow) -> Scaled:
    names = [name for name in row.__slots__ if name not in ("exercise", "lanes")]
    return _scaled(getattr(row, name) for name in names)


def _of_lane(lane: int) -> tuple[list[Name], NDArray[np.float64]]:
    rows = [row for row in MOVEMENTS if lane in row.lanes]
    return [row.exercise for row in rows], np.array([_row(row) for row in rows])


_BY_LANE = {lane: _of_lane(lane) for row in MOVEMENTS for lane in row.lanes}
NAMES = tuple(dict.fromkeys(one.exercise for one in MOVEMENTS))
_STAY_ROWS = np.array([_row(row) for row in STAYS])


def movement_likelihoods(movement: Movement) -> dict[Name, float]:
    """Return the log density of a movement under every row of its lane."""
    names, rows = _BY_LANE[movement.lane]
    densities = _log_densities(movement_features(movement), rows, FARTHEST_MOVEMENT)
    found: dict[Name, float] = {}
    for name, density in zip(names, densities, strict=True):
        found[name] = max(density, found.get(name, density))
    if not movement.calibrating:
        found.pop(BOWS, None)
    return found


def stay_likelihoods(stay: Stay) -> dict[Exercise | None, float]:
    """Return the log density of a stay under every exercise that is held, and under none."""
    densities = _log_densities(stay_features(stay), _STAY_ROWS, FARTHEST_STAY)
    found: dict[Exercise | None, float] = {}
    for row, density in zip(STAYS, densities, strict=True):
        found[row.exercise] = max(density, found.get(row.exercise, density))
    return found
