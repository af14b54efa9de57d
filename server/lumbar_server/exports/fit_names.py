"""Which of Garmin's names stands for which of our exercises.

How near each comes is in ``docs/exports.md``. The numbers are those of the library, which has them
from the FIT profile.
"""

from __future__ import annotations

from enum import IntEnum

from fit_tool.profile import profile_type as fit

from lumbar_signal.events import Exercise

_CATEGORY = fit.ExerciseCategory
FIT_NAMES: dict[Exercise, tuple[fit.ExerciseCategory, IntEnum | None]] = {
    Exercise.DEAD_BUG: (_CATEGORY.HIP_STABILITY, fit.HipStabilityExerciseName.DEAD_BUG),
    Exercise.BIRD_DOG: (
        _CATEGORY.CORE,
        fit.CoreExerciseName.ARM_AND_LEG_EXTENSION_ON_KNEES,
    ),
    Exercise.PELVIC_TILT: (_CATEGORY.CORE, None),
    Exercise.WALL_PLANK: (_CATEGORY.PLANK, fit.PlankExerciseName.N45_DEGREE_PLANK),
    Exercise.FOREARM_PLANK: (_CATEGORY.PLANK, fit.PlankExerciseName.PLANK),
    Exercise.GLUTE_BRIDGE: (_CATEGORY.HIP_RAISE, fit.HipRaiseExerciseName.HIP_RAISE),
    Exercise.SIDE_LYING_LEG_RAISE: (
        _CATEGORY.HIP_STABILITY,
        fit.HipStabilityExerciseName.SIDE_LYING_LEG_RAISE,
    ),
    Exercise.MODIFIED_DEADLIFT: (_CATEGORY.DEADLIFT, fit.DeadliftExerciseName.ROMANIAN_DEADLIFT),
    Exercise.KNEES_TO_CHEST: (
        _CATEGORY.WARM_UP,
        fit.WarmUpExerciseName.STRETCH_LYING_KNEE_TO_CHEST,
    ),
    Exercise.CAT_COW: (_CATEGORY.WARM_UP, fit.WarmUpExerciseName.STRETCH_CAT_COW),
    Exercise.CHILDS_POSE: (_CATEGORY.WARM_UP, fit.WarmUpExerciseName.STRETCH_CHILDS_POSE),
    Exercise.SEATED_HAMSTRING_STRETCH: (
        _CATEGORY.WARM_UP,
        fit.WarmUpExerciseName.STRETCH_HAMSTRING,
    ),
    Exercise.SUPINE_SPINAL_TWIST: (
        _CATEGORY.WARM_UP,
        fit.WarmUpExerciseName.STRETCH_LYING_SPINAL_TWIST,
    ),
    Exercise.UNKNOWN: (_CATEGORY.UNKNOWN, None),
}
"""Category and name; no name where none comes near."""
