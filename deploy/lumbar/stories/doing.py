"""From a line of the plan to what a simulated wearer does, set by set and side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lumbar.stories.line import Line
from lumbar_sim.activities import (
    Activity,
    BirdDog,
    CatCow,
    ChildsPose,
    DeadBug,
    ForearmPlank,
    GluteBridge,
    HoldDeviation,
    KneesToChest,
    Linger,
    ModifiedDeadlift,
    PelvicTilt,
    SeatedHamstringStretch,
    SideLyingLegRaise,
    SupineSpinalTwist,
    Tempo,
    WallPlank,
)
from lumbar_sim.body import Stance
from lumbar_sim.truth import DeviationKind

SHORTEST_REST_S = 22.0  # sets of one exercise no more than 20 s apart are one set
LARGEST_SAG_DEG = 12.0
SAGS_FROM = 1.15  # of one's capacity, from where on a plank gives way


@dataclass(frozen=True, slots=True)
class Effort:
    """How somebody takes a line on.

    Parameters
    ----------
    share
        How much of the sets is done before it is broken off; 1 is all.
    strain
        The work against what this person can take of it; above 1 it is too much.
    slack
        Chance that a set has a repetition more or fewer than set out.
    """

    share: float = 1.0
    strain: float = 0.7
    slack: float = 0.0


@dataclass(frozen=True, slots=True)
class Doing:
    """One set of one side, and the rest after it."""

    activity: Activity
    rest: Activity
    repetitions: int  # that the wearer would say; of a hold 1 a side


def doings(line: Line, effort: Effort, rng: np.random.Generator) -> list[Doing]:
    """Return what is done of a line, in order."""
    sets = max(1, round(effort.share * line.sets))
    make = _MAKERS[line.exercise]
    return [
        Doing(activity, _rest(activity.stance, line.rest_s), n)
        for _ in range(sets)
        for activity, n in make(line, effort, rng)
    ]


def _rest(stance: Stance, rest_s: float) -> Activity:
    return Linger(_RESTS.get(stance, stance), max(SHORTEST_REST_S, rest_s), 15.0, 3.0)


_RESTS = {
    Stance.FOREARM_PLANK: Stance.PRONE,
    Stance.ALL_FOURS: Stance.KNEELING,
    Stance.CHILDS_POSE: Stance.KNEELING,
    Stance.WALL_PLANK: Stance.STANDING,
}

Rng = np.random.Generator
Made = Iterator[tuple[Activity, int]]


def _count(line: Line, effort: Effort, rng: Rng) -> int:
    wanted = line.repetitions or 1
    if rng.random() < effort.slack:
        wanted += int(rng.choice([-1, 1]))
    return max(1, wanted)


def _tempo(line: Line, usual: Tempo) -> Tempo:
    """Return the usual tempo, held as long as set out."""
    hold_s = usual.hold_s if line.hold_s is None else max(0.2, line.hold_s)
    return Tempo(usual.out_s, hold_s, usual.back_s, usual.pause_s)


def _hold_s(line: Line, rng: Rng) -> float:
    """Return how long it is held: nobody counts seconds exactly, and a voice ends it."""
    return max(3.0, (line.hold_s or 10.0) * rng.uniform(1.0, 1.08))


def _dead_bug(line: Line, effort: Effort, rng: Rng) -> Made:
    n = 2 * _count(line, effort, rng)
    yield DeadBug(n, 3.0, Tempo(2.4, max(0.6, line.hold_s or 0.0), 2.4, 0.5)), n


def _bird_dog(line: Line, effort: Effort, rng: Rng) -> Made:
    n = 2 * _count(line, effort, rng)
    yield BirdDog(n, 4.0, _tempo(line, Tempo(1.8, 4.0, 1.8, 0.8))), n


def _pelvic_tilt(line: Line, effort: Effort, rng: Rng) -> Made:
    n = _count(line, effort, rng)
    range_deg = 8.0 if "half" in line.form else 12.0
    yield PelvicTilt(n, range_deg, _tempo(line, Tempo(1.6, 1.2, 1.6, 0.8))), n


def _sags(hold_s: float, effort: Effort) -> tuple[HoldDeviation, ...]:
    """Return how a plank gives way that is held for too long."""
    if effort.strain < SAGS_FROM or hold_s < 8.0:
        return ()
    size_deg = min(LARGEST_SAG_DEG, 7.0 + 10.0 * (effort.strain - SAGS_FROM))
    return (HoldDeviation(DeviationKind.SAG, 0.6 * hold_s, size_deg, 1.5, 0.25 * hold_s, 0.8),)


def _wall_plank(line: Line, effort: Effort, rng: Rng) -> Made:
    lean_deg = 34.0 if "counter" in line.form else 27.0 if "further" in line.form else 20.0
    hold_s = _hold_s(line, rng)
    yield WallPlank(hold_s, lean_deg, _sags(hold_s, effort)), 1


def _forearm_plank(line: Line, effort: Effort, rng: Rng) -> Made:
    hold_s = _hold_s(line, rng)
    yield ForearmPlank(hold_s, _sags(hold_s, effort)), 1


def _glute_bridge(line: Line, effort: Effort, rng: Rng) -> Made:
    n = _count(line, effort, rng)
    range_deg = 17.0 if "half" in line.form else 25.0
    yield GluteBridge(n, range_deg, top_s=max(0.5, line.hold_s or 0.8)), n


def _leg_raise(line: Line, effort: Effort, rng: Rng) -> Made:
    for stance in (Stance.RIGHT_SIDE, Stance.LEFT_SIDE):
        n = _count(line, effort, rng)
        tempo = _tempo(line, Tempo(1.4, 0.4, 1.6, 0.6))
        yield SideLyingLegRaise(n, 6.5, tempo, stance=stance), n


def _deadlift(line: Line, effort: Effort, rng: Rng) -> Made:
    n = _count(line, effort, rng)
    range_deg = 46.0 if "half" in line.form or "wall" in line.form else 56.0
    yield ModifiedDeadlift(n, range_deg), n


def _knees_to_chest(line: Line, effort: Effort, rng: Rng) -> Made:
    sides = 2 if line.per_side else 1
    yield KneesToChest(sides, max(5.0, _hold_s(line, rng))), sides


def _cat_cow(line: Line, effort: Effort, rng: Rng) -> Made:
    n = _count(line, effort, rng)
    period_s = float(np.clip(line.repetition_s or 6.0, 4.0, 8.0))
    yield CatCow(n, 22.0 if "half" in line.form else 28.0, period_s), n


def _childs_pose(line: Line, effort: Effort, rng: Rng) -> Made:
    yield ChildsPose(max(5.0, _hold_s(line, rng))), 1


def _hamstring_stretch(line: Line, effort: Effort, rng: Rng) -> Made:
    yield SeatedHamstringStretch(2, max(5.0, _hold_s(line, rng))), 2


def _twist(line: Line, effort: Effort, rng: Rng) -> Made:
    range_deg = 40.0 if "half" in line.form else 55.0
    yield SupineSpinalTwist(2, max(5.0, _hold_s(line, rng)), range_deg), 2


_MAKERS: dict[str, Callable[[Line, Effort, Rng], Made]] = {
    "dead_bug": _dead_bug,
    "bird_dog": _bird_dog,
    "pelvic_tilt": _pelvic_tilt,
    "wall_plank": _wall_plank,
    "forearm_plank": _forearm_plank,
    "glute_bridge": _glute_bridge,
    "side_lying_leg_raise": _leg_raise,
    "modified_deadlift": _deadlift,
    "knees_to_chest": _knees_to_chest,
    "cat_cow": _cat_cow,
    "childs_pose": _childs_pose,
    "seated_hamstring_stretch": _hamstring_stretch,
    "supine_spinal_twist": _twist,
}
