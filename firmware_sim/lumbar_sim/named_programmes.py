"""Programmes of some minutes by name: a back programme, everyday life, foreign exercise."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import numpy as np

from lumbar_sim.activities import Activity, Bows, Linger, Rest, SideLyingLegRaise, Walk
from lumbar_sim.activities.catalogue import EVERYDAY, FAULTY, FOREIGN, activity_named
from lumbar_sim.body import Stance
from lumbar_sim.limits import require
from lumbar_sim.performance import Performance
from lumbar_sim.programme import Programme, demo_programme
from lumbar_sim.wearer import Wearer

Rng = np.random.Generator

PROGRAMMES: tuple[str, ...] = ("demo", "back_programme", "everyday_hour", "foreign")

MINUTES = (2.0, 24.0 * 60.0)
_USUAL_MINUTES = {"back_programme": 20.0, "everyday_hour": 60.0, "foreign": 15.0}

# In the order in which one gets through them with little getting up and down.
_ROUND: tuple[tuple[str, ...], ...] = (
    ("pelvic_tilt", "glute_bridge", "dead_bug", "knees_to_chest", "supine_spinal_twist"),
    ("side_lying_leg_raise",),
    ("bird_dog", "cat_cow", "childs_pose"),
    ("forearm_plank",),
    ("seated_hamstring_stretch",),
    ("modified_deadlift", "wall_plank"),
)

_SHORT_MIN = 12.0  # a shorter programme has one or two sets of an exercise, not two or three

# Chosen: shares of a waking day at home. An activity's turn comes more often the shorter it is.
_SHARES: dict[str, float] = {
    "sitting": 0.4,
    "standing": 0.14,
    "walking": 0.14,
    "car_ride": 0.06,
    "lying_supine": 0.04,
    "lying_side": 0.04,
    "lying_prone": 0.02,
    "vacuuming": 0.03,
    "wiping": 0.04,
    "turning_over": 0.03,
    "sitting_down": 0.02,
    "picking_up": 0.02,
    "stairs": 0.015,
    "tying_shoes": 0.005,
}
_USUAL_S: dict[str, float] = {
    "sitting": 345.0,
    "standing": 135.0,
    "walking": 100.0,
    "car_ride": 360.0,
    "lying_supine": 240.0,
    "lying_side": 240.0,
    "lying_prone": 240.0,
    "vacuuming": 140.0,
    "wiping": 90.0,
    "turning_over": 400.0,
    "sitting_down": 110.0,
    "picking_up": 55.0,
    "stairs": 45.0,
    "tying_shoes": 35.0,
}


def programme_named(
    name: str,
    rng: np.random.Generator,
    duration_min: float | None = None,
    *,
    fault_probability: float = FAULTY,
) -> Programme:
    """Return a programme of about ``duration_min`` minutes at the tempo 1.

    Parameters
    ----------
    name
        One of `PROGRAMMES`.
    rng
        Draws what is done and in which dose; the performance varies it further.
    duration_min
        2 minutes to a day (the demonstration from 58 s); ``None`` for the usual time.

    Raises
    ------
    ValueError
        Names what there is, or the parameter and its allowed range.
    """
    if name not in PROGRAMMES:
        raise ValueError(f"there is no programme {name!r}: choose {', '.join(PROGRAMMES)}")
    if name == "demo":
        return demo_programme(None if duration_min is None else 60.0 * duration_min)
    minutes = _USUAL_MINUTES[name] if duration_min is None else duration_min
    require("duration_min", minutes, *MINUTES)
    draw: Callable[[Rng, float, float], Iterator[Activity]] = {
        "back_programme": _back_programme,
        "everyday_hour": _everyday,
        "foreign": _foreign,
    }[name]
    return _filled(draw(rng, minutes, fault_probability), 60.0 * minutes, rng)


def _filled(activities: Iterator[Activity], wanted_s: float, rng: Rng) -> Programme:
    """Return activities in their order until the time is over; standing fills what is left."""
    trial_rng = copy.deepcopy(rng)
    chosen: list[Activity] = []
    trial: Performance | None = None
    for activity in activities:
        trial = trial or Performance(Wearer(), trial_rng, activity.stance)
        before_s = trial.now_s
        trial.go_to(activity.stance)
        activity.perform(trial)
        if chosen and trial.now_s > wanted_s:
            if wanted_s - before_s > 12.0:
                chosen.append(Rest(Stance.STANDING, wanted_s - before_s - 8.0))
            break
        chosen.append(activity)
    return Programme(tuple(chosen))


def _back_programme(rng: Rng, minutes: float, fault_probability: float) -> Iterator[Activity]:
    """Yield calibration, then rounds of exercises, each twice or three times with rests."""
    yield Rest(Stance.STANDING, rng.uniform(5.0, 10.0))
    yield Bows(3, rng.uniform(42.0, 56.0), rng.uniform(2.4, 3.2))
    yield Walk(rng.uniform(6.0, 15.0), rng.uniform(1.5, 1.9), 5.0)
    wanted = _exercises_for(rng, minutes)
    sets = 2 if minutes < _SHORT_MIN else 3
    standing_first = int(rng.integers(2))
    blocks = _ROUND[-standing_first:] + _ROUND[:-standing_first] if standing_first else _ROUND
    while True:
        for block in blocks:
            todo = [name for name in block if name in wanted]
            rng.shuffle(todo)
            if todo:
                yield from _way_down(block, rng)
            for name in todo:
                yield from _sets(name, rng, sets, fault_probability)
        yield Linger(Stance.STANDING, rng.uniform(20.0, 60.0), 10.0, 2.0)
        yield Walk(rng.uniform(8.0, 25.0), rng.uniform(1.5, 1.9), 6.0)
        wanted = _exercises_for(rng, minutes)


def _way_down(block: tuple[str, ...], rng: Rng) -> Iterator[Activity]:
    """Yield how some get down to the floor or up again: over sitting, or over their left side."""
    if block is _ROUND[0] and rng.random() < 0.4:
        yield Rest(Stance.LONG_SITTING, rng.uniform(0.5, 3.0))
    elif block is not _ROUND[-1] and rng.random() < 0.3:
        yield Rest(Stance.LEFT_SIDE, rng.uniform(0.3, 1.5))


def _exercises_for(rng: Rng, minutes: float) -> set[str]:
    """Return as many exercises as fit: a set and its rest take about a minute and a quarter."""
    names = [name for block in _ROUND for name in block]
    each_min = 1.6 if minutes < _SHORT_MIN else 2.5
    number = int(np.clip(round(minutes / each_min), 2, len(names)))
    return set(rng.choice(names, number, replace=False).tolist())


def _sets(name: str, rng: Rng, most: int, fault_probability: float) -> Iterator[Activity]:
    """Yield some sets of an exercise with rests; sides change from set to set."""
    sets = int(rng.integers(most - 1, most + 1))
    for i in range(sets):
        activity = activity_named(name, rng, fault_probability=fault_probability)
        if isinstance(activity, SideLyingLegRaise):
            yield Rest(activity.stance, rng.uniform(1.0, 4.0))
        yield activity
        if i < sets - 1:
            yield _rest(activity.stance, rng.uniform(22.0, 60.0))


_RESTS = {
    Stance.FOREARM_PLANK: Stance.PRONE,
    Stance.ALL_FOURS: Stance.KNEELING,
    Stance.CHILDS_POSE: Stance.KNEELING,
    Stance.WALL_PLANK: Stance.STANDING,
    Stance.HIGH_PLANK: Stance.KNEELING,
}


def _rest(stance: Stance, duration_s: float) -> Activity:
    """Return how one rests after working in a stance."""
    return Linger(_RESTS.get(stance, stance), duration_s, 15.0, 3.0)


def _everyday(rng: Rng, minutes: float, _: float) -> Iterator[Activity]:
    """Yield what a day brings; no exercise. In a short time nothing takes long."""
    longest_s = max(90.0, 0.5 * 60.0 * minutes)
    names = [name for name in EVERYDAY if _USUAL_S[name] <= longest_s]
    weights = np.array([_SHARES[name] / _USUAL_S[name] for name in names])
    weights /= weights.sum()
    yield Rest(Stance.STANDING, rng.uniform(3.0, 10.0))
    yield Walk(rng.uniform(12.0, 25.0), rng.uniform(1.6, 2.0))
    while True:
        yield activity_named(str(rng.choice(names, p=weights)), rng)
        if rng.random() < 0.4:
            yield Walk(rng.uniform(4.0, 15.0), rng.uniform(1.4, 1.9), 6.0)


def _foreign(rng: Rng, minutes: float, _: float) -> Iterator[Activity]:
    """Yield calibration, then sets of foreign exercise with rests."""
    yield Rest(Stance.STANDING, rng.uniform(5.0, 10.0))
    yield Bows(3, rng.uniform(42.0, 56.0), rng.uniform(2.4, 3.2))
    while True:
        for name in rng.permutation(FOREIGN):
            for _set in range(int(rng.integers(1, 3))):
                activity = activity_named(str(name), rng)
                yield activity
                yield _rest(activity.stance, rng.uniform(22.0, 60.0))
