"""What one person can do: the way from standing to an exercise's base, and its movements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from exercises import (
    bird_dog,
    cat_cow,
    childs_pose,
    dead_bug,
    forearm_plank,
    glute_bridge,
    knees_to_chest,
    modified_deadlift,
    pelvic_tilt,
    seated_hamstring_stretch,
    side_lying_leg_raise,
    supine_spinal_twist,
    wall_plank,
)
from movement import Movement
from numpy.typing import NDArray
from poser import Poser
from postures import (
    chair_heel_x_m,
    crouching,
    hinged,
    hook_lying,
    kneeling,
    on_all_fours,
    sitting_on_chair,
    sitting_on_floor,
    standing,
    supine_heel_x_m,
)
from unrest import MOVING, RESTING, STANDING, STRAINING

Array = NDArray[np.float64]
Effort = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an exercise is built; ``sides`` is empty where left and right move alike."""

    way: Callable[[Poser], list[Array]]
    movement: Callable[..., Movement]
    sides: str
    is_held: bool
    effort: Effort  # level of unrest while it is done


@dataclass(frozen=True, slots=True, eq=False)
class Repertoire:
    """Poses from standing to the base, and the movements (of both sides, where there are two)."""

    recipe: Recipe
    way: list[Array]
    movements: list[Movement]


def repertoire(poser: Poser, exercise: str) -> Repertoire:
    """Return how one person does an exercise; raises ``CannotDoError``."""
    recipe = RECIPES[exercise]
    way = recipe.way(poser)
    sides: list[tuple[Any, ...]] = [(side,) for side in recipe.sides] or [()]
    return Repertoire(recipe, way, [recipe.movement(poser, way[-1], *side) for side in sides])


def _standing(poser: Poser) -> list[Array]:
    return [poser.neutral]


def _standing_at(poser: Poser, heel_x_m: float) -> Array:
    goals = standing(poser.body, heel_x_m, poser.pelvis_tilt_deg)
    return poser.pose(goals, poser.neutral)


def _to_back(poser: Poser) -> list[Array]:
    body, heel_x_m = poser.body, supine_heel_x_m(poser.body)
    crouch = poser.pose(crouching(body, heel_x_m))
    floor = poser.pose(sitting_on_floor(body), crouch)
    return [_standing_at(poser, heel_x_m), crouch, floor, poser.pose(hook_lying(body), floor)]


def _to_knees(poser: Poser) -> list[Array]:
    body, heel_x_m = poser.body, -0.5 * poser.body.leg_m
    crouch = poser.pose(crouching(body, heel_x_m))
    kneel = poser.pose(kneeling(body))
    fours = poser.pose(on_all_fours(body), kneel)
    return [_standing_at(poser, heel_x_m), crouch, kneel, fours]


def _to_chair(poser: Poser) -> list[Array]:
    body, heel_x_m = poser.body, chair_heel_x_m(poser.body)
    descent = poser.pose(hinged(body, heel_x_m, 35.0, 45.0))
    chair = poser.pose(sitting_on_chair(body, 0.0, None))
    return [_standing_at(poser, heel_x_m), descent, chair]


RECIPES = {
    "dead_bug": Recipe(_to_back, dead_bug, "rl", False, STRAINING),
    "bird_dog": Recipe(_to_knees, bird_dog, "rl", False, STRAINING),
    "pelvic_tilt": Recipe(_to_back, pelvic_tilt, "", False, RESTING),
    "wall_plank": Recipe(_standing, wall_plank, "", True, STRAINING),
    "forearm_plank": Recipe(_to_knees, forearm_plank, "", True, STRAINING),
    "glute_bridge": Recipe(_to_back, glute_bridge, "", False, MOVING),
    "side_lying_leg_raise": Recipe(_to_back, side_lying_leg_raise, "rl", False, MOVING),
    "modified_deadlift": Recipe(_standing, modified_deadlift, "", False, STANDING),
    "knees_to_chest": Recipe(_to_back, knees_to_chest, "", False, RESTING),
    "cat_cow": Recipe(_to_knees, cat_cow, "", False, MOVING),
    "childs_pose": Recipe(_to_knees, childs_pose, "", True, RESTING),
    "seated_hamstring_stretch": Recipe(_to_chair, seated_hamstring_stretch, "rl", True, RESTING),
    "supine_spinal_twist": Recipe(_to_back, supine_spinal_twist, "rl", True, RESTING),
}
