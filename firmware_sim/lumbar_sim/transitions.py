"""How a person gets from one stance to another: down to the floor, over, and up again.

Poses and times are chosen by watching how people do it: about 4 s from standing to lying on the
back, a little longer back up, with a bump at each knee, hand or hip that meets the floor.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from lumbar_sim.body import Stance


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
            if end is Stance.FOREARM_PLANK and end is not goal:
                continue
            ways[end] = [*ways[here], *((end, step) for step in steps)]
            waiting.append(end)
    return ways[goal]
