"""Contact rules: what touches the floor, a chair or a wall in each posture, and what is upright.

The world's x is where a standing person looks, y their left, z up. Heads lie towards -x in
supine and side lying, towards +x face down. Every function returns goals for the solver.
"""

from __future__ import annotations

import math

from humanoid import Humanoid
from inverse_kinematics import At, Axis, Balanced, Goal, InLine, Points

FORWARD, LEFT, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
BACKWARD, RIGHT, DOWN = (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)
SIDES = (("l", 1.0), ("r", -1.0))
STANCE_M = 0.1  # half the distance of the feet
WEAK = 3.0  # weight of what looks natural where nothing holds it


def up_spine(phi_deg: float) -> tuple[float, float, float]:
    """Return the direction of a spine that leans forward by an angle from upright."""
    return math.sin(math.radians(phi_deg)), 0.0, math.cos(math.radians(phi_deg))


def touching(body: Humanoid, *landmarks: str, height_m: float = 0.0) -> list[Goal]:
    """Return the goals of landmarks on a level surface."""
    return [At(name, z=height_m + body.radius_m(name)) for name in landmarks]


def feet_flat(body: Humanoid, heel_x_m: float) -> list[Goal]:
    """Return the goals of both feet on the floor, pointing forward."""
    goals: list[Goal] = touching(body, "heel_l", "heel_r", "toe_l", "toe_r")
    for side, sign in SIDES:
        goals.append(At(f"heel_{side}", x=heel_x_m, y=sign * STANCE_M))
        goals.append(At(f"toe_{side}", y=sign * STANCE_M, weight=20.0))
    return goals


def arms(upper: tuple[float, float, float], lower: tuple[float, float, float]) -> list[Goal]:
    """Return the goals of arms that nothing holds."""
    goals: list[Goal] = []
    for side, _ in SIDES:
        goals.append(Points(f"shoulder_{side}", f"elbow_{side}", upper, WEAK))
        goals.append(Points(f"elbow_{side}", f"hand_{side}", lower, WEAK))
    return goals


def _knees(weight: float) -> list[Goal]:
    return [InLine(f"hip_{s}", f"knee_{s}", f"ankle_{s}", weight=weight) for s, _ in SIDES]


def standing(body: Humanoid, heel_x_m: float, phi_deg: float) -> list[Goal]:
    """Stand upright with the pelvis tipped forward by ``phi_deg``."""
    return [
        *feet_flat(body, heel_x_m),
        Axis("l5", 0, up_spine(phi_deg)),
        Axis("l5", 1, LEFT),
        Axis("chest", 0, UP),
        Axis("chest", 1, LEFT),
        Balanced(heel_x_m + 0.08, 0.0),
        *_knees(WEAK),
        *arms(DOWN, DOWN),
    ]


def knees_bent(body: Humanoid) -> list[Goal]:
    """Stand with bent knees: where to search from, as straight legs give no direction."""
    return [
        *feet_flat(body, 0.0),
        Points("hip", "knee", up_spine(130.0)),
        Points("knee", "ankle", up_spine(200.0)),
        Axis("l5", 1, LEFT),
        Axis("chest", 0, up_spine(30.0)),
        *arms(up_spine(150.0), up_spine(60.0)),
    ]


def hinged(body: Humanoid, heel_x_m: float, phi_deg: float, chest_deg: float) -> list[Goal]:
    """Bend forward at the hips over flat feet, shins upright, the weight above the feet."""
    return [
        *feet_flat(body, heel_x_m),
        Axis("l5", 0, up_spine(phi_deg)),
        Axis("l5", 1, LEFT),
        Axis("chest", 0, up_spine(chest_deg)),
        Axis("chest", 1, LEFT),
        Balanced(heel_x_m + 0.1, 0.0),
        Points("ankle", "knee", up_spine(4.0), 6.0),
        *arms(DOWN, DOWN),
    ]


def crouching(body: Humanoid, heel_x_m: float) -> list[Goal]:
    """Crouch on flat feet half way to the floor."""
    return [
        *feet_flat(body, heel_x_m),
        At("hip", z=0.62 * body.leg_m, weight=30.0),
        Axis("l5", 1, LEFT),
        Axis("chest", 0, up_spine(45.0)),
        Balanced(heel_x_m + 0.08, 0.0),
        *arms(up_spine(120.0), up_spine(100.0)),
    ]


def sitting_on_floor(body: Humanoid) -> list[Goal]:
    """Sit on the floor behind the own feet."""
    return [
        *feet_flat(body, supine_heel_x_m(body)),
        At("seat", x=0.0, y=0.0, z=body.radius_m("seat")),
        Axis("l5", 1, LEFT),
        Axis("chest", 0, up_spine(5.0)),
        *arms(up_spine(120.0), up_spine(90.0)),
    ]


def supine_heel_x_m(body: Humanoid) -> float:
    """Return how far the heels are from the seat with knees bent at about a right angle."""
    return 0.62 * body.leg_m - 0.05


def back_on_floor(body: Humanoid, chest_x_m: float | None = None) -> list[Goal]:
    """Lie with the chest on the floor; arms beside the body."""
    return [
        At("chest", x=chest_x_m, y=0.0, z=body.radius_m("chest")),
        Axis("chest", 1, LEFT),
        Axis("chest", 0, BACKWARD),
        *arms(FORWARD, FORWARD),
    ]


def hook_lying(body: Humanoid) -> list[Goal]:
    """Lie on the back with bent knees and flat feet."""
    return [
        *back_on_floor(body),
        *feet_flat(body, supine_heel_x_m(body)),
        At("seat", x=0.0, y=0.0, z=body.radius_m("seat")),
        Axis("l5", 1, LEFT),
    ]


def knees_down(body: Humanoid) -> list[Goal]:
    """Put knees and insteps on the floor."""
    goals: list[Goal] = []
    for side, sign in SIDES:
        goals.append(At(f"knee_{side}", x=0.0, y=sign * STANCE_M, z=body.radius_m(f"knee_{side}")))
        goals.append(Points(f"knee_{side}", f"ankle_{side}", BACKWARD))
    return goals


def kneeling(body: Humanoid) -> list[Goal]:
    """Kneel upright, arms forward."""
    return [
        *knees_down(body),
        Points("knee", "hip", UP),
        Axis("l5", 1, LEFT),
        Axis("chest", 0, up_spine(5.0)),
        *arms(up_spine(120.0), up_spine(100.0)),
    ]


def hands_down(body: Humanoid) -> list[Goal]:
    """Put the hands on the floor a trunk's length before the knees, below the shoulders."""
    goals: list[Goal] = []
    for side, sign in SIDES:
        name = f"hand_{side}"
        goals.append(
            At(name, x=body.length_m("hip_l", "shoulder_l"), y=sign * 0.17, z=body.radius_m(name))
        )
        goals.append(Points(f"shoulder_{side}", name, DOWN, WEAK))
    return goals


def on_all_fours(body: Humanoid) -> list[Goal]:
    """Be on hands and knees, thighs upright."""
    return [
        *knees_down(body),
        *hands_down(body),
        Points("knee", "hip", UP, 8.0),
        Points("hip", "shoulder", FORWARD, WEAK),
        Axis("l5", 1, LEFT),
    ]


def on_forearms(body: Humanoid, bend_rad: float) -> list[Goal]:
    """Be on forearms and toes, straight but for a bend at the hip (positive: hips low)."""
    goals: list[Goal] = [
        InLine("ankle", "hip", "shoulder", bend_rad),
        *_knees(12.0),
        Axis("l5", 1, LEFT),
    ]
    for side, sign in SIDES:
        elbow, hand, toe = f"elbow_{side}", f"hand_{side}", f"toe_{side}"
        goals += touching(body, elbow, hand)
        goals.append(At(toe, x=-body.leg_m, y=sign * STANCE_M, z=body.radius_m(toe)))
        goals.append(At(elbow, y=sign * 0.18, weight=20.0))
        goals.append(Points(elbow, hand, FORWARD, WEAK))
        goals.append(Points(f"shoulder_{side}", elbow, DOWN, 8.0))
    return goals


def leaning_on_wall(body: Humanoid, lean_deg: float) -> list[Goal]:
    """Lean straight towards a wall, forearms upright on it."""
    return [
        *touching(body, "toe_l", "toe_r"),
        *(At(f"toe_{side}", x=0.15, y=sign * STANCE_M) for side, sign in SIDES),
        Points("ankle", "hip", up_spine(lean_deg)),
        InLine("ankle", "hip", "shoulder"),
        *_knees(12.0),
        Points("heel", "toe", FORWARD, WEAK),
        Axis("l5", 1, LEFT),
        *arms(up_spine(115.0), UP),
    ]


def seat_height_m(body: Humanoid) -> float:
    """Return the height of the seat landmark on a chair as high as the own shin."""
    return body.length_m("knee_l", "ankle_l") + 2.5 * body.radius_m("ankle_l")


def sitting_on_chair(body: Humanoid, chest_deg: float, straight: str | None) -> list[Goal]:
    """Sit at a chair's edge; the leg of side ``straight`` is stretched with the heel down."""
    height_m = seat_height_m(body)
    goals: list[Goal] = [
        At("seat", x=0.0, y=0.0, z=height_m),
        Axis("l5", 1, LEFT),
        Axis("chest", 0, up_spine(chest_deg)),
        Axis("chest", 1, LEFT),
        *arms(up_spine(130.0), up_spine(110.0)),
    ]
    for side, sign in SIDES:
        heel = f"heel_{side}"
        x_m = None if side == straight else chair_heel_x_m(body)
        goals.append(At(heel, x=x_m, y=sign * STANCE_M, z=body.radius_m(heel)))
        if side == straight:
            goals.append(InLine(f"hip_{side}", f"knee_{side}", f"ankle_{side}"))
            goals.append(Points(heel, f"toe_{side}", up_spine(20.0), WEAK))
        else:
            goals += touching(body, f"toe_{side}")
    return goals


def chair_heel_x_m(body: Humanoid) -> float:
    """Return how far before the seat the feet of a sitting person stand."""
    return 0.9 * body.length_m("hip_l", "knee_l") - 0.06


def pelvis_at(phi_deg: float, roll_deg: float) -> list[Goal]:
    """Turn the pelvis to a sagittal angle, and from there about the spine (left side back)."""
    phi, roll = math.radians(phi_deg), math.radians(roll_deg)
    left = math.sin(roll) * -math.cos(phi), math.cos(roll), math.sin(roll) * math.sin(phi)
    return [Axis("l5", 0, up_spine(phi_deg)), Axis("l5", 1, left)]


def sitting_on_heels(body: Humanoid) -> list[Goal]:
    """Sit back on the own heels, chest on the thighs, arms long (child's pose)."""
    on_heels_m = 2.0 * body.radius_m("ankle_l") + body.radius_m("seat")
    return [
        *knees_down(body),
        At("seat", x=-0.8 * body.length_m("knee_l", "ankle_l"), y=0.0, z=on_heels_m),
        *touching(body, "head", "hand_l", "hand_r"),
        Axis("l5", 1, LEFT),
        Points("shoulder", "hand", FORWARD, WEAK),
    ]


def side_lying(body: Humanoid, top: str, raised_deg: float, hitched_deg: float) -> list[Goal]:
    """Lie on the side, the ``top`` leg raised from level, the pelvis hitched with it."""
    bottom = "r" if top == "l" else "l"
    axis_up = UP if top == "l" else DOWN
    hip, ankle = f"hip_{bottom}", f"ankle_{bottom}"
    hip_height_m = 1.6 * body.radius_m(hip)
    level_m = hip_height_m + 0.5 * body.length_m("hip_l", "hip_r")
    angle, hitch = math.radians(raised_deg), math.radians(hitched_deg)
    return [
        At(hip, x=0.0, y=0.0, z=hip_height_m),
        At("shoulder", y=0.0, z=level_m),
        *touching(body, ankle),
        Axis("chest", 1, axis_up, WEAK),
        Axis("l5", 2, LEFT if top == "l" else RIGHT),  # hips stacked
        Axis("l5", 0, (-math.cos(hitch), 0.0, -math.sin(hitch))),
        Axis("chest", 0, BACKWARD, WEAK),
        Points(hip, ankle, FORWARD, WEAK),
        InLine(hip, f"knee_{bottom}", ankle, weight=WEAK),
        Points(f"hip_{top}", f"ankle_{top}", (math.cos(angle), 0.0, math.sin(angle))),
        InLine(f"hip_{top}", f"knee_{top}", f"ankle_{top}"),
    ]
