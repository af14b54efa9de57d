"""How a person gets from one stance to another: down to the floor, over, and up again.

Poses and times are chosen by watching how people do it: about 4 s from standing to lying on the
back, a little longer back up, with a bump at each knee, hand or hip that meets the floor.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from lumbar_sim.body import MATTRESS, Stance


@dataclass(frozen=True, slots=True)
class Step:
    """A reach on the way; without a pose it is the last, into the stance itself."""

    duration_s: float
    overlap_s: float = 0.0  # begins before the last step is over: people flow
    jolt_g: float = 0.0  # of meeting the floor near its end
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    lean_deg: float = 0.0
    height: float | None = None  # fractions of stature
    back: float = 0.0
    heading_deg: float = 0.0


_WAYS: dict[tuple[Stance, Stance], tuple[Step, ...]] = {
    (Stance.STANDING, Stance.KNEELING): (
        Step(0.9, 0.0, 0.0, pitch_deg=24.0, lean_deg=4.0, height=0.43, back=0.04),
        Step(0.8, 0.3, 0.16, pitch_deg=14.0, lean_deg=-3.0, height=0.32, back=0.05),
        Step(0.6, 0.2, 0.12),
    ),
    (Stance.KNEELING, Stance.ALL_FOURS): (
        Step(0.8, 0.25, 0.0, pitch_deg=45.0, lean_deg=-2.0, height=0.26, back=0.03),
        Step(0.7, 0.3, 0.14),
    ),
    (Stance.ALL_FOURS, Stance.RIGHT_SIDE): (
        Step(0.9, 0.15, 0.12, pitch_deg=66.0, roll_deg=38.0, lean_deg=6.0, height=0.17, back=0.06),
        Step(0.8, 0.3, 0.08),
    ),
    (Stance.RIGHT_SIDE, Stance.SUPINE): (Step(1.0, 0.25, 0.06),),
    (Stance.SUPINE, Stance.RIGHT_SIDE): (Step(1.1, 0.0, 0.04),),
    (Stance.RIGHT_SIDE, Stance.ALL_FOURS): (
        Step(1.0, 0.2, 0.06, pitch_deg=68.0, roll_deg=34.0, lean_deg=5.0, height=0.18, back=0.04),
        Step(0.9, 0.3, 0.10),
    ),
    (Stance.RIGHT_SIDE, Stance.PRONE): (Step(1.1, 0.2, 0.05),),
    (Stance.PRONE, Stance.RIGHT_SIDE): (Step(1.1, 0.0, 0.05),),
    # forearms down, one foot back, the other foot back, knees off the floor
    (Stance.ALL_FOURS, Stance.FOREARM_PLANK): (
        Step(0.8, 0.1, 0.10, pitch_deg=72.0, lean_deg=3.0, height=0.2, back=0.0),
        Step(0.6, 0.15, 0.07, pitch_deg=66.0, roll_deg=3.0, height=0.14, back=0.03),
        Step(0.5, 0.1, 0.07, pitch_deg=69.0, roll_deg=-3.0, height=0.135, back=0.04),
        Step(0.7, 0.1, 0.0),
    ),
    (Stance.FOREARM_PLANK, Stance.ALL_FOURS): (
        Step(0.7, 0.0, 0.10, pitch_deg=70.0, height=0.13, back=0.04),
        Step(1.0, 0.2, 0.06),
    ),
    (Stance.FOREARM_PLANK, Stance.PRONE): (
        Step(0.7, 0.0, 0.08, pitch_deg=82.0, height=0.10, back=0.05),
        Step(0.7, 0.25, 0.06),
    ),
    (Stance.ALL_FOURS, Stance.PRONE): (
        Step(0.9, 0.0, 0.05, pitch_deg=70.0, height=0.14, back=0.03),
        Step(0.8, 0.25, 0.07),
    ),
    (Stance.PRONE, Stance.ALL_FOURS): (
        Step(0.9, 0.0, 0.0, pitch_deg=70.0, lean_deg=2.0, height=0.10, back=0.05),
        Step(1.0, 0.3, 0.08),
    ),
    (Stance.ALL_FOURS, Stance.KNEELING): (
        Step(0.8, 0.0, 0.0, pitch_deg=44.0, height=0.26, back=0.04),
        Step(0.8, 0.3, 0.0),
    ),
    (Stance.KNEELING, Stance.STANDING): (
        Step(0.8, 0.1, 0.10, pitch_deg=16.0, lean_deg=5.0, height=0.30, back=0.04),
        Step(0.9, 0.2, 0.0, pitch_deg=32.0, lean_deg=-3.0, height=0.38, back=0.02),
        Step(1.1, 0.3, 0.05),
    ),
}

_MIRRORED = {
    Stance.RIGHT_SIDE: Stance.LEFT_SIDE,
    Stance.BED_RIGHT_SIDE: Stance.BED_LEFT_SIDE,
}

_WAYS |= {
    (Stance.ALL_FOURS, Stance.HIGH_PLANK): (
        Step(0.6, 0.0, 0.06, pitch_deg=72.0, roll_deg=3.0, height=0.25, back=0.03),
        Step(0.6, 0.1, 0.06, pitch_deg=70.0, roll_deg=-2.0, height=0.23, back=0.05),
        Step(0.5, 0.1),
    ),
    (Stance.HIGH_PLANK, Stance.ALL_FOURS): (
        Step(0.6, 0.0, 0.09, pitch_deg=70.0, height=0.22, back=0.04),
        Step(0.8, 0.2, 0.05),
    ),
    # hips back onto the heels
    (Stance.ALL_FOURS, Stance.CHILDS_POSE): (
        Step(1.0, 0.0, 0.0, pitch_deg=72.0, height=0.21, back=0.1),
        Step(1.4, 0.5, 0.03),
    ),
    (Stance.CHILDS_POSE, Stance.ALL_FOURS): (
        Step(1.0, 0.0, 0.0, pitch_deg=72.0, height=0.2, back=0.11),
        Step(1.2, 0.4, 0.03),
    ),
    # a step or two back, forearms to the wall
    (Stance.STANDING, Stance.WALL_PLANK): (
        Step(0.7, 0.0, 0.05, pitch_deg=10.0, lean_deg=2.0, height=0.52, back=0.03),
        Step(0.7, 0.2, 0.05, pitch_deg=16.0, lean_deg=-2.0, height=0.51, back=0.07),
        Step(0.8, 0.2, 0.03),
    ),
    (Stance.WALL_PLANK, Stance.STANDING): (
        Step(0.7, 0.0, 0.05, pitch_deg=9.0, lean_deg=2.0, height=0.52, back=0.03),
        Step(0.8, 0.2, 0.04),
    ),
    # over one hip, the legs swing round to the front
    (Stance.KNEELING, Stance.LONG_SITTING): (
        Step(
            1.1, 0.1, 0.1, pitch_deg=12.0, lean_deg=-14.0, height=0.1, back=0.06, heading_deg=55.0
        ),
        Step(
            1.0, 0.2, 0.04, pitch_deg=-8.0, lean_deg=-6.0, height=0.065, back=0.08, heading_deg=130
        ),
        Step(0.9, 0.3, 0.03),
    ),
    (Stance.LONG_SITTING, Stance.KNEELING): (
        Step(
            1.0, 0.0, 0.04, pitch_deg=8.0, lean_deg=-8.0, height=0.07, back=0.07, heading_deg=120.0
        ),
        Step(
            1.2, 0.2, 0.08, pitch_deg=24.0, lean_deg=-10.0, height=0.2, back=0.05, heading_deg=45.0
        ),
        Step(0.9, 0.3, 0.05),
    ),
    (Stance.LONG_SITTING, Stance.SUPINE): (
        Step(1.0, 0.0, 0.0, pitch_deg=-42.0, height=0.062, back=0.06, heading_deg=180.0),
        Step(1.1, 0.3, 0.05),
    ),
    (Stance.SUPINE, Stance.LONG_SITTING): (
        Step(1.1, 0.0, 0.0, pitch_deg=-46.0, height=0.062, back=0.06, heading_deg=180.0),
        Step(1.0, 0.3, 0.03),
    ),
    # the trunk bends forward first and comes back while the hips travel
    (Stance.STANDING, Stance.CHAIR): (
        Step(1.2, 0.0, 0.0, pitch_deg=33.0, height=0.43, back=0.09),
        Step(1.3, 0.35, 0.08),
    ),
    (Stance.CHAIR, Stance.STANDING): (
        Step(0.8, 0.0, 0.0, pitch_deg=34.0, height=0.335, back=0.11),
        Step(1.2, 0.3),
    ),
    (Stance.STANDING, Stance.CAR): (
        Step(1.0, 0.0, 0.0, pitch_deg=28.0, lean_deg=12.0, height=0.42, back=0.06),
        Step(1.1, 0.3, 0.1, pitch_deg=2.0, lean_deg=6.0, height=0.28, back=0.12),
        Step(1.2, 0.3, 0.05),
    ),
    (Stance.CAR, Stance.STANDING): (
        Step(1.1, 0.0, 0.05, pitch_deg=4.0, lean_deg=8.0, height=0.28, back=0.12),
        Step(1.0, 0.2, 0.0, pitch_deg=38.0, lean_deg=9.0, height=0.36, back=0.08),
        Step(1.2, 0.3, 0.03),
    ),
    (Stance.STANDING, Stance.BED_EDGE): (
        Step(1.1, 0.0, 0.0, pitch_deg=30.0, height=0.43, back=0.07, heading_deg=50.0),
        Step(1.1, 0.35, 0.06),
    ),
    (Stance.BED_EDGE, Stance.STANDING): (
        Step(0.9, 0.0, 0.0, pitch_deg=34.0, height=0.33, back=0.09, heading_deg=75.0),
        Step(1.3, 0.3),
    ),
    # down on the right elbow while the legs come up
    (Stance.BED_EDGE, Stance.BED_RIGHT_SIDE): (
        Step(1.3, 0.0, 0.03, lean_deg=-48.0, height=MATTRESS + 0.075, back=0.06, heading_deg=88.0),
        Step(1.2, 0.4, 0.05),
    ),
    (Stance.BED_RIGHT_SIDE, Stance.BED_EDGE): (
        Step(1.3, 0.0, 0.03, lean_deg=-46.0, height=MATTRESS + 0.075, back=0.07, heading_deg=88.0),
        Step(1.1, 0.3, 0.04),
    ),
    (Stance.BED_RIGHT_SIDE, Stance.BED_SUPINE): (Step(1.5, 0.0, 0.03),),
    (Stance.BED_SUPINE, Stance.BED_RIGHT_SIDE): (Step(1.7, 0.0, 0.03),),
    (Stance.BED_RIGHT_SIDE, Stance.BED_PRONE): (Step(1.8, 0.0, 0.04),),
    (Stance.BED_PRONE, Stance.BED_RIGHT_SIDE): (Step(1.8, 0.0, 0.04),),
}


def _mirrored(stance: Stance) -> Stance:
    return _MIRRORED.get(stance, stance)


# over the left side it is the same in the mirror, but the bed's edge is on one side only
_WAYS |= {
    (_mirrored(start), _mirrored(end)): tuple(
        replace(step, roll_deg=-step.roll_deg, lean_deg=-step.lean_deg) for step in steps
    )
    for (start, end), steps in _WAYS.items()
    if (start in _MIRRORED or end in _MIRRORED) and Stance.BED_EDGE not in (start, end)
}

# Entered only for their own sake: no places to pass through.
_DEAD_ENDS = frozenset(
    {
        Stance.FOREARM_PLANK,
        Stance.HIGH_PLANK,
        Stance.WALL_PLANK,
        Stance.CHILDS_POSE,
        Stance.LONG_SITTING,
    }
)


def route(start: Stance, goal: Stance) -> list[tuple[Stance, Step]]:
    """Return the shortest way: each step with the stance that it leads to.

    A plank is no place to pass through: it is left and entered only for its own sake.
    """
    ways: dict[Stance, list[tuple[Stance, Step]]] = {start: []}
    waiting = deque([start])
    while goal not in ways:
        here = waiting.popleft()
        for (origin, end), steps in _WAYS.items():
            if origin is not here or end in ways:
                continue
            if end in _DEAD_ENDS and end is not goal:
                continue
            ways[end] = [*ways[here], *((end, step) for step in steps)]
            waiting.append(end)
    return ways[goal]
