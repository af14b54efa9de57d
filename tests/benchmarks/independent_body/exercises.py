"""The thirteen exercises as movements of one person; each may raise ``CannotDoError``."""

from __future__ import annotations

import math

import numpy as np
from inverse_kinematics import At, Axis, Goal, Points, Rounded
from movement import CannotDoError, Movement, between, sagittal_deg, solved
from numpy.typing import NDArray
from poser import NEAR_ENOUGH_M, Poser
from postures import (
    BACKWARD,
    DOWN,
    FORWARD,
    LEFT,
    UP,
    arms,
    back_on_floor,
    feet_flat,
    hands_down,
    hinged,
    knees_down,
    leaning_on_wall,
    on_all_fours,
    on_forearms,
    pelvis_at,
    side_lying,
    sitting_on_chair,
    sitting_on_heels,
    supine_heel_x_m,
    up_spine,
)

Array = NDArray[np.float64]

# Inputs, as no mechanics without muscles yields them: what good form leaves over of a leg's pull.
TILT_DEG = 12.0  # pelvic tilt
DEAD_BUG_PITCH_DEG, DEAD_BUG_ROLL_DEG = 1.5, 2.5
BIRD_DOG_PITCH_DEG, BIRD_DOG_ROLL_DEG = 2.0, 5.0
TWIST_ROLL_DEG = 50.0
HITCH_DEG = 6.0  # leg raise
LIFT_STEP_M, HIGHEST_LIFT = 0.01, 0.5  # of the hips in a bridge; the latter in leg lengths


def modified_deadlift(poser: Poser, start: Array) -> Movement:
    """Hinge at the hips with a straight back; the pelvis takes the whole angle."""
    tilt_deg = poser.pelvis_tilt_deg

    def goals(phase: float) -> list[Goal]:
        return hinged(poser.body, 0.0, tilt_deg + 57.0 * phase, 57.0 * phase)

    return solved(poser, goals, start)


def _lying(poser: Poser, hook: Array) -> list[Goal]:
    """Return the goals of a chest that stays where it lies."""
    return back_on_floor(poser.body, float(poser.place_m(hook, "chest")[0]))


def glute_bridge(poser: Poser, hook: Array) -> Movement:
    """Lift the hips from the floor to the line from shoulders to knees, rolling up the trunk."""
    body = poser.body
    x_m, _, z_m = (float(value) for value in poser.place_m(hook, "shoulder"))
    fixed = [
        At("shoulder", x=x_m, y=0.0, z=z_m),
        *feet_flat(body, supine_heel_x_m(body)),
        Axis("l5", 1, LEFT),
        Rounded(0.0, 6.0),
        *arms(FORWARD, FORWARD),
    ]
    low_m = float(poser.place_m(hook, "hip")[2])

    def at_height(height_m: float) -> list[Goal]:
        return [*fixed, At("hip", y=0.0, z=height_m)]

    high_m, pose = low_m, poser.pose(at_height(low_m), hook, braced=True)
    while _bend_deg(poser, pose) > 0.0 and high_m < low_m + HIGHEST_LIFT * body.leg_m:
        high_m += LIFT_STEP_M
        pose = poser.next_pose(at_height(high_m), pose, braced=True)

    def goals(phase: float) -> list[Goal]:
        return at_height(low_m + phase * (high_m - low_m))

    return solved(poser, goals, hook, braced=True)


def _bend_deg(poser: Poser, qpos: Array) -> float:
    """Return by how much the hips are bent between shoulders and knees, lying on the back."""
    shoulder, hip, knee = (poser.place_m(qpos, name) for name in ("shoulder", "hip", "knee"))
    thigh, trunk = knee - hip, hip - shoulder
    return math.degrees(math.atan2(thigh[2], thigh[0]) - math.atan2(trunk[2], trunk[0]))


def pelvic_tilt(poser: Poser, hook: Array) -> Movement:
    """Roll the pelvis backward, seat, chest and feet staying where they are."""
    phi_deg = sagittal_deg(poser, hook)

    def goals(phase: float) -> list[Goal]:
        lying = [*_lying(poser, hook), *feet_flat(poser.body, supine_heel_x_m(poser.body))]
        seat = At("seat", z=poser.body.radius_m("seat"), weight=30.0)
        return [*lying, seat, *pelvis_at(phi_deg - TILT_DEG * phase, 0.0)]

    return solved(poser, goals, hook)


def knees_to_chest(poser: Poser, hook: Array) -> Movement:
    """Pull both thighs to the chest; how far the pelvis follows is the stiffness' choice."""
    waist_m = float(poser.place_m(hook, "waist")[2])
    thigh_deg, shin_deg = (_lean_deg(poser, hook, *ends) for ends in _THIGH_AND_SHIN)

    def goals(phase: float) -> list[Goal]:
        thigh = up_spine(thigh_deg + phase * (-45.0 - thigh_deg))
        shin = up_spine(shin_deg + phase * (100.0 - shin_deg))
        waist = At("waist", z=waist_m)  # the back rolls from the seat up to there
        legs: list[Goal] = []
        for side in ("l", "r"):
            legs.append(Points(f"hip_{side}", f"knee_{side}", thigh))
            legs.append(Points(f"knee_{side}", f"ankle_{side}", shin, 6.0))
        return [*_lying(poser, hook), waist, Axis("l5", 1, LEFT), *legs]

    return solved(poser, goals, hook)


_THIGH_AND_SHIN = (("hip", "knee"), ("knee", "ankle"))


def dead_bug(poser: Poser, hook: Array, leg: str) -> Movement:
    """Lower one straight leg and the other arm; the pelvis' small movement is an input."""
    body, arm, sign = poser.body, _other(leg), _sign(leg)
    seat = At("seat", z=body.radius_m("seat"), weight=30.0)
    phi_deg = sagittal_deg(poser, hook)

    def goals(phase: float) -> list[Goal]:
        pelvis = pelvis_at(phi_deg + DEAD_BUG_PITCH_DEG * phase, sign * DEAD_BUG_ROLL_DEG * phase)
        return [
            *_lying(poser, hook)[:4],
            seat,
            *pelvis,
            Points(f"hip_{leg}", f"knee_{leg}", up_spine(70.0 * phase)),
            Points(f"knee_{leg}", f"ankle_{leg}", up_spine(90.0 - 15.0 * phase)),
            Points(f"hip_{arm}", f"knee_{arm}", UP),
            Points(f"knee_{arm}", f"ankle_{arm}", FORWARD),
            Points(f"shoulder_{arm}", f"hand_{arm}", up_spine(-75.0 * phase), 3.0),
            Points(f"shoulder_{leg}", f"hand_{leg}", UP, 3.0),
        ]

    return solved(poser, goals, poser.pose(goals(0.0), hook))


def bird_dog(poser: Poser, fours: Array, leg: str) -> Movement:
    """Stretch one leg and the other arm from all fours; the pelvis' small roll is an input."""
    body, arm, sign = poser.body, _other(leg), _sign(leg)
    phi_deg = sagittal_deg(poser, fours)
    moving = {f"knee_{leg}", f"ankle_{leg}", f"hand_{arm}"}
    contacts = [*knees_down(body), *hands_down(body)]
    staying = [goal for goal in contacts if _mark(goal) not in moving]

    def goals(phase: float) -> list[Goal]:
        pelvis = pelvis_at(phi_deg + BIRD_DOG_PITCH_DEG * phase, -sign * BIRD_DOG_ROLL_DEG * phase)
        return [
            *staying,
            *pelvis,
            Points(f"knee_{arm}", f"hip_{arm}", UP, 8.0),
            Points("hip", "shoulder", FORWARD, 3.0),
            Points(f"hip_{leg}", f"knee_{leg}", up_spine(180.0 + 88.0 * phase)),
            Points(f"knee_{leg}", f"ankle_{leg}", BACKWARD),
            Points(f"shoulder_{arm}", f"hand_{arm}", up_spine(180.0 - 85.0 * phase), 3.0),
        ]

    return solved(poser, goals, fours)


def cat_cow(poser: Poser, fours: Array) -> Movement:
    """Round the back (phase 1) from arching it (phase 0), hands and knees staying."""

    def goals(phase: float) -> list[Goal]:
        return [*on_all_fours(poser.body), Rounded(math.radians(-20.0 + 46.0 * phase))]

    return solved(poser, goals, fours)


def forearm_plank(poser: Poser, wall: Array) -> Movement:
    """Hold a plank (phase 0) that sags (1) or pikes (-1) by 10 degrees at the hip."""

    def goals(phase: float) -> list[Goal]:
        return on_forearms(poser.body, math.radians(10.0 * phase))

    straight = poser.pose(goals(0.0), wall, braced=True)
    low = poser.pose(goals(-1.0), straight, braced=True)
    return solved(poser, goals, low, first=-1.0, braced=True)


def wall_plank(poser: Poser, start: Array) -> Movement:
    """Lean straight towards a wall, up to 32 degrees."""

    def goals(phase: float) -> list[Goal]:
        return leaning_on_wall(poser.body, 12.0 + 20.0 * phase)

    return solved(poser, goals, start, braced=True)


def childs_pose(poser: Poser, fours: Array) -> Movement:
    """Sit back from all fours on the heels."""
    goals = sitting_on_heels(poser.body)
    end = poser.pose(goals, fours)
    missed_m = poser.missed_m(goals, end)
    if missed_m > NEAR_ENOUGH_M:
        raise CannotDoError(f"a contact is missed by {100 * missed_m:.0f} cm")
    return between(poser, [fours, end])


def seated_hamstring_stretch(poser: Poser, chair: Array, leg: str) -> Movement:
    """Lean forward over one straight leg from a chair's edge."""

    def upright(phase: float) -> list[Goal]:
        return sitting_on_chair(poser.body, 60.0 * phase, leg)

    heel_x_m = float(poser.place_m(poser.pose(upright(0.0), chair), f"heel_{leg}")[0])

    def goals(phase: float) -> list[Goal]:
        return [*upright(phase), At(f"heel_{leg}", x=heel_x_m)]

    return solved(poser, goals, chair)


def supine_spinal_twist(poser: Poser, hook: Array, side: str) -> Movement:
    """Let both knees go to one side, the shoulders staying on the floor.

    How far the pelvis follows is an input, as the models' hips turn further than people's.
    """
    sign, phi_deg = _sign(side), sagittal_deg(poser, hook)
    thigh_deg, shin_deg = (_lean_deg(poser, hook, *ends) for ends in _THIGH_AND_SHIN)

    def goals(phase: float) -> list[Goal]:
        angle = sign * math.radians(75.0 * phase)
        seat = At("seat", z=poser.body.radius_m("seat") * (1.0 + 0.3 * phase))
        legs: list[Goal] = []
        for each in ("l", "r"):
            thigh = _about_x(up_spine(thigh_deg + (20.0 - thigh_deg) * phase), angle)
            shin = _about_x(up_spine(shin_deg + (110.0 - shin_deg) * phase), angle)
            legs.append(Points(f"hip_{each}", f"knee_{each}", thigh))
            legs.append(Points(f"knee_{each}", f"ankle_{each}", shin, 6.0))
        fixed = [*_lying(poser, hook), Axis("chest", 2, DOWN), seat]
        return [*fixed, *pelvis_at(phi_deg, sign * TWIST_ROLL_DEG * phase)[1:], *legs]

    return solved(poser, goals, hook)


def side_lying_leg_raise(poser: Poser, lying: Array, top: str) -> Movement:
    """Raise the straight upper leg by up to 32 degrees.

    The pelvis hitches by an input, or more where the model's hip stops earlier.
    """

    def goals(phase: float) -> list[Goal]:
        return side_lying(poser.body, top, 32.0 * phase, HITCH_DEG * phase)

    return solved(poser, goals, lying)


def _lean_deg(poser: Poser, qpos: Array, start: str, end: str) -> float:
    way = poser.place_m(qpos, f"{end}_l") - poser.place_m(qpos, f"{start}_l")
    return math.degrees(math.atan2(way[0], way[2]))


def _about_x(direction: tuple[float, float, float], angle_rad: float) -> tuple[float, float, float]:
    x, _, z = direction
    return x, math.sin(angle_rad) * z, math.cos(angle_rad) * z


def _mark(goal: Goal) -> str:
    if isinstance(goal, At):
        return goal.landmark
    return goal.end if isinstance(goal, Points) else ""


def _other(side: str) -> str:
    return "r" if side == "l" else "l"


def _sign(side: str) -> float:
    return 1.0 if side == "l" else -1.0
