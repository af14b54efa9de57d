"""How likely a measured movement or stay is under each exercise: independent normal features.

A row is an exercise: mean and standard deviation of every feature. Means come from a humanoid
model posed by contacts (reference simulation) unless noted; deviations are as wide as bodies,
tempos and half-done repetitions differ. Adding an exercise means adding a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lumbar_signal.elementary import ln
from lumbar_signal.events import Exercise, Movement, Stay
from lumbar_signal.exercises import BEND, FACE_DOWN, ON_BACK, ROLL_UP, TO_LEFT, TO_RIGHT

Name = Exercise | str | None  # what a movement is called inside: bows and none are no exercise
Normal = tuple[float, float]  # mean, standard deviation
Scaled = tuple[tuple[float, float, float], ...]  # mean, variance, log density at the mean
HALF_LN_2PI = 0.9189385332046727
# A feature costs at most that of a deviation of 4 in a movement, where one may always be off, of 8
# in a stay.
FARTHEST_MOVEMENT, FARTHEST_STAY = 9.0, 32.0


ANY_UNREST = (2.0, 2.0)  # tells nothing: the way down to the floor is full of jolts
BOWS = "bows"


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One way in which gravity goes out and comes back."""

    exercise: Name  # None for movements that are no exercise
    lanes: tuple[int, ...]
    base_deg: Normal
    ln_range: Normal  # degrees
    ln_duration: Normal  # seconds
    lift_cm_per_deg: Normal
    ln_accel: Normal  # mg, one added
    end_offset: Normal
    rolled: Normal  # lateral share of the range
    plateau: Normal  # share of the duration above 90 %
    ln_unrest: Normal = ANY_UNREST  # mg just before, two added


@dataclass(frozen=True, slots=True)
class StayRow:
    """One way of staying where one is."""

    exercise: Exercise | None
    sagittal_deg: Normal
    lateral_deg: Normal
    ln_effort: Normal  # mg of tremor beyond rest, two added
    ln_heave: Normal  # mg
    ln_turns: Normal  # turns against those of a bird dog
    ln_entry: Normal = (2.6, 1.0)  # mg in the seconds before, two added


MOVEMENTS: tuple[MovementRow, ...] = (
    # 25 deg, and the pelvis rises by 22 cm
    MovementRow(
        Exercise.GLUTE_BRIDGE,
        (ON_BACK,),
        (-96.0, 10.0),
        (3.2, 0.4),
        (1.45, 0.75),
        (0.88, 0.35),
        (3.3, 0.9),
        (0.02, 0.12),
        (0.0, 0.15),
        (0.4, 0.15),
    ),
    # 12 deg without a rise
    MovementRow(
        Exercise.PELVIC_TILT,
        (ON_BACK,),
        (-96.0, 10.0),
        (2.45, 0.35),
        (1.55, 0.55),
        (0.0, 0.12),
        (0.9, 0.6),
        (0.0, 0.12),
        (0.0, 0.12),
        (0.4, 0.12),
    ),
    # 17 deg without a rise
    MovementRow(
        Exercise.KNEES_TO_CHEST,
        (ON_BACK,),
        (-96.0, 10.0),
        (3.0, 0.4),
        (1.85, 0.5),
        (0.0, 0.1),
        (1.2, 0.6),
        (0.0, 0.12),
        (0.0, 0.12),
        (0.44, 0.12),
    ),
    # 27 deg, smooth, no rest at either end, next to no acceleration
    MovementRow(
        Exercise.CAT_COW,
        (FACE_DOWN,),
        (91.0, 10.0),
        (3.3, 0.4),
        (1.6, 0.5),
        (0.05, 0.15),
        (1.75, 0.45),
        (0.0, 0.08),
        (0.0, 0.08),
        (0.3, 0.06),
    ),
    # 57 deg and straight back to upright
    MovementRow(
        Exercise.MODIFIED_DEADLIFT,
        (BEND,),
        (0.0, 8.0),
        (4.0, 0.3),
        (1.15, 0.55),
        (0.0, 0.12),
        (2.5, 0.8),
        (0.0, 0.06),
        (0.0, 0.06),
        (0.34, 0.12),
        (1.7, 0.7),
    ),
    # as asked for calibration, three and no more
    MovementRow(
        BOWS,
        (BEND,),
        (0.0, 8.0),
        (4.0, 0.3),
        (0.8, 0.4),
        (0.0, 0.12),
        (2.35, 0.6),
        (0.0, 0.06),
        (0.0, 0.05),
        (0.34, 0.1),
        (1.6, 0.6),
    ),
    # steps to alternating sides
    MovementRow(
        Exercise.BIRD_DOG,
        (TO_RIGHT, TO_LEFT),
        (0.0, 5.0),
        (1.65, 0.4),
        (1.95, 0.6),
        (0.0, 0.8),
        (1.75, 0.45),
        (0.1, 0.2),
        (0.9, 0.15),
        (0.15, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (ON_BACK,),
        (-96.0, 25.0),
        (3.3, 0.9),
        (1.1, 0.7),
        (0.0, 1.2),
        (3.0, 1.2),
        (0.0, 0.1),
        (0.0, 0.15),
        (0.35, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (ROLL_UP,),
        (-97.0, 7.0),
        (4.2, 0.35),
        (1.1, 0.7),
        (0.0, 0.6),
        (3.0, 1.2),
        (0.0, 0.1),
        (0.0, 0.15),
        (0.35, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (FACE_DOWN,),
        (80.0, 20.0),
        (3.0, 0.7),
        (1.1, 0.7),
        (0.0, 1.5),
        (3.0, 1.2),
        (0.0, 0.1),
        (0.0, 0.15),
        (0.35, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (BEND,),
        (0.0, 12.0),
        (3.0, 0.6),
        (1.1, 0.5),
        (-2.0, 1.5),
        (3.6, 0.8),
        (0.0, 0.08),
        (0.0, 0.12),
        (0.3, 0.12),
        (1.8, 0.8),
    ),
    MovementRow(
        None,
        (ON_BACK, ROLL_UP, FACE_DOWN),
        (0.0, 90.0),
        (2.6, 0.9),
        (1.8, 1.2),
        (0.0, 2.0),
        (2.5, 1.3),
        (0.15, 0.35),
        (0.0, 0.5),
        (0.4, 0.3),
    ),
    MovementRow(
        None,
        (BEND,),
        (0.0, 20.0),
        (3.2, 0.6),
        (1.0, 1.0),
        (0.0, 1.0),
        (3.4, 1.2),
        (0.12, 0.2),
        (0.0, 0.25),
        (0.35, 0.2),
        (3.3, 1.3),
    ),
    MovementRow(
        None,
        (TO_RIGHT, TO_LEFT),
        (0.0, 8.0),
        (2.0, 0.9),
        (1.8, 1.2),
        (0.0, 3.0),
        (2.5, 1.3),
        (0.25, 0.35),
        (0.5, 0.5),
        (0.25, 0.25),
    ),
)

STAYS: tuple[StayRow, ...] = (
    StayRow(
        Exercise.FOREARM_PLANK,
        (84.0, 9.0),
        (0.0, 9.0),
        (3.5, 0.7),
        (0.6, 0.95),
        (-1.6, 0.7),
        (4.0, 0.8),
    ),
    StayRow(
        Exercise.WALL_PLANK,
        (24.0, 10.0),
        (0.0, 6.0),
        (2.8, 0.55),
        (-0.2, 0.7),
        (-1.6, 0.6),
        (3.2, 0.75),
    ),
    StayRow(
        Exercise.BIRD_DOG,
        (78.0, 8.0),
        (0.0, 9.0),
        (2.7, 0.45),
        (0.7, 0.8),
        (-0.2, 0.8),
        (3.0, 1.1),
    ),
    StayRow(
        Exercise.SEATED_HAMSTRING_STRETCH,
        (30.0, 9.0),
        (0.0, 5.0),
        (1.4, 0.35),
        (-0.5, 0.6),
        (-1.8, 0.5),
        (1.8, 0.7),
    ),
    # at rest: lying face down or on all fours, sitting or standing at something, anywhere
    StayRow(
        None,
        (86.0, 9.0),
        (0.0, 7.0),
        (1.2, 0.35),
        (-0.3, 0.75),
        (-1.8, 0.9),
        (3.2, 1.3),
    ),
    StayRow(
        None,
        (11.0, 10.0),
        (0.0, 6.0),
        (1.1, 0.35),
        (-0.3, 0.8),
        (-1.5, 0.9),
        (2.8, 1.1),
    ),
    StayRow(
        None,
        (60.0, 60.0),
        (0.0, 20.0),
        (1.1, 0.4),
        (-0.3, 0.8),
        (-1.5, 1.0),
        (2.7, 1.2),
    ),
    # busy with something
    StayRow(
        None,
        (45.0, 35.0),
        (0.0, 12.0),
        (3.1, 0.8),
        (2.25, 0.5),
        (0.2, 1.5),
        (3.2, 1.0),
    ),
)

# What a stay alone makes a set of; a bird dog is counted by its steps.
HELD = (
    Exercise.FOREARM_PLANK,
    Exercise.WALL_PLANK,
    Exercise.SEATED_HAMSTRING_STRETCH,
)


def movement_features(movement: Movement) -> tuple[Normal, ...]:
    """Return each feature of a movement, in the order of `MovementRow`, with its own error."""
    range_deg = max(movement.range_deg, 0.5)
    lift_m = 0.5 * (movement.rise_m + movement.fall_m)
    drift_m = LIFT_DRIFT_M_S2 * (0.5 * (movement.out_s + movement.back_s)) ** 2
    lift_error_m = LIFT_ERROR_M + drift_m + 0.7 * movement.lift_error_m
    return (
        (movement.base_deg, 0.0),
        (ln(range_deg), 0.0),
        (ln(max(movement.duration_s, 0.1)), 0.0),
        (100.0 * lift_m / range_deg, 100.0 * lift_error_m / range_deg),
        (ln(1000.0 * movement.accel_g + 1.0), 0.0),
        (movement.end_offset, 0.0),
        (abs(movement.rolled_deg) / range_deg, ASKEW if movement.calibrating else 0.0),
        (movement.top_s / max(movement.duration_s, 0.1), 0.0),
        (ln(1000.0 * movement.unrest_g + 2.0), 0.0) if movement.unrest_g >= 0.0 else UNSEEN,
    )


HEAVE_SHARE = 0.045  # of the converter's noise in 3 to 12 Hz, on three axes: 1.2 Hz on one
HEAVE_LEAK = 0.0015  # of the tremor's energy in 3 to 12 Hz: what gravity's filter lets through
HEAVE_FREE = 0.2  # degrees of freedom in a tick of what is near 1 Hz
UNSEEN = (2.0, 5.0)  # so wide that every row is alike
SIDE_TICKS = 100.0  # a bird dog turns from one side to the other about every 8 s
ASKEW = 0.2  # lateral share that a belt turned by 12 deg shows where no bow has told it
LIFT_DRIFT_M_S2 = 0.001  # by half a mg of the sensor's error that come with the turn
LIFT_ERROR_M = 0.005  # of integrating twice what is no pure rise


def stay_features(stay: Stay) -> tuple[Normal, ...]:
    """Return each feature of a stay, in the order of `StayRow`, with its own error."""
    ticks = max(stay.shake_ticks, 1.0)
    error_g2 = stay.shake_g2 * (2.0 / (4.0 * ticks)) ** 0.5 + 0.05 * stay.noise_g2
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
    return _log_density(features, _scaled(normals), FARTHEST_STAY)


def _scaled(normals: Iterable[Normal]) -> Scaled:
    """Return mean, variance and the logarithm of the density at the mean of each normal."""
    return tuple((mean, sd * sd, -HALF_LN_2PI - ln(sd)) for mean, sd in normals)


def _log_density(features: Iterable[Normal], scaled: Scaled, farthest: float) -> float:
    total = 0.0
    for (value, error), (mean, variance, most) in zip(features, scaled, strict=True):
        if error:
            variance += error * error
            most = -HALF_LN_2PI - 0.5 * ln(variance)
        off = value - mean
        cost = 0.5 * off * off / variance
        total += most - (cost if cost < farthest else farthest)
    return total


def _row(row: MovementRow | StayRow) -> Scaled:
    names = [name for name in row.__slots__ if name not in ("exercise", "lanes")]
    return _scaled(getattr(row, name) for name in names)


_BY_LANE: dict[int, list[tuple[Name, Scaled]]] = {}
for _one in MOVEMENTS:
    for _lane in _one.lanes:
        _BY_LANE.setdefault(_lane, []).append((_one.exercise, _row(_one)))
NAMES = tuple(dict.fromkeys(one.exercise for one in MOVEMENTS))
_STAYS = [(_held.exercise, _row(_held)) for _held in STAYS]


def movement_likelihoods(movement: Movement) -> dict[Name, float]:
    """Return the log density of a movement under every row of its lane."""
    features = movement_features(movement)
    return {
        name: _log_density(features, scaled, FARTHEST_MOVEMENT)
        for name, scaled in _BY_LANE[movement.lane]
        if name != BOWS or movement.calibrating
    }


def stay_likelihoods(stay: Stay) -> dict[Exercise | None, float]:
    """Return the log density of a stay under every exercise that is held, and under none."""
    features = stay_features(stay)
    found: dict[Exercise | None, float] = {}
    for exercise, scaled in _STAYS:
        density = _log_density(features, scaled, FARTHEST_STAY)
        found[exercise] = max(density, found.get(exercise, density))
    return found
