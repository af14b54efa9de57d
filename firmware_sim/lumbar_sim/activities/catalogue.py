"""Every activity by name, with a dose drawn within what is prescribed or usual.

Doses of the thirteen exercises: the start and goal doses of the back programme, and the published
tempo; ranges as each exercise gives them. Doses of everyday life and of foreign exercise: chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from lumbar_sim.activities.activity import Activity
from lumbar_sim.activities.all_fours import BirdDog, CatCow
from lumbar_sim.activities.bridging import GluteBridge
from lumbar_sim.activities.drawn_faults import drawn_deviations, drawn_faults
from lumbar_sim.activities.foreign import Cobra, JumpingJacks, Lunge, PushUp, SitUp, Squat
from lumbar_sim.activities.housework import PickUp, Vacuum, Wipe
from lumbar_sim.activities.planks import ForearmPlank, WallPlank
from lumbar_sim.activities.repetitions import Tempo
from lumbar_sim.activities.resting import Linger, TurnOver
from lumbar_sim.activities.side_lying import SideLyingLegRaise
from lumbar_sim.activities.sitting import CarRide, SitDown, TieShoes
from lumbar_sim.activities.standing import ModifiedDeadlift
from lumbar_sim.activities.stretches import ChildsPose, SeatedHamstringStretch, SupineSpinalTwist
from lumbar_sim.activities.supine import DeadBug, KneesToChest, PelvicTilt
from lumbar_sim.activities.walking import Stairs, Walk
from lumbar_sim.body import Stance
from lumbar_sim.truth import Exercise

Rng = np.random.Generator


def _tempo(rng: Rng, period_s: tuple[float, float], hold: float, pause: float) -> Tempo:
    """Return a tempo whose repetition, without the pause, takes a time within the band.

    ``hold`` is the fraction of it spent at the end of the way out, ``pause`` the mean pause as a
    fraction of it.
    """
    whole_s = rng.uniform(*period_s)
    hold_s = hold * whole_s * rng.uniform(0.6, 1.4)
    out_s = (whole_s - hold_s) * rng.uniform(0.42, 0.55)
    return Tempo(out_s, hold_s, whole_s - hold_s - out_s, pause * whole_s * rng.uniform(0.4, 1.6))


def _count(rng: Rng, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def _bridge(rng: Rng) -> GluteBridge:
    tempo = _tempo(rng, (3.6, 6.0), 0.28, 0.2)
    return GluteBridge(
        _count(rng, 6, 12),
        rng.uniform(19.0, 32.0),
        tempo.out_s,
        tempo.hold_s,
        tempo.back_s,
        tempo.pause_s,
    )


def _knees(rng: Rng) -> KneesToChest:
    range_deg = rng.uniform(12.0, 26.0)
    if rng.random() < 0.4:
        tempo = _tempo(rng, (5.0, 9.0), 0.35, 0.15)
        return KneesToChest(_count(rng, 4, 8), range_deg=range_deg, tempo=tempo)
    return KneesToChest(_count(rng, 1, 3), rng.uniform(12.0, 30.0), range_deg)


_EXERCISES: dict[Exercise, Callable[[Rng], Any]] = {
    Exercise.DEAD_BUG: lambda rng: DeadBug(
        2 * _count(rng, 4, 8), rng.uniform(1.8, 4.5), _tempo(rng, (3.2, 6.0), 0.2, 0.12)
    ),
    Exercise.BIRD_DOG: lambda rng: BirdDog(
        2 * _count(rng, 2, 5), rng.uniform(2.8, 6.5), _tempo(rng, (5.0, 11.0), 0.55, 0.12)
    ),
    Exercise.PELVIC_TILT: lambda rng: PelvicTilt(
        _count(rng, 6, 12), rng.uniform(8.0, 15.0), _tempo(rng, (3.4, 7.5), 0.35, 0.2)
    ),
    Exercise.WALL_PLANK: lambda rng: WallPlank(rng.uniform(10.0, 35.0), rng.uniform(14.0, 35.0)),
    Exercise.FOREARM_PLANK: lambda rng: ForearmPlank(
        rng.uniform(10.0, 45.0), pitch_deg=rng.uniform(79.0, 89.0)
    ),
    Exercise.GLUTE_BRIDGE: _bridge,
    Exercise.SIDE_LYING_LEG_RAISE: lambda rng: SideLyingLegRaise(
        _count(rng, 6, 12),
        rng.uniform(4.5, 8.5),
        _tempo(rng, (2.2, 4.0), 0.15, 0.2),
        stance=(Stance.RIGHT_SIDE, Stance.LEFT_SIDE)[_count(rng, 0, 1)],
    ),
    Exercise.MODIFIED_DEADLIFT: lambda rng: ModifiedDeadlift(
        _count(rng, 6, 12), rng.uniform(46.0, 68.0), _tempo(rng, (2.7, 5.0), 0.06, 0.2)
    ),
    Exercise.KNEES_TO_CHEST: _knees,
    Exercise.CAT_COW: lambda rng: CatCow(
        _count(rng, 6, 10), rng.uniform(22.0, 38.0), rng.uniform(4.2, 7.8)
    ),
    Exercise.CHILDS_POSE: lambda rng: ChildsPose(rng.uniform(20.0, 45.0), rng.uniform(64.0, 100.0)),
    Exercise.SEATED_HAMSTRING_STRETCH: lambda rng: SeatedHamstringStretch(
        2 * _count(rng, 1, 2), rng.uniform(15.0, 30.0), rng.uniform(23.0, 40.0)
    ),
    Exercise.SUPINE_SPINAL_TWIST: lambda rng: SupineSpinalTwist(
        2 * _count(rng, 1, 2), rng.uniform(15.0, 30.0), rng.uniform(35.0, 80.0)
    ),
}

_EVERYDAY: dict[str, Callable[[Rng], Activity]] = {
    "walking": lambda rng: Walk(
        rng.uniform(20.0, 180.0), rng.uniform(1.45, 2.1), rng.uniform(5.0, 40.0)
    ),
    "stairs": lambda rng: Stairs(_count(rng, 1, 3), _count(rng, 8, 17)),
    "sitting_down": lambda rng: SitDown(
        _count(rng, 2, 4), rng.uniform(8.0, 30.0), rng.uniform(5.0, 20.0)
    ),
    "sitting": lambda rng: Linger(
        Stance.CHAIR, rng.uniform(90.0, 600.0), rng.uniform(20.0, 80.0), rng.uniform(3.0, 8.0)
    ),
    "standing": lambda rng: Linger(
        Stance.STANDING, rng.uniform(30.0, 240.0), rng.uniform(8.0, 25.0), rng.uniform(1.5, 4.0)
    ),
    "picking_up": lambda rng: PickUp(_count(rng, 3, 10)),
    "tying_shoes": lambda rng: TieShoes(
        (Stance.CHAIR, Stance.STANDING)[_count(rng, 0, 1)], rng.uniform(4.0, 15.0)
    ),
    "lying_prone": lambda rng: Linger(Stance.PRONE, rng.uniform(60.0, 400.0), 100.0, 3.0),
    "lying_supine": lambda rng: Linger(Stance.SUPINE, rng.uniform(60.0, 400.0), 100.0, 3.0),
    "lying_side": lambda rng: Linger(
        (Stance.RIGHT_SIDE, Stance.LEFT_SIDE)[_count(rng, 0, 1)],
        rng.uniform(60.0, 400.0),
        100.0,
        4.0,
    ),
    "turning_over": lambda rng: TurnOver(_places_in_bed(rng), rng.uniform(30.0, 150.0)),
    "vacuuming": lambda rng: Vacuum(rng.uniform(40.0, 240.0)),
    "wiping": lambda rng: Wipe(rng.uniform(30.0, 150.0)),
    "car_ride": lambda rng: CarRide(rng.uniform(120.0, 600.0)),
}

_FOREIGN: dict[str, Callable[[Rng], Any]] = {
    "squat": lambda rng: Squat(
        _count(rng, 6, 15), rng.uniform(6.0, 20.0), _tempo(rng, (2.0, 4.5), 0.08, 0.15)
    ),
    "lunge": lambda rng: Lunge(
        2 * _count(rng, 3, 7), rng.uniform(5.0, 14.0), _tempo(rng, (2.4, 4.5), 0.12, 0.2)
    ),
    "push_up": lambda rng: PushUp(
        _count(rng, 5, 15), rng.uniform(9.0, 17.0), _tempo(rng, (1.6, 3.5), 0.08, 0.12)
    ),
    "sit_up": lambda rng: SitUp(
        _count(rng, 6, 15), rng.uniform(50.0, 85.0), _tempo(rng, (2.4, 4.5), 0.1, 0.15)
    ),
    "cobra": lambda rng: Cobra(
        _count(rng, 3, 8), rng.uniform(16.0, 32.0), _tempo(rng, (4.0, 9.0), 0.35, 0.2)
    ),
    "jumping_jack": lambda rng: JumpingJacks(_count(rng, 10, 30), rng.uniform(1.6, 2.1)),
}

EXERCISES: tuple[str, ...] = tuple(exercise.value for exercise in _EXERCISES)
EVERYDAY: tuple[str, ...] = tuple(_EVERYDAY)
FOREIGN: tuple[str, ...] = tuple(_FOREIGN)
ACTIVITIES: tuple[str, ...] = (*EXERCISES, *EVERYDAY, *FOREIGN)

FAULTY = 0.25  # of all sets, chosen: enough to count both those that are seen and false alarms


def activity_named(
    name: str,
    rng: np.random.Generator,
    *,
    fault_probability: float = FAULTY,
    repetitions: int | None = None,
    hold_s: float | None = None,
) -> Activity:
    """Return an activity with a drawn dose.

    Parameters
    ----------
    name
        One of `ACTIVITIES`.
    fault_probability
        Chance that an exercise is done with a fault or a deviation; 0 for none.
    repetitions, hold_s
        Instead of the drawn dose, where the activity has one.

    Raises
    ------
    ValueError
        Names what there is, or the parameter and its allowed range.
    """
    makers: dict[str, Callable[[Rng], Any]] = {
        **{exercise.value: make for exercise, make in _EXERCISES.items()},
        **_EVERYDAY,
        **_FOREIGN,
    }
    if name not in makers:
        raise ValueError(f"there is no activity {name!r}: choose {', '.join(ACTIVITIES)}")
    activity = makers[name](rng)
    has = {field.name for field in fields(activity)}
    asked = {"repetitions": repetitions, "holds": repetitions, "hold_s": hold_s}
    doses = {key: dose for key, dose in asked.items() if dose is not None and key in has}
    return _perhaps_faulty(replace(activity, **doses), has, fault_probability, rng)


def _perhaps_faulty(activity: Any, has: set[str], probability: float, rng: Rng) -> Activity:
    """Return the activity, with a fault where the draw says so and it can have one."""
    faulty: Activity = activity
    if rng.random() >= probability:
        return faulty
    repeats = getattr(activity, "tempo", True) is not None
    if "faults" in has and repeats:
        faulty = replace(activity, faults=drawn_faults(activity, rng))
    elif "deviations" in has:
        faulty = replace(activity, deviations=drawn_deviations(activity.hold_s, rng))
    return faulty


def _places_in_bed(rng: Rng) -> tuple[Stance, ...]:
    """Return some places to lie; from one side to the other it goes over the back."""
    around = (Stance.BED_RIGHT_SIDE, Stance.BED_SUPINE, Stance.BED_LEFT_SIDE, Stance.BED_PRONE)
    place, places = _count(rng, 0, 3), []
    for _ in range(_count(rng, 3, 6)):
        places.append(around[place])
        place = (place + (1, -1)[_count(rng, 0, 1)]) % 4
    return tuple(places)
