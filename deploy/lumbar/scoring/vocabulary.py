"""The names that truth and analysis documents use, as ``docs/analysis.schema.json`` has them."""

from __future__ import annotations

from typing import Final, Literal, get_args

Exercise = Literal[
    "dead_bug",
    "bird_dog",
    "pelvic_tilt",
    "wall_plank",
    "forearm_plank",
    "glute_bridge",
    "side_lying_leg_raise",
    "modified_deadlift",
    "knees_to_chest",
    "cat_cow",
    "childs_pose",
    "seated_hamstring_stretch",
    "supine_spinal_twist",
    "unknown",
]
Posture = Literal[
    "upright",
    "leaning_forward",
    "supine",
    "prone",
    "left_side",
    "right_side",
    "inverted",
    "unknown",
]
ExerciseDeviation = Literal["sag", "pike", "roll_left", "roll_right"]
Deviation = Literal[ExerciseDeviation, "sustained_flexion", "slouch", "lateral_lean"]
Factor = Literal["exercise", "body", "style", "placement", "hardware"]

CLASSES: Final[tuple[Exercise, ...]] = get_args(Exercise)
UNKNOWN: Final = "unknown"  # regular exercise that is none of ours
NONE: Final = "none"  # no set at all
PRONE_HOLD: Final = "forearm_plank"  # points the way that lying on the front does
OURS: Final = tuple(name for name in CLASSES if name != UNKNOWN)
DEVIATIONS_IN_EXERCISE: Final[tuple[str, ...]] = get_args(ExerciseDeviation)
FACTORS: Final[tuple[Factor, ...]] = get_args(Factor)
